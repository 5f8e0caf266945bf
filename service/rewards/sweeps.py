"""What the worker does for rewards."""

from service.core.opening import Sweep
from service.rewards.operations.drop_spent_codes import drop_spent_codes


def sweeps() -> tuple[Sweep, ...]:
    """Return the sweeps of rewards."""
    return (Sweep("rewards.drop_spent_codes", drop_spent_codes),)
