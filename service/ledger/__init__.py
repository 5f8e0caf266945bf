"""The books: grams, points and money as transfers between accounts; wallets and lots beside them.

What other contexts use. Functions that take a session never commit; the operation that called them does.

>>> moment = ledger.open_moment(session, now)
>>> ledger.post(session, moment, ledger.earnings(moment, "activity", earned, new_id))
>>> occasion = ledger.Occasion(moment, "order", order_id, new_id)
>>> lots = ledger.spend(session, occasion, citizen_id, points)
>>> ledger.redeem(session, occasion, citizen_id, lots, merchant_id)
>>> ledger.pay(session, occasion, ledger.PROGRAMME_FUNDER_ID, merchant_id, amount_fen)
"""

from service.ledger.commands import commands
from service.ledger.domain.accounts import (
    ACCOUNTS,
    KINDS,
    MERCHANT_ID_HIGHEST,
    PROGRAMME_FUNDER_ID,
    Account,
    Kind,
    Leg,
    MgAccount,
    Unit,
)
from service.ledger.domain.lots import LotKey, LotTaken, lot_expiry
from service.ledger.domain.refusals import IllegalTransfer, InsufficientPoints
from service.ledger.domain.transfers import Booked, Earning, Moment, Occasion, Transfer, earnings
from service.ledger.domain.wallets import LotView, WalletView
from service.ledger.routes import blueprints
from service.ledger.store.earning import Earned, post_earned
from service.ledger.store.posting import post
from service.ledger.store.proofs import CHECKS
from service.ledger.store.reading import list_transfers, read_wallet
from service.ledger.store.spending import open_moment, pay, redeem, spend
from service.ledger.views import BOOKED_TRANSFERS

__all__ = [
    "ACCOUNTS",
    "BOOKED_TRANSFERS",
    "CHECKS",
    "KINDS",
    "MERCHANT_ID_HIGHEST",
    "PROGRAMME_FUNDER_ID",
    "Account",
    "Booked",
    "Earned",
    "Earning",
    "IllegalTransfer",
    "InsufficientPoints",
    "Kind",
    "Leg",
    "LotKey",
    "LotTaken",
    "LotView",
    "MgAccount",
    "Moment",
    "Occasion",
    "Transfer",
    "Unit",
    "WalletView",
    "blueprints",
    "commands",
    "earnings",
    "list_transfers",
    "lot_expiry",
    "open_moment",
    "pay",
    "post",
    "post_earned",
    "read_wallet",
    "redeem",
    "spend",
]
