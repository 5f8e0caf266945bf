"""A demonstration of its own: a data folder, a free port, and the command as a person starts it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.core import embedded

TANHUI = (sys.executable, "-c", "from service.cli import main; main()")
SMALL = ("--citizens", "50", "--rides", "500")
RUN_TIMEOUT_S = 240


@dataclass(frozen=True)
class Demonstration:
    """Where it lives; several runs may follow each other."""

    data_dir: Path
    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TANHUI_")}
        return {**inherited, "TANHUI_DATA_DIR": str(self.data_dir), "PYTHONUTF8": "1", "COLUMNS": "140"}

    def start(self, *options: str, sizes: Sequence[str] = SMALL) -> subprocess.Popen[str]:
        command = (*TANHUI, "demo", "--port", str(self.port), *sizes, *options)
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        return process

    def run(self, *options: str, sizes: Sequence[str] = SMALL) -> subprocess.CompletedProcess[str]:
        process = self.start("--exit", *options, sizes=sizes)
        out, err = process.communicate(timeout=RUN_TIMEOUT_S)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def summary(self, sizes: Sequence[str] = SMALL) -> dict[str, Any]:
        """Run once and return what `--json` prints; the command must end well."""
        done = self.run("--json", sizes=sizes)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = orjson.loads(done.stdout)
        return told


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def demonstration() -> Iterator[Demonstration]:
    """A fresh folder that the embedded server's own user can reach, taken away afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="tanhui-demo-"))
    data_dir.chmod(0o755)
    found = Demonstration(data_dir, free_port())
    yield found
    for process in found.started:  # A test that failed half way leaves its demonstration behind.
        process.terminate()
        process.communicate()
    embedded.stop(data_dir)
    shutil.rmtree(data_dir, ignore_errors=True)
