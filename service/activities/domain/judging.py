"""Everything about a chunk that can be said without looking into the books: read, checked, quantified, hashed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, Protocol

from service.activities.domain.checks import (
    Frame,
    Group,
    Violated,
    check_frame,
    check_method,
    check_place,
    days_of,
    group_columns,
)
from service.activities.domain.deciding import KeyedHash, Recipe, act_texts, body_digests
from service.activities.domain.reading import Sheet
from service.activities.domain.reasons import Problem
from service.activities.domain.rides import Rides, read_rides
from service.core.units import MG_PER_GRAM, Points, ReductionMg

MgAccount = Literal["creditable", "provisional", "incentive"]

BODY_PURPOSE: Final = "activities.event_body"
ACT_PURPOSE: Final = "activities.act"


class KeyRecipe(Protocol):
    """Of what a method makes the key of an act."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields, in order."""

    @property
    def bucket_s(self) -> int:
        """In what steps instants count."""


class Quantifier(Protocol):
    """What this context uses of a method."""

    @property
    def method_id(self) -> str:
        """Which method."""

    @property
    def version(self) -> int:
        """Which version of it."""

    @property
    def activity_type(self) -> str:
        """What it quantifies."""

    @property
    def natural_key(self) -> KeyRecipe:
        """Under which key an act is credited once."""

    def mg_account(self) -> MgAccount:
        """Where its reductions are booked."""

    def violations_many(
        self, columns: Mapping[str, Sequence[int]], evidence: Sequence[str]
    ) -> Sequence[Violated | None]:
        """Return for each ride why the method does not take it, or ``None``."""

    def quantify_many(self, columns: Mapping[str, Sequence[int]], evidence: Sequence[str]) -> list[int]:
        """Return the reductions in mg."""


