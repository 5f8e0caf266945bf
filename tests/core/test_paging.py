import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.paging import Page, decode_cursor, encode_cursor
from service.core.refusals import InvalidRequest


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_cursor_gives_back_what_it_was_made_of(parts: list[str]) -> None:
    assert decode_cursor(encode_cursor(parts), len(parts)) == parts


@given(st.text(max_size=60), st.integers(0, 4))
def test_any_other_text_is_refused(cursor: str, length: int) -> None:
    codes: list[str] = []
    parts: list[str] = []
    try:
        parts = decode_cursor(cursor, length)
    except InvalidRequest as refusal:
        codes = [error.code for error in refusal.errors]

    assert codes == ["BAD_CURSOR"] or len(parts) == length


def test_the_first_page_has_no_key() -> None:
    assert Page().key(2) is None


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        Page(after=encode_cursor([1, 2, 3])).key(2)
