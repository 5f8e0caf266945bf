from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas import fields as f


class Sample(f.Wire):
    count = f.WholeNumber(low=-5, high=10)
    name = f.PlainText(max_length=5)
    when = f.Instant()
    day = f.Day()
    item = f.Uuid()
    number = f.BusinessNo()
    kind = f.Choice("a", "b")
    on = f.Flag()
    many = f.Items(f.WholeNumber(high=9), low=1, high=2)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"count": -5}, {"count": -5}),
        ({"name": "昆明"}, {"name": "昆明"}),
        ({"name": "e\u0301"}, {"name": "\u00e9"}),
        ({"when": "2026-11-20T10:00:00+08:00"}, {"when": datetime(2026, 11, 20, 2, tzinfo=UTC)}),
        ({"when": "2026-11-20T02:00:00.25Z"}, {"when": datetime(2026, 11, 20, 2, 0, 0, 250_000, UTC)}),
        ({"day": "2026-02-28"}, {"day": date(2026, 2, 28)}),
        (
            {"item": "01a1f640-bc00-7add-b94f-b38f84f20a88"},
            {"item": UUID("01a1f640-bc00-7add-b94f-b38f84f20a88")},
        ),
        ({"number": "A-1_b.2"}, {"number": "A-1_b.2"}),
        ({"kind": "b"}, {"kind": "b"}),
        ({"on": False}, {"on": False}),
        ({"many": [9]}, {"many": [9]}),
    ],
)
def test_a_value_of_the_declared_form_is_kept(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert Sample().load(given) == kept


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"count": 12.9}, {"count": ["NOT_AN_INTEGER"]}),
        ({"count": 12.0}, {"count": ["NOT_AN_INTEGER"]}),
        ({"count": "12"}, {"count": ["WRONG_TYPE"]}),
        ({"count": True}, {"count": ["WRONG_TYPE"]}),
        ({"count": None}, {"count": ["NULL_NOT_ALLOWED"]}),
        ({"count": 11}, {"count": ["OUT_OF_RANGE"]}),
        ({"count": 10**30}, {"count": ["OUT_OF_RANGE"]}),
        ({"name": 5}, {"name": ["WRONG_TYPE"]}),
        ({"name": " \t"}, {"name": ["CONTROL_CHARACTER"]}),
        ({"name": "  "}, {"name": ["TOO_SHORT"]}),
        ({"name": "六个汉字太多"}, {"name": ["TOO_LONG"]}),
        ({"when": "2026-11-20T10:00:00"}, {"when": ["NAIVE_TIME"]}),
        ({"when": "2026-11-20"}, {"when": ["BAD_TIME"]}),
        ({"when": "2026-02-30T10:00:00Z"}, {"when": ["BAD_TIME"]}),
        ({"when": 1763604000}, {"when": ["WRONG_TYPE"]}),
        ({"day": "2026-02-30"}, {"day": ["BAD_DAY"]}),
        ({"day": "20260228"}, {"day": ["BAD_DAY"]}),
        ({"item": "01A1F640-BC00-7ADD-B94F-B38F84F20A88"}, {"item": ["BAD_UUID"]}),
        ({"number": "no spaces"}, {"number": ["BAD_NUMBER"]}),
        ({"number": "x" * 65}, {"number": ["BAD_NUMBER"]}),
        ({"kind": "c"}, {"kind": ["NOT_A_CHOICE"]}),
        ({"on": "yes"}, {"on": ["WRONG_TYPE"]}),
        ({"on": 1}, {"on": ["WRONG_TYPE"]}),
        ({"many": []}, {"many": ["WRONG_COUNT"]}),
        ({"many": [1, 99]}, {"many": {1: ["OUT_OF_RANGE"]}}),
        ({"colour": 1}, {"colour": ["UNKNOWN_FIELD"]}),
    ],
)
def test_anything_else_is_refused_with_its_code(given: dict[str, Any], codes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Sample().load(given)

    assert refused.value.messages == codes


def test_times_are_answered_in_kunmings_offset() -> None:
    assert Sample().dump({"when": datetime(2026, 11, 20, 2, tzinfo=UTC)}) == {"when": "2026-11-20T10:00:00+08:00"}


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers())))
def test_no_value_at_all_makes_a_field_fail_otherwise(value: object) -> None:
    for name in Sample().fields:
        try:
            Sample().load({name: value})
        except ValidationError:
            continue
