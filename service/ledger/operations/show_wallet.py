"""Show a citizen's wallet."""

from datetime import date

from service.core.context import Context
from service.core.database import transact
from service.ledger.domain.wallets import WalletView
from service.ledger.store.reading import read_wallet


def show_wallet(context: Context, owner_id: int, today: date) -> WalletView:
    """Return the wallet as of ``today``; books nothing."""
    return transact(context, lambda session: read_wallet(session, owner_id, today))
