"""One day of the demonstration on a PostgreSQL of its own, with or without kills."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any

import orjson
import psycopg
from rich.console import Console

from service.core import embedded
from service.demo import street
from service.demo.board import Board
from service.demo.calendar import RIDE_DAYS
from service.demo.client import Answer, Headers
from service.demo.day import Day, new_summary
from service.demo.deliveries import Delivery
from service.demo.folder import Folder
from service.demo.machines import Machine
from service.demo.partners import PARTNERS, write_file
from service.demo.street import SignedIn
from service.demo.summary import Summary
from service.demo.world import Scenario, World, make_world
from service.settings import Settings
from tests.crash.journal import Acknowledged, Journal
from tests.crash.traps import Trap
from tests.served.processes import Processes, free_port, short_folder

SCENARIO = Scenario(seed=7, citizens=520, records=15_600)
"""So many records that one partner's file is booked in more than one chunk."""


@dataclass
class City:
    """The city after (or during) its day."""

    processes: Processes
    journal: Journal
    day: Day
    trap: Trap
    url: str
    """The database, as its owner."""

    summary: Summary = field(init=False)

    def live(self) -> None:
        with self.day.board:
            self.summary = self.day.run()
        self.journal.settle()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def proof(self) -> dict[str, Any]:
        """What `tanhui check-ledger` says now."""
        said: dict[str, Any] = orjson.loads(self.processes.run("check-ledger", "--json").stdout)
        return said

    def known(self, kind: str) -> dict[str, Acknowledged]:
        return self.journal.acknowledged[kind]

    def ask_again(self) -> dict[str, dict[str, Answer]]:
        """Send every acknowledged request of each kind once more, proved anew, under its own number."""
        who: dict[str, Callable[[str], Headers]] = {
            "batch": lambda number: self._partner(number).who,
            "order": lambda number: self._citizen(number).who,
            "verify": lambda number: self._till(number).who,
        }
        return {
            kind: {
                number: self.journal.ask("POST", known.target, known.asked, whose(number))
                for number, known in list(self.known(kind).items())
            }
            for kind, whose in who.items()
        }

    def complete_again(self) -> dict[str, tuple[bool, str]]:
        """Complete every file once more; tell whether that was recognised, and the state that was answered."""
        answers = {
            number: self.journal.ask("POST", f"{known.target}/{number}/complete", who=self._partner(number).who)
            for number, known in self.known("batch").items()
        }
        return {number: (answer.replayed, answer.body["batch"]["state"]) for number, answer in answers.items()}

    def _partner(self, batch_no: str) -> Machine:
        partner = next(partner for partner in PARTNERS if f"-{partner.code}-" in batch_no)
        return self.day.partners[partner.activity_type]

    def _citizen(self, order_no: str) -> SignedIn:
        (errand,) = [errand for errand in self.day.world.errands if errand.order_no == order_no]
        phones = self.day.phones
        phones[errand.citizen.index] = street.refresh(self.journal, phones[errand.citizen.index])
        return phones[errand.citizen.index]

    def _till(self, verify_no: str) -> Machine:
        (errand,) = [errand for errand in self.day.world.errands if errand.verify_no == verify_no]
        assert errand.store is not None
        return self.day.tills[errand.store.number]


Plan = Mapping[tuple[str, int], Callable[[City], None]]
"""What is done to the city after so many acknowledgements of a kind."""


@contextmanager
def city(plan: Plan) -> Iterator[City]:
    """Make a city that has not begun its day; whatever was started is stopped at the end."""
    with short_folder("crash") as data_dir:
        processes = Processes(Settings(data_dir=data_dir), Folder(data_dir), free_port())
        processes.folder.make()
        journal = Journal(processes.port, processes.heal)
        world = _with_larger_files(make_world(SCENARIO))
        board = Board(Console(quiet=True), "en")
        day = Day(world, processes.folder, processes, journal, board, new_summary(world))
        url = embedded.ensure_running(data_dir).url()
        trap = Trap(url, processes.kill_worker, processes.kill_database)
        made = City(processes, journal, day, trap, url)
        journal.plan = {place: partial(act, made) for place, act in plan.items()}
        try:
            yield made
        finally:
            journal.hang_up()
            processes.stop()
            embedded.stop(data_dir)


def _code_in(batch_no: str) -> str:
    return next(partner.code for partner in PARTNERS if f"-{partner.code}-" in batch_no)


def _with_larger_files(world: World) -> World:
    """Return the same week with one file of each partner."""
    by_partner = sorted(world.week.deliveries, key=lambda one: (PARTNERS.index(one.partner), one.day))
    joined = [_join(list(files)) for _, files in groupby(by_partner, key=lambda one: one.partner)]
    return replace(world, week=replace(world.week, deliveries=joined))


def _join(files: Sequence[Delivery]) -> Delivery:
    partner = files[0].partner
    lines = [line for one in files for line in _lines(one)]
    content = write_file(partner, lines)
    return Delivery(partner, RIDE_DAYS[-1], content, len(lines), sum(one.distance_m for one in files))


def _lines(one: Delivery) -> list[bytes]:
    content = gzip.decompress(one.content) if one.partner.compression == "gzip" else one.content
    head = 1 if one.partner.format == "csv" else 0
    return content.split(b"\n")[head:-1]
