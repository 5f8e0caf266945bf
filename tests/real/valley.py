"""Shared e-bike rides of a valley in Massachusetts as a partner would report them, and what must become of them.

``expected`` reads the rides one by one, in plain Python and in the order of the rules on paper; the service reads
columns, in chunks, through its tables. The two share nothing but the rules.
"""

import csv
import gzip
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from service import methodology

PROGRAMME = {
    "code": "valley",
    "name_zh": "试验谷（真实数据）",
    "name_en": "Trial valley (real records)",
    "polygon": [["-72.72", "42.05"], ["-72.45", "42.05"], ["-72.45", "42.45"], ["-72.72", "42.45"]],
    "starts_on": "2018-06-01",
    "ends_on": "2021-03-31",
    "max_age_days": 4000,
}
COLUMNS = {
    "event_no": "route_id",
    "op": "",
    "subject_token": "user_id",
    "activity_type": "",
    "started_at": "start_time_utc",
    "ended_at": "end_time_utc",
    "distance_m": "track_m",
    "evidence": "",
    "start_lng": "start_lon",
    "start_lat": "start_lat",
    "end_lng": "end_lon",
    "end_lat": "end_lat",
    "vehicle_no": "bike",
}
Record = dict[str, str]


def records(path: Path, every: int) -> Iterator[Record]:
    """Yield every n-th ride as the partner's adapter writes it."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number % every == 0:
                yield {
                    **{name: row[column] for name, column in COLUMNS.items() if column},
                    "event_no": row["route_id"].replace("@", "."),
                    "op": "new",
                    "activity_type": "shared_ebike_trip",
                    "distance_m": row["track_m"].partition(".")[0],
                    "evidence": "operator_order",
                }


def csv_file(rides: Sequence[Record]) -> bytes:
    lines = [",".join(COLUMNS), *(",".join(ride[name] for name in COLUMNS) for ride in rides)]
    return "".join(f"{line}\n" for line in lines).encode()


def distance_sum(rides: Sequence[Record]) -> int:
    return sum(int(ride["distance_m"]) for ride in rides if ride["distance_m"])


@dataclass
class Expected:
    """What must become of the rides."""

    credited: int = 0
    reduction_mg: int = 0
    points: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def expected(rides: Sequence[Record], now: datetime) -> Expected:
    """Judge the rides one after the other."""
    found = Expected()
    acts: set[tuple[str, int]] = set()
    for ride in rides:
        code = reason(ride, now) or act_reason(ride, acts)
        if code:
            found.reasons[code] += 1
        else:
            metres = int(ride["distance_m"])
            reduction_mg = int(Decimal(metres) * Decimal("61.8"))
            found.credited += 1
            found.reduction_mg += reduction_mg
            found.points += reduction_mg // 1000
    return found


def act_reason(ride: Record, acts: set[tuple[str, int]]) -> str:
    """One act a citizen and minute is credited."""
    started = datetime.fromisoformat(ride["started_at"])
    act = (ride["subject_token"], (started - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1))
    if act in acts:
        return "SAME_ACT_ALREADY_CREDITED"
    acts.add(act)
    return ""


def reason(ride: Record, now: datetime) -> str:
    """Return why a ride by itself is not credited, or nothing."""
    if not (ride["started_at"] and ride["ended_at"] and ride["distance_m"]):
        return "MISSING_FIELD"
    started, ended = (datetime.fromisoformat(ride[name]) for name in ("started_at", "ended_at"))
    metres, seconds = int(ride["distance_m"]), (ended - started) // timedelta(seconds=1)
    day = (started + timedelta(hours=8)).date()
    lngs, lats = ([Decimal(ride[f"{end}_{name}"]) for end in ("start", "end")] for name in ("lng", "lat"))
    rules = (
        ("END_BEFORE_START", ended < started),
        ("FROM_THE_FUTURE", ended > now),
        ("TOO_OLD", day < (now + timedelta(hours=8)).date() - timedelta(days=4000)),
        ("OUTSIDE_PROGRAMME", not "2018-06-01" <= day.isoformat() <= "2021-03-31"),
        ("OUT_OF_RANGE", not 1 <= metres <= 200_000 or not 1 <= seconds <= 86_400),
        ("TOO_NEAR", metres < 500),
        ("TOO_FAR", metres > 30_000),
        ("TOO_SHORT", seconds < 60),
        ("TOO_LONG", seconds > 6 * 3_600),
        ("TOO_FAST", metres * 36 > 250 * seconds),
        (
            "OUT_OF_AREA",
            not all(Decimal("-72.72") <= lng <= Decimal("-72.45") for lng in lngs)
            or not all(Decimal("42.05") <= lat <= Decimal("42.45") for lat in lats),
        ),
    )
    return next((code for code, holds in rules if holds), "")


def trial_catalogue(folder: Path) -> methodology.Catalogue:
    """Return the published methods, in force since 2018: foreign records run under a trial of their own."""
    shutil.copytree(methodology.CATALOGUE, folder)
    digests = []
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text("utf-8").replace("effective_from: 2026-01-01", "effective_from: 2018-01-01")
        path.write_text(text, "utf-8")
        digests.append(f"{sha256(text.encode()).hexdigest()}  {path.name}\n")
    (folder / "digests.lock").write_text("".join(digests), "utf-8")
    return methodology.Catalogue.load(folder)
