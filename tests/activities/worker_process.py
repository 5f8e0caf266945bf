"""A worker to be killed: ``python -m tests.activities.worker_process URL INSTANT LINES``."""

import os
import sys
from datetime import datetime

from sqlmodel import Session

from service import activities, boot
from service.core.context import Context
from service.core.database import connect
from service.core.ids import uuid7_source
from service.core.keyring import Keyring
from tests.conftest import MASTER_SECRET


def context_of(url: str, instant: datetime) -> Context:
    """Return doors to a database, with a clock that runs from ``instant``."""
    started = datetime.now(instant.tzinfo)

    def now() -> datetime:
        return instant + (datetime.now(instant.tzinfo) - started)

    engine = connect(url)
    return Context(
        engine=engine,
        open_session=lambda: Session(engine, expire_on_commit=False),
        now=now,
        new_id=uuid7_source(now),
        random_bytes=os.urandom,
        keyring=Keyring(MASTER_SECRET, os.urandom),
        development=True,
        public_url="http://127.0.0.1:8000",
    )


if __name__ == "__main__":
    opened = context_of(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
    catalogue = boot.load_catalogue()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while activities.process_batch(opened, catalogue, chunk_lines=int(sys.argv[3])):
        pass
