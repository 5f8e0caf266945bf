from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from service.activities.domain.columns import EPOCH
from service.activities.domain.deciding import Recipe, act_texts
from service.activities.domain.judging import Credits, Judged, MgAccount, credits_of
from service.activities.domain.reading import read_ndjson
from service.activities.domain.rides import read_rides
from service.core.units import Points, ReductionMg
from service.methodology import Catalogue
from tests.activities.intake import TYPES, ndjson_file, ride


@dataclass(frozen=True)
class Key:
    fields: tuple[str, ...] = ("citizen_id", "started_at")
    bucket_s: int = 60


@dataclass(frozen=True)
class Method:
    """A method that books where it is told."""

    account: MgAccount
    method_id: str = "trial"
    version: int = 1
    activity_type: str = "shared_ebike_trip"
    natural_key: Key = field(default_factory=Key)

    def mg_account(self) -> MgAccount:
        return self.account

    def violations_many(self, columns: Mapping[str, Sequence[int]], evidence: Sequence[str]) -> list[None]:
        assert len(columns["distance_m"]) == len(evidence)
        return [None] * len(evidence)

    def quantify_many(self, columns: Mapping[str, Sequence[int]], evidence: Sequence[str]) -> list[int]:
        assert len(columns["distance_m"]) == len(evidence)
        return [distance * 60 for distance in columns["distance_m"]]


def judged(*accounts: MgAccount) -> Judged:
    rides = read_rides(read_ndjson(ndjson_file([ride(n) for n in range(len(accounts))]).splitlines()))
    rows = range(len(accounts))
    return Judged(
        size=len(accounts),
        rides=rides,
        unreadable={},
        readable=rows,
        digests={},
        subjects={},
        methods={row: Method(account) for row, account in enumerate(accounts)},
        reductions_mg={row: ReductionMg(999 + row) for row in rows},
    )


@pytest.mark.parametrize(
    ("entrusted", "expected"),
    [
        (frozenset({7, 8}), ["creditable", "provisional", "incentive", "creditable"]),
        (frozenset({8}), ["provisional", "provisional", "incentive", "creditable"]),
        (frozenset[int](), ["provisional", "provisional", "incentive", "provisional"]),
    ],
)
def test_only_an_entrusted_citizen_gets_creditable_reductions(
    entrusted: frozenset[int], expected: list[MgAccount]
) -> None:
    chunk = judged("creditable", "provisional", "incentive", "creditable")

    found = credits_of(chunk, [0, 1, 2, 3], {0: 7, 1: 7, 2: 7, 3: 8}, entrusted)

    assert found == Credits(
        rows=[0, 1, 2, 3],
        citizen_ids=[7, 7, 7, 8],
        mg_accounts=expected,
        reductions_mg=[ReductionMg(mg) for mg in (999, 1000, 1001, 1002)],
        points=[Points(points) for points in (0, 1, 1, 1)],
    )


@pytest.mark.parametrize("activity_type", TYPES)
def test_the_key_of_an_act_is_what_the_methods_recipe_writes(activity_type: str, catalogue: Catalogue) -> None:
    (method,) = [one for one in catalogue.methods if one.activity_type == activity_type]
    lines = ndjson_file(
        [ride(1, activity_type=activity_type, started_at="2026-11-19T08:01:59.5+08:00")]
    ).splitlines()
    rides = read_rides(read_ndjson(lines))
    recipe = Recipe(activity_type, method.natural_key.fields, method.natural_key.bucket_s)
    (instant,) = rides.started_us

    values = {"citizen_id": 7, "started_at": EPOCH + timedelta(microseconds=instant)}

    assert act_texts(rides, [0], {0: 7}, recipe) == [method.natural_key.text_for(activity_type, values)]


def test_a_recipe_may_count_the_vehicle_the_distance_and_the_end() -> None:
    rides = read_rides(read_ndjson(ndjson_file([ride(1, vehicle_no='云"A')]).splitlines()))

    found = act_texts(rides, [0], {0: 7}, Recipe("bus_trip", ("vehicle_no", "distance_m", "ended_at"), 3600))

    assert found == ['["bus_trip", "\\u4e91\\"A", 3000, 498624]']
    with pytest.raises(LookupError):
        act_texts(rides, [0], {0: 7}, Recipe("bus_trip", ("moon_phase",), 60))
