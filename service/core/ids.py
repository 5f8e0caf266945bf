"""Ids: UUID version 7 (RFC 9562), so that an index stays warm where new rows land."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils

from service.core.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def uuid7_source(now: Clock) -> Callable[[], UUID]:
    """Return a source of time-ordered ids that follows ``now``.

    The time in the id comes from the Context's clock, so a shifted clock shifts the ids with it.
    """

    def new_id() -> UUID:
        microseconds = (now() - EPOCH) // MICROSECOND
        return UUID(int=uuid_utils.uuid7(nanoseconds=microseconds * 1_000).int)

    return new_id
