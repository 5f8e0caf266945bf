"""The day itself: everybody does their part over HTTP, in the order in which it happens in the city."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from service.core.clock import Clock, system_clock
from service.core.texts import Text
from service.demo import carriers, street, tills
from service.demo.board import Board
from service.demo.calendar import AFTER_MIDNIGHT, DEMO_DAY, EVENING
from service.demo.client import Door, Unexpected
from service.demo.folder import Folder, Progress
from service.demo.machines import Machine
from service.demo.office import LOGIN, Office
from service.demo.partners import PARTNERS
from service.demo.processes import Service
from service.demo.street import Ordered, Repeats, SignedIn
from service.demo.summary import Check, Summary
from service.demo.tills import Verified
from service.demo.world import World

LATEST_START = AFTER_MIDNIGHT - timedelta(minutes=40)
STEP = timedelta(minutes=15)
STEP_AFTER_CLOSE = timedelta(hours=3)
"""So far the clock moves on between two runs: sign-in codes are sent at most so often to one phone."""

SIGN_IN_ROUNDS = 3


def clock_for(progress: Progress | None) -> datetime:
    """Return the service's clock at the start of a run; it never goes back, or books could be closed and open."""
    if progress is None:
        return EVENING
    if progress.closed:
        return progress.clock + STEP_AFTER_CLOSE
    return min(progress.clock + STEP, LATEST_START)


