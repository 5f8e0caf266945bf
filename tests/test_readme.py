"""The README is a test: its exchanges run in order, its commands are those of CI, its settings table is whole."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.core import embedded
from service.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
NEEDED = ("bash", "curl", "sha256sum", "awk")


def blocks(language: str, name: str = "README.md") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / name).read_text(), re.DOTALL | re.MULTILINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a short path: a socket's address has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="tanhui-readme-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_exchanges_of_the_readme_work_as_they_stand(folder: Path) -> None:
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing and "curl" not in os.environ.get("TANHUI_TESTS_REQUIRE", ""):
        pytest.skip(f"SKIPPED LOUDLY: the README's exchanges need {missing}")
    port = str(free_port())
    script = "set -euo pipefail\n" + "\n".join(blocks("bash")).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    given = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = {
        **given,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TANHUI_BIND": f"127.0.0.1:{port}",
        "TANHUI_WEB_PROCESSES": "1",
    }

    log = folder / "log.txt"
    with log.open("w") as output:
        shell = subprocess.Popen(
            [shutil.which("bash") or "bash", "-c", script],
            cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        try:
            status = shell.wait(200)
        finally:
            # Whatever happened, nothing that the script started stays behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            embedded.stop(folder / "data")
    said = log.read_text()

    assert status == 0, said[-6000:]
    assert '"code":"OUT_OF_RANGE","pointer":"#/distance_m"' in said
    assert re.search(r'"outcome":"done","replayed":true', said)
    assert re.search(r"^merchant_id,|^\ufeff?[a-z_]+,[a-z_]+", said, re.MULTILINE)


def test_both_readmes_show_the_same_commands() -> None:
    assert blocks("sh", READMES[0]) == blocks("sh", READMES[1])
    assert blocks("bash", READMES[0]) == blocks("bash", READMES[1])


def test_ci_runs_the_readmes_own_test_command() -> None:
    _, test_command = blocks("sh")

    assert test_command in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", READMES)
def test_every_setting_stands_in_the_table(name: str) -> None:
    listed = re.findall(r"^\| `(TANHUI_\w+)` \|", (ROOT / name).read_text(), re.MULTILINE)

    assert listed == [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
