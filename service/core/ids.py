"""Ids: UUID version 7 (RFC 9562), so that an index stays warm where new rows land."""

from collections.abc import Callable
from uuid import UUID

import uuid_utils.compat

from service.core.clock import Clock


def uuid7_source(now: Clock) -> Callable[[], UUID]:
    """Return a source of time-ordered ids that follows ``now``.

    The time in the id comes from the Context's clock, so a shifted clock shifts the ids with it.
    """

    def new_id() -> UUID:
        instant = now()
        seconds = int(instant.timestamp())
        return uuid_utils.compat.uuid7(seconds, instant.microsecond * 1_000)

    return new_id
