"""What the worker does for identity."""

from datetime import datetime, timedelta

from service.core.context import Context
from service.core.opening import Sweep
from service.identity.operations.forget_ended import forget_ended

PAUSE = timedelta(minutes=1)


def sweeps() -> tuple[Sweep, ...]:
    """Return the sweeps of one worker."""
    next_at: datetime | None = None

    def forget(context: Context) -> bool:
        nonlocal next_at
        now = context.now()
        if next_at is not None and now < next_at:
            return False
        more = forget_ended(context)
        next_at = None if more else now + PAUSE
        return more

    return (Sweep("identity.forget_ended", forget),)