MethodFor = Callable[[str, date], Quantifier | None]
SubjectHash = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Doors:
    """What judging needs from outside: methods and keyed hashes."""

    method_for: MethodFor
    body_hash: KeyedHash
    subject_hash: SubjectHash


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk that is ready to be decided and booked."""

    size: int
    rides: Rides
    unreadable: Mapping[int, Problem]
    readable: Sequence[int]
    digests: Mapping[int, bytes]
    subjects: Mapping[int, bytes]
    methods: Mapping[int, Quantifier]
    reductions_mg: Mapping[int, ReductionMg]

    def again(self) -> "Judged":
        """Return a copy whose problems can be added to, so that a chunk can be decided anew after a lost race."""
        return replace(self, rides=replace(self.rides, problems=dict(self.rides.problems)))

    def verdicts(self) -> dict[int, Problem]:
        """Return what is wrong by line of the chunk."""
        places = self.rides.places
        return {**self.unreadable, **{places[row]: problem for row, problem in self.rides.problems.items()}}


def judge(sheet: Sheet, frame: Frame, doors: Doors) -> Judged:
    """Read, check and quantify the lines of one sheet; nothing here depends on other chunks or on the books."""
    rides = read_rides(sheet)
    readable = rides.sound()
    days = days_of(rides)
    check_frame(rides, frame, days)
    groups = _by_method(rides, days, doors.method_for)
    judged = [(method, check_method(rides, group_columns(rides, rows), method)) for method, rows in groups]
    check_place(rides, frame.programme)
    methods: dict[int, Quantifier] = {}
    reductions: dict[int, ReductionMg] = {}
    for method, group in judged:
        kept = _still_sound(rides, group)
        methods.update(dict.fromkeys(kept.rows, method))
        found = method.quantify_many(kept.columns, kept.evidence)
        reductions.update(zip(kept.rows, map(ReductionMg, found), strict=True))
    tokens = rides.subject_token
    hashes = {token: doors.subject_hash(token) for token in {tokens[row] for row in methods}}
    return Judged(
        size=sheet.size,
        rides=rides,
        unreadable=sheet.problems,
        readable=readable,
        digests=body_digests(rides, readable, doors.body_hash),
        subjects={row: hashes[tokens[row]] for row in methods},
        methods=methods,
        reductions_mg=reductions,
    )


def _by_method(rides: Rides, days: Sequence[date], method_for: MethodFor) -> list[tuple[Quantifier, list[int]]]:
    """Sort the rides by the method in force on their day, and note those that have none."""
    by_day: dict[tuple[str, date], list[int]] = {}
    for row in rides.sound():
        by_day.setdefault((rides.activity_type[row], days[row]), []).append(row)
    groups: dict[tuple[str, int], tuple[Quantifier, list[int]]] = {}
    missing = Problem("METHOD_MISSING", "#/activity_type")
    for (activity_type, day), rows in by_day.items():
        method = method_for(activity_type, day)
        if method is None:
            rides.problems.update(dict.fromkeys(rows, missing))
        else:
            groups.setdefault((method.method_id, method.version), (method, []))[1].extend(rows)
    return list(groups.values())


def _still_sound(rides: Rides, group: Group) -> Group:
    kept = [row for row in group.rows if row not in rides.problems]
    return group if len(kept) == len(group.rows) else group_columns(rides, kept)


def check_subjects(judged: Judged, citizens: Mapping[bytes, int]) -> dict[int, int]:
    """Return whose each ride is, and note rides of subjects that nobody has bound."""
    unknown = Problem("SUBJECT_UNKNOWN", "#/subject_token")
    found: dict[int, int] = {}
    for row, token_hash in judged.subjects.items():
        citizen_id = citizens.get(token_hash)
        if citizen_id is None:
            judged.rides.problems.setdefault(row, unknown)
        else:
            found[row] = citizen_id
    return found


def act_keys(judged: Judged, citizen_ids: Mapping[int, int], act_hash: KeyedHash) -> dict[int, bytes]:
    """Return the keyed natural key of each ride that has a citizen."""
    rows_of: dict[int, tuple[Quantifier, list[int]]] = {}
    for row in citizen_ids:
        method = judged.methods[row]
        rows_of.setdefault(id(method), (method, []))[1].append(row)
    keys: dict[int, bytes] = {}
    for method, rows in rows_of.values():
        recipe = Recipe(method.activity_type, method.natural_key.fields, method.natural_key.bucket_s)
        texts = act_texts(judged.rides, rows, citizen_ids, recipe)
        keys.update(zip(rows, map(act_hash, texts), strict=True))
    return keys


def points_for(reduction_mg: ReductionMg) -> Points:
    """Return the points of a reduction: one for each whole gram."""
    return Points(reduction_mg // MG_PER_GRAM)


@dataclass(frozen=True, slots=True)
class Credits:
    """The rides that are credited, as columns: which row, whose, what it is worth and where it is booked."""

    rows: Sequence[int]
    citizen_ids: Sequence[int]
    mg_accounts: Sequence[MgAccount]
    reductions_mg: Sequence[ReductionMg]
    points: Sequence[Points]


def credits_of(
    judged: Judged, rows: Sequence[int], citizen_ids: Mapping[int, int], entrusted: frozenset[int]
) -> Credits:
    """Return what the decided rides are worth; only an entrusted citizen's reductions can be creditable."""
    owners = [citizen_ids[row] for row in rows]
    methods = list(map(judged.methods.__getitem__, rows))
    of_method = {id(method): method.mg_account() for method in {id(one): one for one in methods}.values()}
    accounts = [of_method[id(method)] for method in methods]
    if "creditable" in of_method.values():
        accounts = [
            "provisional" if account == "creditable" and owner not in entrusted else account
            for account, owner in zip(accounts, owners, strict=True)
        ]
    reductions = [judged.reductions_mg[row] for row in rows]
    return Credits(rows, owners, accounts, reductions, [points_for(mg) for mg in reductions])
