"""Drop holders' codes and till sessions whose time is long over."""

from datetime import timedelta

from service.core.context import Context
from service.core.database import transact
from service.rewards.store.tills import drop_spent

KEPT_FOR = timedelta(hours=1)
"""So long a till is told that a code is spent, rather than wrong."""


def drop_spent_codes(context: Context) -> bool:
    """Drop them and tell whether there were any."""
    before = context.now() - KEPT_FOR
    return transact(context, lambda session: drop_spent(session, before)) > 0
