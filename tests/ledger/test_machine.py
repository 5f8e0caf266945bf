"""Any sequence of earnings, spendings, redemptions and passing days, against a model made of dicts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from service import ledger
from service.core.clock import business_day
from tests.clock import TEN_O_CLOCK, MovingClock
from tests.ledger.bookings import Books

OWNERS = (1, 2, 3)
MG_ACCOUNTS: tuple[ledger.MgAccount, ...] = ("creditable", "provisional", "incentive")


@dataclass
class Person:
    """All that the books know of one citizen."""

    lots: Counter[date] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    unverified: list[list[ledger.LotTaken]] = field(default_factory=list)

    def lapse(self, today: date) -> None:
        for day in [day for day in self.lots if day < today]:
            self.figures["lapsed_points"] += self.lots.pop(day)

    def take(self, points: int) -> list[tuple[date, int]]:
        taken = []
        for day in sorted(self.lots):
            part = min(points, self.lots[day])
            if part:
                taken.append((day, part))
            self.lots[day] -= part
            points -= part
        return taken


class BooksMachine(RuleBasedStateMachine):
    def __init__(self, books: Books, clock: MovingClock, connection: sa.Connection) -> None:
        super().__init__()
        self.books = books
        self.clock = clock
        clock.set(TEN_O_CLOCK)
        self.savepoint = connection.begin_nested()
        self.people = {owner_id: Person() for owner_id in OWNERS}

    @property
    def today(self) -> date:
        return business_day(self.clock())

    @rule(
        owner_id=st.sampled_from(OWNERS),
        points=st.integers(0, 200),
        mg=st.integers(0, 200_000),
        account=st.sampled_from(MG_ACCOUNTS),
    )
    def earn(self, owner_id: int, points: int, mg: int, account: ledger.MgAccount) -> None:
        self.books.earn(owner_id, points, mg, account)

        person = self.people[owner_id]
        person.lots[ledger.lot_expiry(self.today)] += points
        person.figures["earned_points"] += points
        person.figures[f"{account}_mg"] += mg

    @rule(owner_id=st.sampled_from(OWNERS), points=st.integers(1, 300))
    def spend(self, owner_id: int, points: int) -> None:
        person = self.people[owner_id]
        spendable = sum(left for day, left in person.lots.items() if day >= self.today)
        if spendable < points:
            with pytest.raises(ledger.InsufficientPoints) as refused:
                self.books.spend(owner_id, points)
            assert refused.value.params == {"needed": points, "available": spendable}
            return
        taken = self.books.spend(owner_id, points)

        person.lapse(self.today)
        assert [(lot.expires_on, lot.points) for lot in taken] == person.take(points)
        person.figures["spent_points"] += points
        person.unverified.append(taken)

    @rule(owner_id=st.sampled_from(OWNERS))
    def redeem(self, owner_id: int) -> None:
        if self.people[owner_id].unverified:
            self.books.redeem(owner_id, self.people[owner_id].unverified.pop())

    @rule(days=st.sampled_from([1, 11, 40, 200, 700]))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days=days)

    @invariant()
    def wallets_show_what_the_model_holds(self) -> None:
        for owner_id, person in self.people.items():
            view = self.books.wallet(owner_id, self.today)

            lots = {lot.expires_on: lot.points for lot in view.lots}
            left = +person.lots
            assert lots == {day: left[day] for day in sorted(left) if day >= self.today}
            assert (view.active_points, view.spendable_points) == (left.total(), sum(lots.values()))
            assert view.overdue_points == view.active_points - view.spendable_points
            shown = {name: getattr(view, name) for name in ledger_figures(person)}
            assert shown == ledger_figures(person)

    @invariant()
    def every_check_holds(self) -> None:
        assert self.books.findings() == []

    def teardown(self) -> None:
        outstanding: dict[int, Any] = {
            owner_id: sum(lot.points for taken in person.unverified for lot in taken)
            for owner_id, person in self.people.items()
        }
        booked = dict(
            self.books.rows(
                "SELECT owner_id, sum(CASE kind WHEN 'spend' THEN amount WHEN 'redeem' THEN -amount ELSE 0 END)"
                " FROM transfer WHERE unit = 'points' GROUP BY owner_id"
            )
        )
        self.savepoint.rollback()
        assert {owner_id: booked.get(owner_id, 0) for owner_id in OWNERS} == outstanding


def ledger_figures(person: Person) -> dict[str, int]:
    names = ("earned_points", "spent_points", "lapsed_points", *(f"{account}_mg" for account in MG_ACCOUNTS))
    return {name: person.figures[name] for name in names}


def check_sequences(books: Books, clock: MovingClock, sequences: int, steps: int) -> None:
    with books.context.open_session() as session:
        connection = session.connection()
        run_state_machine_as_test(
            cast("type[BooksMachine]", partial(BooksMachine, books, clock, connection)),
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_any_sequence_leaves_the_books_as_the_model_says(books: Books, clock: MovingClock) -> None:
    check_sequences(books, clock, sequences=25, steps=30)


@pytest.mark.long
def test_thousands_of_steps_leave_the_books_as_the_model_says(books: Books, clock: MovingClock) -> None:
    check_sequences(books, clock, sequences=250, steps=50)
