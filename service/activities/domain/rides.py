"""Rides: the typed columns of a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from service.activities.domain.columns import ColumnReader, whole_number_sum
from service.activities.domain.reading import Sheet
from service.activities.domain.reasons import Problem

EVIDENCES: Final = ("fare_gate", "meter", "operator_order", "gps")
"""The kinds of evidence a partner may claim, strongest first."""

ACTIVITY_TYPES: Final = ("metro_trip", "bus_trip", "shared_bike_trip", "shared_ebike_trip")
OPS: Final = ("new",)

DISTANCE_M_MAX: Final = 10_000_000
"""Nothing on earth rides further; a larger figure is a slip of the pen."""

TOKEN_LENGTH_MAX: Final = 128
VEHICLE_LENGTH_MAX: Final = 64
LNG_E6_MAX: Final = 180_000_000
LAT_E6_MAX: Final = 90_000_000


@dataclass(slots=True)
class Rides:
    """Typed columns of one sheet; a row that has a problem holds stand-ins and is never used.

    ``places[row]`` is the line within the group; ``problems`` is by row.
    """

    places: Sequence[int]
    event_no: Sequence[str]
    subject_token: Sequence[str]
    activity_type: Sequence[str]
    evidence: Sequence[str]
    started_at: Sequence[str]
    ended_at: Sequence[str]
    started_us: Sequence[int]
    ended_us: Sequence[int]
    distance_m: Sequence[int]
    start_lng_e6: Sequence[int | None]
    start_lat_e6: Sequence[int | None]
    end_lng_e6: Sequence[int | None]
    end_lat_e6: Sequence[int | None]
    vehicle_no: Sequence[str]
    problems: dict[int, Problem] = field(default_factory=dict)

    def sound(self) -> list[int]:
        """Return the rows in which nothing was found wrong so far."""
        rows = range(len(self.places))
        return [row for row in rows if row not in self.problems] if self.problems else list(rows)


def read_rides(sheet: Sheet) -> Rides:
    """Return the typed columns of a sheet; never raises, whatever the cells hold."""
    reader = ColumnReader(sheet)
    reader.business_nos("event_no")
    reader.choices("op", OPS, "OP_UNSUPPORTED")
    reader.texts("subject_token", TOKEN_LENGTH_MAX, required=True)
    reader.choices("activity_type", ACTIVITY_TYPES, "ACTIVITY_TYPE_NOT_ALLOWED")
    started_us = reader.instants("started_at")
    ended_us = reader.instants("ended_at")
    distance_m = reader.whole_numbers("distance_m", DISTANCE_M_MAX)
    reader.choices("evidence", EVIDENCES, "EVIDENCE_NOT_ACCEPTED")
    start_lng = reader.coordinates("start_lng", LNG_E6_MAX)
    start_lat = reader.coordinates("start_lat", LAT_E6_MAX)
    end_lng = reader.coordinates("end_lng", LNG_E6_MAX)
    end_lat = reader.coordinates("end_lat", LAT_E6_MAX)
    _check_pair(reader, "start")
    _check_pair(reader, "end")
    reader.texts("vehicle_no", VEHICLE_LENGTH_MAX, required=False)
    for row, (start, end) in enumerate(zip(started_us, ended_us, strict=True)):
        if end < start:
            reader.note(row, "END_BEFORE_START", "ended_at")
    return Rides(
        places=sheet.places,
        event_no=sheet.column("event_no"),
        subject_token=sheet.column("subject_token"),
        activity_type=sheet.column("activity_type"),
        evidence=sheet.column("evidence"),
        started_at=sheet.column("started_at"),
        ended_at=sheet.column("ended_at"),
        started_us=started_us,
        ended_us=ended_us,
        distance_m=distance_m,
        start_lng_e6=start_lng,
        start_lat_e6=start_lat,
        end_lng_e6=end_lng,
        end_lat_e6=end_lat,
        vehicle_no=sheet.column("vehicle_no"),
        problems=reader.problems,
    )


def distance_sum(sheet: Sheet) -> int:
    """Return the sum a manifest declares: every distance of the sheet that is a whole number of 15 digits at most.

    It needs nothing else to be right with the line, so a partner can add it up without knowing our checks.
    """
    return whole_number_sum(sheet.column("distance_m"))


def _check_pair(reader: ColumnReader, which: str) -> None:
    """A longitude without its latitude is a hole in the record."""
    names = f"{which}_lng", f"{which}_lat"
    for row, (lng, lat) in enumerate(zip(*map(reader.sheet.column, names), strict=True)):
        if (not lng) != (not lat):
            reader.note(row, "MISSING_FIELD", names[1] if lng else names[0])
