"""The week's files: every good ride once, the wrong records behind them, and what must come of each line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random  # noqa: TID251 - the same seed must give the same day; nothing here is secret

from service.core.clock import rfc3339
from service.demo.calendar import at
from service.demo.defects import DEFECTS, Cells, Defect, Line, good_line
from service.demo.partners import PARTNERS, Partner, record_of, write_file
from service.demo.rides import Ride

RECORDS_PER_DEFECT = 1_000
"""One record in so many is wrong in each way."""

Outcome = tuple[str, str]
"""What becomes of a line: accepted, duplicate or rejected, and the code (empty when accepted)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file of one partner for one day."""

    partner: Partner
    day: date
    content: bytes
    lines: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Week:
    """Everything the partners deliver."""

    deliveries: Sequence[Delivery]
    expected: Counter[Outcome]


def defects_in(records: int) -> int:
    """Return how many of each defect go into so many records."""
    return max(1, records // RECORDS_PER_DEFECT)


def good_rides_in(records: int) -> int:
    """Return how many of so many records are good."""
    return records - defects_in(records) * len(DEFECTS)


def write_week(chance: Random, tag: str, rides: Iterable[Ride], records: int) -> Week:
    """Return the files of the week.

    Args:
        chance: Where the wrong records' templates are drawn.
        tag: Tells this day's event numbers from those of a day with another seed or size.
        rides: The good rides.
        records: How many lines all files have together.
    """
    by_file = _number(tag, rides)
    lines = {place: [good_line(place[0], cells) for cells in good] for place, good in by_file.items()}
    expected: Counter[Outcome] = Counter({("accepted", ""): sum(map(len, lines.values()))})
    for place, defect, serial in _schedule(by_file, defects_in(records)):
        lines[place].append(_wrong_line(chance, place, by_file[place], defect, f"{tag}-X{serial:05d}"))
        expected[defect.outcome, defect.code] += 1
    return Week([_deliver(*place, lines[place]) for place in sorted(lines, key=_reading_order)], expected)


Place = tuple[Partner, date]


def _number(tag: str, rides: Iterable[Ride]) -> dict[Place, list[Cells]]:
    """Give each ride its event number, in the order in which it ended at its partner."""
    partners = {partner.activity_type: partner for partner in PARTNERS}
    by_file: dict[Place, list[Ride]] = defaultdict(list)
    for ride in rides:
        by_file[partners[ride.activity_type], ride.day].append(ride)
    return {
        (partner, day): [
            record_of(ride, f"{tag}-{day:%m%d}-{serial:06d}")
            for serial, ride in enumerate(sorted(of_file, key=lambda ride: (ride.ended_at, ride.subject_token)))
        ]
        for (partner, day), of_file in by_file.items()
    }


def _schedule(by_file: dict[Place, list[Cells]], times: int) -> Iterable[tuple[Place, Defect, int]]:
    """Spread every defect over the files that can hold it."""
    places = sorted(by_file, key=_reading_order)
    for kind, defect in enumerate(DEFECTS):
        fitting = [place for place in places if place[0].format in defect.formats]
        for time in range(times):
            yield fitting[(kind * 7 + time * 3) % len(fitting)], defect, kind * times + time


def _wrong_line(chance: Random, place: Place, good: Sequence[Cells], defect: Defect, event_no: str) -> Line:
    partner, day = place
    cells = chance.choice(good)
    if defect.copies == "":
        # A wrong record is a ride of its own, in the small hours when no good ride of the day is under way.
        minute = chance.randrange(60, 240)
        cells = {**cells, "started_at": rfc3339(at(day, minute)), "ended_at": rfc3339(at(day, minute + 30))}
    if defect.copies != "event":
        cells = {**cells, "event_no": event_no}
    return defect.write(partner, cells)


def _deliver(partner: Partner, day: date, lines: Sequence[Line]) -> Delivery:
    content = write_file(partner, [line.content for line in lines])
    return Delivery(partner, day, content, len(lines), sum(line.distance_m for line in lines))


def _reading_order(place: Place) -> tuple[date, int]:
    return place[1], PARTNERS.index(place[0])
