from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.core.keyring import Keyring
from service.rewards.codes import draw_code, is_well_formed, qr_text
from service.rewards.domain.tills import Typing
from service.rewards.refs import make_ref, read_ref
from tests.clock import TEN_O_CLOCK

DIGITS = st.text("0123456789", min_size=13, max_size=13)
KEYRING = Keyring(b"a master secret made for tests only", lambda n: bytes(range(n)))


def draws(*numbers: int) -> Iterator[bytes]:
    yield from (number.to_bytes(8, "big") for number in numbers)


@given(st.integers(0, 18_446_744 * 10**12 - 1))
def test_every_drawn_code_has_12_digits_and_a_check_digit(number: int) -> None:
    drawn = draws(number)

    code = draw_code(lambda _: next(drawn))

    assert code[:12] == f"{number % 10**12:012d}"
    assert is_well_formed(code)


def test_a_draw_that_would_favour_small_numbers_is_drawn_again() -> None:
    drawn = draws(2**64 - 1, 18_446_744 * 10**12, 7)

    assert draw_code(lambda _: next(drawn))[:12] == "000000000007"


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: int, place: int, off: int) -> None:
    drawn = draws(number)
    code = draw_code(lambda _: next(drawn))

    mistyped = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]

    assert not is_well_formed(mistyped)


@given(st.integers(0, 10**12 - 1), st.integers(0, 11))
def test_two_swapped_neighbours_are_found(number: int, place: int) -> None:
    drawn = draws(number)
    code = draw_code(lambda _: next(drawn))

    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert swapped == code or not is_well_formed(swapped)


def test_the_qr_says_whose_code_it_is() -> None:
    assert qr_text("1234567890123") == "tanhui:holder:1234567890123"


@given(st.uuids(), st.uuids(), st.uuids())
def test_a_reference_is_read_only_by_its_session(session_id: UUID, other_id: UUID, voucher_id: UUID) -> None:
    ref = make_ref(KEYRING, session_id, voucher_id)

    assert read_ref(KEYRING, session_id, ref) == voucher_id
    assert read_ref(KEYRING, other_id, ref) == (voucher_id if other_id == session_id else None)


@given(st.text(max_size=90))
def test_any_other_text_is_no_reference(text: str) -> None:
    assert read_ref(KEYRING, UUID(int=1), text) is None


@given(st.lists(st.integers(0, 90), min_size=1, max_size=30))
def test_typing_is_locked_just_when_five_wrong_codes_fell_into_one_window(gaps_s: list[int]) -> None:
    typing, now = Typing(0, None), TEN_O_CLOCK
    in_window, window_ends_at = 0, now
    for gap_s in gaps_s:
        now += timedelta(seconds=gap_s)
        locked = in_window == 5 and now < window_ends_at
        assert typing.locked_until(now) == (window_ends_at if locked else None)
        if locked:
            continue
        if now >= window_ends_at:
            in_window, window_ends_at = 0, now + timedelta(seconds=60)
        in_window += 1
        if in_window == 5:
            window_ends_at = now + timedelta(seconds=60)
        typing = typing.after_wrong(now)
