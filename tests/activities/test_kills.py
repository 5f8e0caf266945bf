"""A worker is really killed, again and again in the middle of a batch; its memory does not grow with the file."""

import random
import subprocess
import sys
import time
import tracemalloc

import pytest
from flask import Flask

from service import activities, methodology
from service.activities.domain.batches import LEASE_S
from service.core.context import Context
from tests.activities.intake import Ride, books, delivery, ride
from tests.activities.test_restart import committed_partners
from tests.clock import MovingClock
from tests.cluster import Cluster

pytestmark = pytest.mark.long

KILLS = 10
CHUNK_LINES = 50
GROWTH_MAX = 1.2


def many(count: int) -> list[Ride]:
    """Rides of three riders, one a minute each, with records that come twice and some that are wrong."""
    rides = []
    for n in range(count):
        minute, rider = divmod(n, 3)
        day, minute = divmod(minute, 1_000)
        start = f"2026-11-{1 + day % 18:02d}T{minute // 60:02d}:{minute % 60:02d}:00+08:00"
        ended = f"2026-11-{1 + day % 18:02d}T{(minute + 12) // 60:02d}:{(minute + 12) % 60:02d}:00+08:00"
        number = n - 1 if n % 97 == 1 else n
        rides.append(
            ride(event_no=f"E-{number}", subject_token=f"rider-{rider}", started_at=start, ended_at=ended)
        )
        if n % 89 == 0:
            rides[-1]["distance_m"] = -1
    return rides


def test_a_worker_killed_ten_times_leaves_what_an_undisturbed_one_leaves(
    app: Flask,
    context: Context,
    committed: Context,
    committed_app: Flask,
    catalogue: methodology.Catalogue,
    cluster: Cluster,
    worker_name: str,
    clock: MovingClock,
) -> None:
    file = delivery(many(6_000), "csv", "gzip", parts=3)
    (undisturbed,) = committed_partners(app, context, catalogue, 1)
    undisturbed.deliver("B-1", file)
    (partner,) = committed_partners(committed_app, committed, catalogue, 1)
    partner.upload("B-1", file)
    url = cluster.app_url(f"{worker_name}_committed")
    chance = random.Random(7)
    progress = []
    for _ in range(KILLS):
        clock.advance(seconds=LEASE_S + 60)
        arguments = ["tests.activities.worker_process", url, clock().isoformat(), str(CHUNK_LINES)]
        with subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.01, 0.25))
            worker.kill()
        progress.append(partner.batch("B-1")["lines_done"])
    clock.advance(seconds=LEASE_S + 60)
    partner.process()

    assert progress == sorted(progress)
    assert progress[-1] > 0
    assert partner.outcome("B-1") == undisturbed.outcome("B-1")
    assert partner.results("B-1") == undisturbed.results("B-1")
    assert books(committed) == books(context)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_memory_does_not_grow_with_the_file(
    form: str, committed: Context, committed_app: Flask, catalogue: methodology.Catalogue
) -> None:
    (partner,) = committed_partners(committed_app, committed, catalogue, 1)
    peaks = []
    for number, count in enumerate((10_000, 40_000)):
        partner.upload(f"B-{number}", delivery(many(count), form, "gzip"))
        tracemalloc.start()
        assert activities.process_batch(committed, catalogue, chunk_lines=1_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * GROWTH_MAX
    assert partner.batch("B-1")["state"] == "done"