@dataclass
class Day:
    """One run of the demonstration."""

    world: World
    folder: Folder
    service: Service
    door: Door
    board: Board
    summary: Summary
    phones: dict[int, SignedIn] = field(default_factory=dict)
    ordered: Sequence[Ordered] = ()
    verified: Sequence[Verified | None] = ()

    def __post_init__(self) -> None:
        self.office = Office(self.door, self.folder)
        self.partners = {one.activity_type: self._machine(one.code) for one in PARTNERS}
        stores = [store.number for merchant in self.world.merchants for store in merchant.stores]
        self.tills = {number: self._machine(number) for number in stores}

    @property
    def now(self) -> Clock:
        """The service's clock, also when it was moved since."""
        return lambda: system_clock()() + timedelta(seconds=self.service.offset_s)

    def run(self) -> Summary:
        """Live the day, from the evening to the statement."""
        progress = self.folder.progress()
        self._begin(progress)
        self._set_up()
        self._gather()
        self._deliver()
        self._look()
        self._shop()
        self._verify()
        if progress is None or not progress.closed:
            self.board.step(Text("过午夜", "midnight passes"), self._pass_midnight)
        self._close()
        self._prove()
        return self.summary

    def _begin(self, progress: Progress | None) -> None:
        clock = clock_for(progress)
        self._keep(clock, closed=progress is not None and progress.closed)
        title = Text("启动数据库与服务", "database and service start")
        self.board.step(title, lambda: self._start(clock))

    def _start(self, clock: datetime) -> None:
        self.service.offset_s = self._offset_s(clock)
        self.service.command("migrate")
        self.service.start(self.service.offset_s)
        made = self.service.run("operator", "create", LOGIN, "--password-stdin", typed=self.folder.password())
        if made.returncode != 0 and "OPERATOR_EXISTS" not in made.stdout + made.stderr:
            raise Unexpected(made.stderr or made.stdout)
        self.service.await_ready()

    def _set_up(self) -> None:
        self.office.sign_in(self.folder.password())
        self.board.in_order(Text("登记合作方", "partners are registered"), PARTNERS, self.office.create_partner)
        title = Text("商户、门店、终端、优惠", "merchants, stores, tills, offers")
        self.board.in_order(title, self.world.merchants, self.office.create_merchant)
        self._found("created", self.office.replayed)

    def _gather(self) -> None:
        waiting = list(self.world.citizens)
        for attempt in range(SIGN_IN_ROUNDS):
            patience_s = 0 if attempt == 0 else street.RESEND_S
            self.board.each(
                Text("居民索取验证码", "citizens ask for a code"),
                waiting,
                lambda citizen: street.ask_for_code(self.door, citizen, patience_s),  # noqa: B023 - run at once
            )
            codes = street.read_codes(self.service)
            signed = self.board.each(
                Text("居民登录", "citizens sign in"),
                waiting,
                lambda citizen: street.sign_in(self.door, citizen, codes.get(citizen.phone, "")),  # noqa: B023
            )
            self.phones |= {phone.citizen.index: phone for phone in signed if phone is not None}
            waiting = [citizen for citizen in waiting if citizen.index not in self.phones]
            if not waiting:
                break
        phones = [self.phones[citizen.index] for citizen in self.world.citizens]
        version = street.entrustment_version(self.door, phones[0])
        bound = self.board.each(
            Text("签署委托并绑定账号", "citizens entrust and bind"),
            phones,
            lambda phone: street.entrust_and_bind(self.door, phone, version, self.partners),
        )
        self.summary.citizens = len(phones)
        self.summary.entrusted = sum(phone.citizen.entrusts for phone in phones)
        self.summary.bindings = sum(bound)
        self._found("citizens", sum(phone.known for phone in phones))

    def _deliver(self) -> None:
        deliveries = self.world.week.deliveries
        tag = self.world.scenario.tag
        chains = [
            carriers.uploads_of(tag, [one for one in deliveries if one.partner is partner]) for partner in PARTNERS
        ]
        title = Text("合作方上传文件", "partners upload their files")
        had = self.board.each(title, chains, self._upload_chain)
        uploads = [one for chain in chains for one in chain]
        outcomes = self.board.each(
            Text("逐条核验与入账", "every line is checked and booked"),
            uploads,
            lambda one: carriers.await_lines(self.door, self._carrier(one), one, self.service.watch),
        )
        self.summary.files = len(uploads)
        self.summary.outcomes = sum(outcomes, Counter())
        self.summary.records = self.summary.outcomes.total()
        self._found("files", sum(had))

    def _upload_chain(self, chain: Sequence[carriers.Upload]) -> int:
        return sum(carriers.upload(self.door, self._carrier(one), one) for one in chain)

    def _look(self) -> None:
        wallets = self.board.each(
            Text("居民查看碳账户", "citizens look at their accounts"),
            self.phones.values(),
            lambda phone: street.read_wallet(self.door, phone),
        )
        self.summary.points = sum(wallet.earned_points for wallet in wallets)
        self.summary.reduction_mg = sum(wallet.reduction_mg for wallet in wallets)

    def _shop(self) -> None:
        offer_ids = self.office.offer_ids
        self.ordered = self.board.each(
            Text("居民兑换优惠", "citizens order"),
            self.world.errands,
            lambda errand: street.order(
                self.door, self.phones[errand.citizen.index], errand, offer_ids[errand.offer.number]
            ),
        )
        done = [one for one in self.ordered if one.code == ""]
        self.summary.orders = len(done)
        self.summary.order_points = sum(one.points for one in done)
        self.summary.orders_refused = Counter(one.code for one in self.ordered if one.code)
        self._count_repeats([one.repeats for one in done])
        self._found("orders", sum(one.replayed for one in done))

    def _verify(self) -> None:
        wanted = [one for one in self.ordered if one.code == "" and one.errand.store is not None]
        self.verified = verified = self.board.each(Text("终端核销", "tills verify"), wanted, self._verify_one)
        self.summary.verifications = len(verified)
        self.summary.settle_fen = sum(one.settle_fen for one in verified)
        self._count_repeats([one.repeats for one in verified])
        self._found("verifications", sum(one.replayed for one in verified))

    def _verify_one(self, ordered: Ordered) -> Verified:
        store = ordered.errand.store
        if store is None:
            raise Unexpected(ordered.errand.order_no)
        phone = self.phones[ordered.errand.citizen.index]
        return tills.verify(self.door, self.tills[store.number], phone, ordered)

    def _pass_midnight(self) -> None:
        self.door.hang_up()
        self.service.stop()
        self._keep(AFTER_MIDNIGHT, closed=True)
        self.service.start(self._offset_s(AFTER_MIDNIGHT))
        self.service.await_ready()

    def _close(self) -> None:
        self.office.sign_in(self.folder.password())
        self.board.step(Text("日切", "the operator closes the day"), self.office.close_day)
        title = Text("取对账单", "statements")
        statements = self.board.each(title, self.world.merchants, self.office.statement)
        self.summary.statements = len(statements)
        self.summary.statement_rows = sum(one.rows for one in statements)
        self.summary.statement_fen = sum(one.total_fen for one in statements)
        self.summary.statement_files_match = all(one.file_matches for one in statements)

    def _prove(self) -> None:
        words = ("check-ledger", "--json", "--language", self.board.language)
        proof = self.board.step(Text("账本证明", "the books are proved"), lambda: self.service.run(*words))
        told = orjson.loads(proof.stdout)
        self.summary.checks = [Check(row["check"], row["proves"], row["holds"]) for row in told["checks"]]

    def _carrier(self, one: carriers.Upload) -> Machine:
        return self.partners[one.delivery.partner.activity_type]

    def _machine(self, name: str) -> Machine:
        return Machine(self.folder.key(name), self.now)

    def _keep(self, clock: datetime, *, closed: bool) -> None:
        self.folder.keep_progress(Progress(self.world.scenario, clock, closed))

    def _found(self, kind: str, count: int) -> None:
        self.summary.found = {**self.summary.found, kind: count}

    def _count_repeats(self, repeats: Sequence[Repeats]) -> None:
        self.summary.repeats_sent += sum(one.sent for one in repeats)
        self.summary.repeats_recognised += sum(one.recognised for one in repeats)

    @staticmethod
    def _offset_s(clock: datetime) -> int:
        return int((clock - system_clock()()).total_seconds())


def new_summary(world: World) -> Summary:
    """Return the summary before anything has happened."""
    return Summary(day=DEMO_DAY.isoformat(), expected=world.week.expected)
