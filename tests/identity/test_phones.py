import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.identity.domain.limits import address_group, is_exempt
from service.identity.phones import mask_phone, normalise_phone
from service.identity.refusals import PhoneUnusable


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "+8613812345678",
        "+86 138 1234 5678",
        "+86-138-1234-5678",
        "86 13812345678",
        "008613812345678",
        "(+86) 138-1234-5678",
        "138.1234.5678",
        " 138 1234 5678 ",
        "１３８１２３４５６７８",
        "＋８６１３８１２３４５６７８",
    ],
)
def test_one_number_has_many_spellings(written: str) -> None:
    assert normalise_phone(written) == "+8613812345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "138",
        "1381234567",
        "138123456789",
        "12012345678",
        "0871-65361234",
        "+86 871 65361234",
        "+85291234567",
        "+14155552671",
        "4008123123",
        "13812345678 ext 5",
        "tel:+8613812345678",
        "١٣٨١٢٣٤٥٦٧٨",
        "l3812345678",
        "138\u200b12345678",
        "138\n12345678",
        "1" * 10_000,
        "++++++++++++",
    ],
)
def test_what_is_no_mainland_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(PhoneUnusable) as refused:
        normalise_phone(written)

    assert [problem.pointer for problem in refused.value.errors] == ["#/phone"]


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        found = normalise_phone(text)
    except PhoneUnusable:
        return
    assert found.startswith("+861")
    assert len(found) == 14


def test_only_the_ends_of_a_phone_are_shown() -> None:
    assert mask_phone("+8613812345678") == "138****5678"


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_addresses_of_one_household_are_counted_together(address: str, group: str) -> None:
    assert address_group(address) == group


@pytest.mark.parametrize(
    ("address", "development", "exempt"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("::ffff:127.0.0.1", True, True),
        ("127.0.0.1", False, False),
        ("203.0.113.7", True, False),
        ("", True, False),
    ],
)
def test_only_this_machine_in_development_mode_is_exempt(
    address: str,
    development: bool,  # noqa: FBT001 - a column of the table
    exempt: bool,  # noqa: FBT001 - the same
) -> None:
    assert is_exempt(address, development=development) is exempt
