"""A programme: where, when and for how long back activities count."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.activities.domain.columns import micro_degrees
from service.activities.domain.place import LEAST_CORNERS, Area
from service.activities.domain.refusals import ProgrammeUnfit
from service.activities.domain.rides import LAT_E6_MAX, LNG_E6_MAX
from service.core.texts import Text

CORNERS_MAX = 2_000
AGE_DAYS_MAX = 36_500
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_FIELDS = frozenset({"code", "name_zh", "name_en", "polygon", "starts_on", "ends_on", "max_age_days"})


@dataclass(frozen=True, slots=True)
class Programme:
    """The frame in which a partner's activities are credited."""

    code: str
    name: Text
    area: Area
    starts_on: date
    ends_on: date
    max_age_days: int


def read_programme(document: object) -> Programme:
    """Return the programme that a JSON document declares; coordinates are its numbers as they were written.

    Raises:
        ProgrammeUnfit: A field is missing, unknown or out of bounds.
    """
    if not isinstance(document, Mapping) or set(document) != _FIELDS:
        raise ProgrammeUnfit(field="#")
    code, age = document["code"], document["max_age_days"]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ProgrammeUnfit(field="#/code")
    if type(age) is not int or not 0 < age <= AGE_DAYS_MAX:
        raise ProgrammeUnfit(field="#/max_age_days")
    starts_on, ends_on = _day(document, "starts_on"), _day(document, "ends_on")
    if ends_on < starts_on:
        raise ProgrammeUnfit(field="#/ends_on")
    name = Text(_name(document, "name_zh"), _name(document, "name_en"))
    return Programme(code, name, _area(document["polygon"]), starts_on, ends_on, age)


def _day(document: Mapping[str, object], field: str) -> date:
    try:
        return date.fromisoformat(str(document[field]))
    except ValueError:
        raise ProgrammeUnfit(field=f"#/{field}") from None


def _name(document: Mapping[str, object], field: str) -> str:
    value = document[field]
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ProgrammeUnfit(field=f"#/{field}")
    return value


def _area(polygon: object) -> Area:
    if not isinstance(polygon, Sequence) or not LEAST_CORNERS <= len(polygon) <= CORNERS_MAX:
        raise ProgrammeUnfit(field="#/polygon")
    return Area(tuple(_corner(place, corner) for place, corner in enumerate(polygon)))


def _corner(place: int, corner: object) -> tuple[int, int]:
    if isinstance(corner, Sequence) and [*map(type, corner)].count(bool) == 0 and len(corner) == 2:  # noqa: PLR2004 - lng, lat
        lng, lat = micro_degrees(str(corner[0])), micro_degrees(str(corner[1]))
        if lng is not None and lat is not None and abs(lng) <= LNG_E6_MAX and abs(lat) <= LAT_E6_MAX:
            return lng, lat
    raise ProgrammeUnfit(field=f"#/polygon/{place}")
