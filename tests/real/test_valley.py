"""Real rides, with the defects that partners really send, from their file to the books."""

import gzip
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from service import activities, ledger
from service.activities.domain.programme import read_programme
from service.activities.operations.create_programme import create_programme
from service.core.context import Context
from service.core.database import transact
from service.identity.operations.bind_subject import bind_subject
from tests.activities.intake import Delivery, Partner, books
from tests.identity import world
from tests.real import valley
from tests.real.shared import shared_file

BINDING_THREADS = 4
PART_BYTES = 4 * 1_048_576


class Trial:
    """The trial programme with its partner, every rider bound through the operation."""

    def __init__(self, app: Flask, context: Context, folder: Path) -> None:
        self.context = context
        create_programme(context, read_programme(valley.PROGRAMME))
        self.partner = Partner(app, context, valley.trial_catalogue(folder / "catalogue"))
        self.partner.register(
            world.operator(app, context), "valley", programme_code="valley", activity_types=["shared_ebike_trip"]
        )

    def bind(self, rides: Sequence[valley.Record], threads: int) -> None:
        tokens = sorted({ride["subject_token"] for ride in rides})
        works: list[Callable[[], object]] = [
            partial(self._bind_one, citizen_id, token) for citizen_id, token in enumerate(tokens, start=1)
        ]
        if threads == 1:
            for work in works:
                work()
        else:
            with ThreadPoolExecutor(threads) as pool:
                for done in [pool.submit(work) for work in works]:
                    done.result()

    def _bind_one(self, citizen_id: int, token: str) -> None:
        bind_subject(self.context, citizen_id, self.partner.client.ticket(token))

    def deliver(self, upload: str, rides: Sequence[valley.Record], lines: int) -> tuple[int, Counter[str]]:
        """Upload the rides in batches and return how many were credited, and why the others were not."""
        credited, reasons = 0, Counter[str]()
        for start in range(0, len(rides), lines):
            some = rides[start : start + lines]
            content = gzip.compress(valley.csv_file(some), compresslevel=1, mtime=0)
            file = Delivery(content, len(some), valley.distance_sum(some), "csv", "gzip")
            parts = -(-len(content) // PART_BYTES)
            batch = self.partner.deliver(f"{upload}-{start}", replace(file, parts=parts))
            assert (batch["state"], batch["lines_done"]) == ("done", len(some))
            credited += batch["counts"]["accepted"]
            reasons.update({reason["code"]: reason["lines"] for reason in batch["reasons"]})
        return credited, reasons

    def broken_proofs(self) -> list[str]:
        def prove(session: Session) -> list[str]:
            return [check.name for check in (*ledger.CHECKS, *activities.CHECKS) if list(check.run(session))]

        return transact(self.context, prove)


def run_twice(trial: Trial, rides: list[valley.Record], lines: int) -> dict[str, object]:
    """Deliver everything, then everything again; returns the outcome as a whole."""
    must = valley.expected(rides, trial.context.now())

    credited, reasons = trial.deliver("first", rides, lines)
    after_first = books(trial.context)
    again, repeated = trial.deliver("second", rides, lines)
    after_second = books(trial.context)

    assert (credited, reasons) == (must.credited, must.reasons)
    assert after_first == {
        "activities": (must.credited, must.reduction_mg, must.points),
        "events": (must.credited,),
        "acts": (must.credited,),
        "lines": (len(rides),),
        "transfers": (2 * must.credited,),
        "wallets": (must.reduction_mg, must.points),
    }
    assert (again, repeated) == (0, must.reasons + Counter(SAME_EVENT=must.credited))
    assert after_second == {**after_first, "lines": (2 * len(rides),)}
    assert trial.broken_proofs() == []
    return {
        "rides": len(rides),
        "credited": credited,
        "reduction_mg": must.reduction_mg,
        "points": must.points,
        **dict(sorted(reasons.items())),
    }


def test_every_fiftieth_real_ride_ends_where_it_must(app: Flask, context: Context, tmp_path: Path) -> None:
    rides = list(valley.records(shared_file("valleybike_trips.csv.gz"), every=50))
    trial = Trial(app, context, tmp_path)
    trial.bind(rides, threads=1)

    assert run_twice(trial, rides, lines=1_000) == {
        "rides": 3_014,
        "credited": 2_366,
        "reduction_mg": 698_057_426,
        "points": 696_876,
        "MISSING_FIELD": 3,
        "OUT_OF_RANGE": 445,
        "TOO_FAR": 12,
        "TOO_FAST": 3,
        "TOO_LONG": 14,
        "TOO_NEAR": 171,
    }


@pytest.mark.long
def test_every_real_ride_ends_where_it_must(committed: Context, committed_app: Flask, tmp_path: Path) -> None:
    rides = list(valley.records(shared_file("valleybike_trips.csv.gz"), every=1))
    trial = Trial(committed_app, committed, tmp_path)
    trial.bind(rides, threads=BINDING_THREADS)

    assert run_twice(trial, rides, lines=50_000) == {
        "rides": 150_666,
        "credited": 112_285,
        "reduction_mg": 32_067_869_835,
        "points": 32_011_935,
        "MISSING_FIELD": 137,
        "OUT_OF_AREA": 2,
        "OUT_OF_RANGE": 23_505,
        "SAME_ACT_ALREADY_CREDITED": 4_029,
        "TOO_FAR": 670,
        "TOO_FAST": 124,
        "TOO_LONG": 565,
        "TOO_NEAR": 9_338,
        "TOO_OLD": 10,
        "TOO_SHORT": 1,
    }
