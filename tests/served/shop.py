"""A served shop: gunicorn and the worker on a cloned database, with citizens and tills that speak HTTP to it."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Barrier
from typing import Any

from pydantic import SecretStr
from sqlmodel import Session

from service.core.clock import system_clock
from service.core.context import Context
from service.core.database import connect
from service.core.ids import uuid7_source
from service.core.key_pairs import new_private_key, public_jwk
from service.core.keyring import Keyring
from service.demo.client import Answer, Door
from service.demo.folder import Folder
from service.demo.machines import Machine
from service.identity.operations.sign_in import sign_in
from service.rewards.operations.create_terminal import NewTerminal, create_terminal
from service.settings import Settings
from tests.cluster import Cluster
from tests.identity.world import LOOPBACK, phone_number, sent_code
from tests.ledger.bookings import Books
from tests.rewards.market import OPERATOR, Market, open_shop
from tests.served.processes import Processes, free_port, short_folder

SECRET = "a master secret made for served tests"
PRICE_POINTS = 100
POINTS = 100_000


@dataclass(frozen=True)
class Phone:
    """A citizen who is signed in."""

    access_token: str

    def who(self, _method: str, _target: str, _body: bytes) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}


@dataclass
class Shop:
    """What a test needs to ask for things over HTTP, and to look into the database behind."""

    context: Context
    processes: Processes
    door: Door
    market: Market = field(init=False)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.market = Market(self.context)

    def citizen(self, points: int = POINTS) -> Phone:
        phone = phone_number(next(self.numbers))
        signed = sign_in(self.context, phone, sent_code(self.context, phone), LOOPBACK)
        Books(self.context).earn(signed.citizen.citizen_id, points=points)
        return Phone(signed.tokens.access_token)

    def offer(self, stock: int = 100) -> tuple[int, int]:
        """Return a new offer and the store where it is honoured."""
        opened = open_shop(self.market, stock, price_points=PRICE_POINTS)
        return opened.offer_id, opened.store_id

    def till(self, store_id: int) -> Machine:
        machine = Machine(new_private_key(), self.context.now)
        asked = NewTerminal(store_id, self.number(), public_jwk(machine.key.public_key()))
        create_terminal(self.context, OPERATOR, self.number(), asked)
        return machine

    def number(self) -> str:
        return f"S-{next(self.numbers)}"

    def order(self, who: Phone, offer_id: int, order_no: str) -> Answer:
        return self.door.ask("POST", f"/v1/offers/{offer_id}/orders", {"order_no": order_no}, who.who)

    def prepare(self, till: Machine, holder: Phone) -> dict[str, Any]:
        """Show a code to a till and return what to send to verify all that can be used there."""
        code = self.door.must("POST", "/v1/me/codes", who=holder.who).body["code"]
        seen = self.door.must("POST", "/v1/terminal/prepare", {"code": code}, till.who).body
        refs = [voucher["voucher_ref"] for voucher in seen["vouchers"] if voucher["usable"]]
        return {"verify_no": self.number(), "session_id": seen["session_id"], "voucher_refs": refs}

    def verify(self, till: Machine, asked: dict[str, Any]) -> Answer:
        return self.door.ask("POST", "/v1/terminal/verify", asked, till.who)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.market.rows(sql)


def together(works: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Send all requests at the same moment, each on a connection of its own."""
    start = Barrier(len(works))

    def run(work: Callable[[], Answer]) -> Answer:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@contextmanager
def served_shop(cluster: Cluster, database: str) -> Iterator[Shop]:
    cluster.clone(database)
    with short_folder("served") as data_dir:
        settings = Settings(data_dir=data_dir, database_url=SecretStr(cluster.app_url(database)))
        given = {
            "TANHUI_DATABASE_URL": cluster.app_url(database),
            "TANHUI_OWNER_DATABASE_URL": cluster.owner_url(database),
            "TANHUI_SECRET_KEY": SECRET,
        }
        processes = Processes(settings, Folder(data_dir), free_port(), given=given)
        processes.folder.make()
        engine = connect(cluster.app_url(database))
        context = Context(
            engine=engine,
            open_session=lambda: Session(engine, expire_on_commit=False),
            now=system_clock(),
            new_id=uuid7_source(system_clock()),
            random_bytes=os.urandom,
            keyring=Keyring(SECRET.encode(), os.urandom),
            development=True,
            public_url=f"http://127.0.0.1:{processes.port}",
        )
        door = Door(processes.port, processes.heal)
        try:
            processes.start(0)
            processes.await_ready()
            yield Shop(context, processes, door)
        finally:
            door.hang_up()
            processes.stop()
            engine.dispose()
    cluster.drop(database)
