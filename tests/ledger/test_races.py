"""Threads on books that really commit."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from service import ledger
from service.core.context import Context
from service.core.database import transact
from tests.clock import MovingClock
from tests.ledger.bookings import Books

THREADS = 8


def together(work: Callable[[int], Counter[str]]) -> Counter[str]:
    """Run ``work`` on every thread at the same moment and add up what they count."""
    start = Barrier(THREADS)

    def run(number: int) -> Counter[str]:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, range(THREADS)), Counter())


def test_eight_threads_spend_one_wallet_to_the_last_point_and_no_further(
    committed_books: Books, clock: MovingClock
) -> None:
    committed_books.earn(7, points=40)
    clock.advance(days=100)
    committed_books.earn(7, points=960)

    def spend(_number: int) -> Counter[str]:
        outcome: Counter[str] = Counter()
        for _ in range(30):
            try:
                outcome["points"] += sum(lot.points for lot in committed_books.spend(7, 7))
                outcome["done"] += 1
            except ledger.InsufficientPoints:
                outcome["refused"] += 1
        return outcome

    assert together(spend) == Counter(done=142, points=994, refused=98)
    assert committed_books.rows("SELECT active_points, spent_points FROM wallet") == [(6, 994)]
    assert committed_books.findings() == []


def test_overdue_points_lapse_once_whoever_comes_first(committed_books: Books, clock: MovingClock) -> None:
    committed_books.earn(7, points=40)
    clock.advance(days=300)
    committed_books.earn(7, points=8)
    clock.advance(days=500)

    def spend(_number: int) -> Counter[str]:
        return Counter(points=sum(lot.points for lot in committed_books.spend(7, 1)))

    assert together(spend) == Counter(points=8)
    assert committed_books.rows("SELECT active_points, spent_points, lapsed_points FROM wallet") == [(0, 8, 40)]
    assert committed_books.rows("SELECT count(*), sum(amount) FROM transfer WHERE kind = 'lapse'") == [(1, 40)]
    assert committed_books.findings() == []


def test_the_first_earnings_of_one_citizen_may_all_come_at_once(committed_books: Books) -> None:
    def earn(number: int) -> Counter[str]:
        for _ in range(20):
            committed_books.earn(7, points=number + 1, mg=1_000)
        return Counter()

    together(earn)

    assert committed_books.rows("SELECT active_points, provisional_mg FROM wallet") == [(720, 160_000)]
    assert committed_books.findings() == []


def test_opposing_batches_over_the_same_citizens_never_deadlock(committed_books: Books) -> None:
    owners = range(1, 21)
    for owner_id in owners:
        committed_books.earn(owner_id, points=10_000)

    def book(number: int) -> Counter[str]:
        order = sorted(owners, reverse=bool(number % 2))
        kinds = ("earn_points", "spend", "lapse")
        for turn in range(15):
            committed_books.post(
                [
                    committed_books.transfer(owner_id, kinds[(owner_id + turn + number) % 3], 5)
                    for owner_id in order
                ]
            )
        return Counter(batches=15)

    assert together(book) == Counter(batches=15 * THREADS)
    assert committed_books.findings() == []


def test_the_checks_hold_at_every_moment_while_others_book(committed_books: Books) -> None:
    committed_books.earn(7, points=5_000)

    def book_or_prove(number: int) -> Counter[str]:
        if number == 0:
            return Counter({"findings": sum(len(committed_books.findings()) for _ in range(15))})
        for turn in range(15):
            committed_books.earn(number, points=turn + 1, mg=turn)
            committed_books.redeem(7, committed_books.spend(7, 2))
            committed_books.pay(-1000 - number, turn + 1)
        return Counter()

    assert together(book_or_prove) == Counter(findings=0)


def test_a_wallet_is_read_whole_while_others_spend(committed: Context, committed_books: Books) -> None:
    committed_books.earn(7, points=1_000)
    today = ledger.Moment.of(committed.now(), committed.now().date()).recorded_on

    def spend_or_read(number: int) -> Counter[str]:
        torn = 0
        for _ in range(20):
            if number % 2:
                committed_books.spend(7, 3)
            else:
                view = transact(committed, lambda session: ledger.read_wallet(session, 7, today))
                torn += view.active_points != sum(lot.points for lot in view.lots)
        return Counter(torn=torn)

    assert together(spend_or_read) == Counter(torn=0)
