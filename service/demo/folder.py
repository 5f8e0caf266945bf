"""What the demonstration keeps beside the database: keys, the operator's password, and how far it got."""

import os
import secrets  # noqa: TID251 - a real password; the seed of the day must not make it
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
import psutil

from service.core.key_pairs import PrivateKey, new_private_key, read_private_key, write_private_key
from service.demo.world import Scenario

PASSWORD_BYTES = 12
STOP_TIMEOUT_S = 10


def end_group(leader: int) -> None:
    """Kill what is left of a process group that this program made; each child leads a group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an earlier run got."""

    scenario: Scenario
    clock: datetime
    """The service's clock when it was last written down; the next run never starts earlier."""
    closed: bool
    """Whether midnight has passed in the demonstration."""


class Folder:
    """The folder ``demo`` in the data folder; readable by its owner only."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir.expanduser().resolve() / "demo"

    def make(self) -> None:
        """Make the folder if it is not there."""
        (self.path / "keys").mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def progress(self) -> Progress | None:
        """Return how far an earlier run got, if there was one."""
        file = self.path / "progress.json"
        if not file.exists():
            return None
        found = orjson.loads(file.read_bytes())
        return Progress(Scenario(**found["scenario"]), datetime.fromisoformat(found["clock"]), found["closed"])

    def keep_progress(self, progress: Progress) -> None:
        """Write down how far this run got."""
        scenario = progress.scenario
        sizes = {"seed": scenario.seed, "citizens": scenario.citizens, "records": scenario.records}
        told = {"scenario": sizes, "clock": progress.clock.isoformat(), "closed": progress.closed}
        self._write("progress.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))

    def password(self) -> str:
        """Return the operator's password, made on first use."""
        file = self.path / "operator-password"
        if not file.exists():
            self._write(file.name, secrets.token_urlsafe(PASSWORD_BYTES).encode())
        return file.read_text("utf-8")

    def key_file(self, name: str) -> Path:
        """Return where a machine's private key is kept."""
        return self.path / "keys" / f"{name}.pem"

    def key(self, name: str) -> PrivateKey:
        """Return a machine's private key, made on first use."""
        file = self.key_file(name)
        if not file.exists():
            self._write(f"keys/{file.name}", write_private_key(new_private_key()))
        return read_private_key(file.read_bytes())

    def claim_database(self) -> None:
        """Note that the embedded database is started, and so to be stopped, by us, unless somebody else runs it.

        The note outlives a run that is killed, so that the next one ends what that one started.
        """
        if not (self.path.parent / "postgresql" / "postmaster.pid").exists():
            self._write("own-database", b"")

    def release_database(self) -> bool:
        """Tell whether the embedded database is ours to stop, and forget it."""
        note = self.path / "own-database"
        ours = note.exists()
        note.unlink(missing_ok=True)
        return ours

    def keep_children(self, processes: Iterable[psutil.Process]) -> None:
        """Write down which processes this run started."""
        told = [{"pid": process.pid, "born": process.create_time()} for process in processes]
        self._write("children.json", orjson.dumps(told))

    def end_orphans(self) -> int:
        """End what an earlier run started and could not end because it was killed; return how many there were.

        A process is only believed to be ours when it has both the number and the birth that were written down.
        """
        file = self.path / "children.json"
        orphans = []
        for told in orjson.loads(file.read_bytes()) if file.exists() else []:
            try:
                process = psutil.Process(told["pid"])
                if process.create_time() == told["born"] and process.status() != psutil.STATUS_ZOMBIE:
                    process.terminate()
                    orphans.append(process)
            except psutil.NoSuchProcess:
                end_group(
                    told["pid"]
                )  # Its own children may have outlived it; no other group can bear its number.
        _, stubborn = psutil.wait_procs(orphans, timeout=STOP_TIMEOUT_S)
        for process in stubborn:
            end_group(process.pid)
        return len(orphans)

    def _write(self, name: str, content: bytes) -> None:
        """Write a file for its owner only, whole or not at all."""
        draft = self.path / f"{name}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(self.path / name)
