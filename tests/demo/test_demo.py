"""`tanhui demo` as a person runs it: gunicorn, worker and PostgreSQL as processes, everything over HTTP."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import orjson
import psutil
import pytest

from service.demo.defects import DEFECTS
from service.demo.world import Scenario, make_world
from tests.demo.conftest import TANHUI, Demonstration

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

REJECTED = {defect.code: 1 for defect in DEFECTS if defect.outcome == "rejected"}
FOUND_NOTHING = {"orphans": 0, "created": 0, "citizens": 0, "files": 0, "orders": 0, "verifications": 0}
MIDDLE = ("--citizens", "400", "--rides", "4000")
CHILDREN = 2
KILL_PAUSE_S = 3


def test_a_second_run_on_the_same_folder_finds_the_first_and_comes_to_the_same_figures(
    demonstration: Demonstration,
) -> None:
    first = demonstration.summary()
    second = demonstration.summary()

    figures = first["figures"]
    world = make_world(Scenario(seed=1, citizens=50, records=500))
    wanted = {
        "day": "2026-11-20",
        "citizens": 50,
        "entrusted": sum(citizen.entrusts for citizen in world.citizens),
        "bindings": sum(len(citizen.tokens) for citizen in world.citizens),
        "files": 20,
        "records": 500,
        "accepted": 500 - len(DEFECTS),
        "duplicates": 1,
        "rejected": REJECTED,
        "as_expected": True,
        "statements": 10,
        "statement_rows": figures["verifications"],
        "statement_fen": figures["settle_fen"],
        "statement_files_match": True,
    }
    assert {name: figures[name] for name in wanted} == wanted
    assert figures["orders"] + sum(figures["orders_refused"].values()) == len(world.errands)
    assert set(figures["ledger"].values()) == {True}
    assert first["found"] == FOUND_NOTHING
    assert second["figures"] == figures
    assert second["found"] == {
        "orphans": 0,
        "created": 4 + 10 + 21 + 21 + 30,
        "citizens": 50,
        "files": 20,
        "orders": figures["orders"],
        "verifications": figures["verifications"],
    }
    assert (first["holds"], second["holds"]) == (True, True)


def children_of(demonstration: Demonstration) -> list[int]:
    file = demonstration.data_dir / "demo" / "children.json"
    return [told["pid"] for told in orjson.loads(file.read_bytes())] if file.exists() else []


def await_children(demonstration: Demonstration) -> list[int]:
    """Wait for both children: around midnight there is a moment without."""
    deadline = time.monotonic() + 60
    while len(children_of(demonstration)) < CHILDREN and time.monotonic() < deadline:
        time.sleep(0.05)
    return children_of(demonstration)


def test_what_is_killed_in_the_middle_comes_back_and_nothing_is_lost_or_doubled(
    demonstration: Demonstration,
) -> None:
    process = demonstration.start("--exit", "--json", sizes=MIDDLE)
    killed = []
    for victim in ("web", "postgres", "worker"):
        await_children(demonstration)
        time.sleep(KILL_PAUSE_S)
        children = await_children(demonstration)
        if process.poll() is not None or len(children) < CHILDREN:
            break  # The machine is so fast that the day is over already.
        web, worker = children
        postmaster = demonstration.data_dir / "postgresql" / "postmaster.pid"
        pids = {"web": web, "worker": worker, "postgres": int(postmaster.read_text().splitlines()[0])}
        os.kill(pids[victim], signal.SIGKILL)
        killed.append(victim)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    interrupted = orjson.loads(out)
    again = demonstration.summary(MIDDLE)

    assert killed[:1] == ["web"]
    assert (interrupted["holds"], interrupted["figures"]["accepted"]) == (True, 4_000 - 4 * len(DEFECTS))
    assert again["figures"] == interrupted["figures"]


def test_a_killed_demonstration_is_taken_up_where_it_stopped(demonstration: Demonstration) -> None:
    process = demonstration.start("--exit", "--json", sizes=MIDDLE)
    children = await_children(demonstration)
    time.sleep(7)
    process.kill()
    process.communicate()
    taken_up = demonstration.summary(MIDDLE)

    assert (taken_up["holds"], taken_up["figures"]["records"]) == (True, 4_000)
    assert taken_up["found"]["orphans"] == 2
    assert [pid for pid in children if psutil.pid_exists(pid)] == []
    assert not (demonstration.data_dir / "postgresql" / "postmaster.pid").exists()


def sample_lines(page: list[str]) -> list[str]:
    """Return what the demonstration prints to be copied, from the first note on."""
    first = next(place for place, line in enumerate(page) if line.startswith("# "))
    return [line for line in page[first:] if line.startswith(("export ", "TOKEN=", "curl ", "tanhui "))]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the printed lines call curl")
def test_the_printed_lines_work_as_they_stand_until_ctrl_c(demonstration: Demonstration, tmp_path: Path) -> None:
    process = demonstration.start("--language", "en")
    assert process.stdout is not None
    page: list[str] = []
    while not page or page[-1] != "tanhui check-ledger":
        line = process.stdout.readline()
        assert line, "the demonstration ended before it printed its addresses"
        page.append(line.rstrip("\n"))
    lines = sample_lines(page)
    script = tmp_path / "lines.sh"
    tanhui = f"tanhui() {{ {TANHUI[0]} -c '{TANHUI[2]}' \"$@\"; }}"
    script.write_text("\n".join(["set -e", tanhui, *(f"{line}; echo" for line in lines)]))
    done = subprocess.run(
        [shutil.which("bash") or "/bin/bash", script],
        env=demonstration.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    answers = [line for line in done.stdout.splitlines() if line]
    told = [orjson.loads(answer) for answer in answers if answer.startswith("{")]
    assert (done.returncode, done.stderr) == (0, "")
    assert [next(iter(answer)) for answer in told] == [
        "offers",
        "as_of",
        "activities",
        "vouchers",
        "batch",
        "results",
        "outcome",
        "statement",
    ]
    assert answers[-1] == "账本一致"
    assert process.returncode == 0
    assert children_of(demonstration) == []
