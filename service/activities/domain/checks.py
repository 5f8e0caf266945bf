"""What the programme and the method ask of a ride, a column at a time; the first thing found is the one named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from service.activities.domain.columns import EPOCH, MICROSECONDS
from service.activities.domain.programme import Programme
from service.activities.domain.reasons import Problem
from service.activities.domain.rides import Rides
from service.core.clock import SHANGHAI

CLOCK_TOLERANCE_S: Final = 120
"""How far a partner's clock may run ahead of ours."""

_DAY_S: Final = 86_400
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_KUNMING_OFFSET_S: Final = 8 * 3_600
"""Kunming has kept UTC+8 without summer time since 1991; programmes do not reach further back."""


class Violated(Protocol):
    """Why a method does not take a ride."""

    @property
    def code(self) -> str:
        """The stable code."""

    @property
    def field(self) -> str:
        """The field that says so."""


class Rules(Protocol):
    """The part of a method that judges rides."""

    def violations_many(
        self, columns: Mapping[str, Sequence[int]], evidence: Sequence[str]
    ) -> Sequence[Violated | None]:
        """Return for each ride why the method does not take it, or ``None``."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rides of a batch are judged by."""

    activity_types: Sequence[str]
    programme: Programme
    received_at: datetime


@dataclass(slots=True)
class Group:
    """The rides of one chunk that one method quantifies, as columns."""

    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[int]] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)


def days_of(rides: Rides) -> list[date]:
    """Return the day in Kunming on which each ride started."""
    known: dict[int, date] = {}
    days: list[date] = []
    for started_us in rides.started_us:
        number = (started_us // MICROSECONDS + _KUNMING_OFFSET_S) // _DAY_S
        day = known.get(number)
        if day is None:
            day = known[number] = date.fromordinal(number + _EPOCH_ORDINAL)
        days.append(day)
    return days


def check_frame(rides: Rides, frame: Frame, days: Sequence[date]) -> None:
    """Note what the programme does not take: the type, the time, the age, the day."""
    programme = frame.programme
    received_us = (frame.received_at - EPOCH) // timedelta(microseconds=1)
    latest_us = received_us + CLOCK_TOLERANCE_S * MICROSECONDS
    oldest = frame.received_at.astimezone(SHANGHAI).date() - timedelta(days=programme.max_age_days)
    allowed = set(frame.activity_types)
    first, last = programme.starts_on, programme.ends_on
    types, ended_us = rides.activity_type, rides.ended_us
    tests: tuple[tuple[str, str, Callable[[int], bool]], ...] = (
        ("ACTIVITY_TYPE_NOT_ALLOWED", "activity_type", lambda row: types[row] not in allowed),
        ("FROM_THE_FUTURE", "ended_at", lambda row: ended_us[row] > latest_us),
        ("TOO_OLD", "started_at", lambda row: days[row] < oldest),
        ("OUTSIDE_PROGRAMME", "started_at", lambda row: not first <= days[row] <= last),
    )
    for code, name, fails in tests:
        _note(rides, code, name, filter(fails, rides.sound()))


def check_place(rides: Rides, programme: Programme) -> None:
    """Note rides that name a place outside the programme's area."""
    holds = programme.area.holds
    for name, lngs, lats in (
        ("start_lng", rides.start_lng_e6, rides.start_lat_e6),
        ("end_lng", rides.end_lng_e6, rides.end_lat_e6),
    ):
        outside = []
        for row in rides.sound():
            lng, lat = lngs[row], lats[row]
            if lng is not None and lat is not None and not holds(lng, lat):
                outside.append(row)
        _note(rides, "OUT_OF_AREA", name, outside)


def group_columns(rides: Rides, rows: list[int]) -> Group:
    """Return the quantities of some rides as a method takes them."""
    started_us, ended_us, distance_m, evidence = rides.started_us, rides.ended_us, rides.distance_m, rides.evidence
    return Group(
        rows,
        {
            "distance_m": [distance_m[row] for row in rows],
            "duration_s": [(ended_us[row] - started_us[row]) // MICROSECONDS for row in rows],
        },
        [evidence[row] for row in rows],
    )


def check_method(rides: Rides, group: Group, rules: Rules) -> Group:
    """Note what the method does not take, and return the group of the others."""
    found = rules.violations_many(group.columns, group.evidence)
    if not any(found):
        return group
    kept: list[int] = []
    for row, violated in zip(group.rows, found, strict=True):
        if violated is None:
            kept.append(row)
        else:
            name = "ended_at" if violated.field == "duration_s" else violated.field
            rides.problems.setdefault(row, Problem(violated.code, f"#/{name}"))
    return group_columns(rides, kept)


def _note(rides: Rides, code: str, name: str, rows: Iterable[int]) -> None:
    problem = Problem(code, f"#/{name}")
    for row in rows:
        rides.problems.setdefault(row, problem)
