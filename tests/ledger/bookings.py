"""What tests of the books arrange with: each function is one transaction, as an operation above would do it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service import ledger
from service.core.context import Context
from service.core.database import fetch_all, transact
from service.core.units import AmountFen, Points, ReductionMg

PROGRAMME = ledger.PROGRAMME_FUNDER_ID
SOURCE = UUID("00000000-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Books:
    """The books behind a context."""

    context: Context

    def occasion(self, session: Session) -> ledger.Occasion:
        moment = ledger.open_moment(session, self.context.now())
        return ledger.Occasion(moment, "test", SOURCE, self.context.new_id)

    def earn(self, owner_id: int, points: int = 0, mg: int = 0, account: ledger.MgAccount = "provisional") -> None:
        one = ledger.Earning(owner_id, SOURCE, ReductionMg(mg), account, Points(points), PROGRAMME)

        def work(session: Session) -> None:
            moment = ledger.open_moment(session, self.context.now())
            ledger.post(session, moment, ledger.earnings(moment, "test", [one], self.context.new_id))

        transact(self.context, work)

    def spend(self, owner_id: int, points: int) -> list[ledger.LotTaken]:
        return transact(
            self.context,
            lambda session: ledger.spend(session, self.occasion(session), owner_id, Points(points)),
        )

    def redeem(self, owner_id: int, lots: list[ledger.LotTaken], merchant_id: int = -1000) -> None:
        transact(
            self.context,
            lambda session: ledger.redeem(session, self.occasion(session), owner_id, lots, merchant_id),
        )

    def pay(self, merchant_id: int, amount_fen: int) -> None:
        transact(
            self.context,
            lambda session: ledger.pay(
                session, self.occasion(session), PROGRAMME, merchant_id, AmountFen(amount_fen)
            ),
        )

    def post(self, transfers: list[ledger.Transfer]) -> None:
        def work(session: Session) -> None:
            ledger.post(session, ledger.open_moment(session, self.context.now()), transfers)

        transact(self.context, work)

    def wallet(self, owner_id: int, today: date) -> ledger.WalletView:
        return transact(self.context, lambda session: ledger.read_wallet(session, owner_id, today))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return transact(self.context, lambda session: fetch_all(session, sql))

    def findings(self) -> list[tuple[str, str, int, int]]:
        """Return what every check finds wrong."""

        def work(session: Session) -> list[tuple[str, str, int, int]]:
            return [
                (found.check, found.subject, found.expected, found.found)
                for check in ledger.CHECKS
                for found in check.run(session)
            ]

        return transact(self.context, work)

    def transfer(self, owner_id: int, kind: str, amount: int, **other: object) -> ledger.Transfer:
        """Return a transfer of the first leg of ``kind``, in a lot that expires at the end of November 2028."""
        leg = ledger.KINDS[kind].legs[0]
        lot = ledger.LotKey(date(2028, 11, 30), PROGRAMME) if leg.unit == "points" else None
        values: dict[str, Any] = {
            "owner_id": owner_id,
            "movement_id": self.context.new_id(),
            "transfer_id": self.context.new_id(),
            "kind": kind,
            "unit": leg.unit,
            "from_account": leg.from_account,
            "to_account": leg.to_account,
            "amount": amount,
            "source_kind": "test",
            "source_id": SOURCE,
            "lot": lot,
        }
        values.update(other)
        return ledger.Transfer(**values)
