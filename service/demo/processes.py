"""The service as child processes: gunicorn and the worker, started, watched, healed and stopped."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

import psutil

from service.demo.client import Unexpected
from service.demo.folder import STOP_TIMEOUT_S, Folder, end_group
from service.settings import Settings

READY_TIMEOUT_S = 60
HEALINGS_MAX = 5
RESTARTS_MAX = 5
BREATH_S = 0.3
"""So long a request waits before it is sent again, when the service answers meanwhile."""

TANHUI = (sys.executable, "-c", "from service.cli import main; main()")
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:service.serving", "service.wsgi:build()")


@dataclass
class Service:
    """The processes of one run; ends only what it started itself."""

    settings: Settings
    folder: Folder
    port: int
    offset_s: int = 0
    healings: int = 0
    restarts: int = 0
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _commands: dict[str, Sequence[str]] = field(
        default_factory=lambda: {"web": GUNICORN, "worker": (*TANHUI, "worker")}
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _watching: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run one `tanhui` command as a person would."""
        return subprocess.run(
            (*TANHUI, *words), input=typed, env=self._environment(), capture_output=True, text=True, check=False
        )

    def command(self, *words: str, typed: str = "") -> str:
        """Run one `tanhui` command that has to succeed, and return what it printed.

        Raises:
            Unexpected: It failed; the message is what it said.
        """
        done = self.run(*words, typed=typed)
        if done.returncode != 0:
            message = f"tanhui {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}"
            raise Unexpected(message)
        return done.stdout

    def start(self, offset_s: int) -> None:
        """Start the processes with this clock; they answer a little later."""
        self.offset_s = offset_s
        for name in self._commands:
            self._spawn(name)
        self._note()

    def stop(self) -> None:
        """Stop the processes; what does not end in time is killed."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                end_group(child.pid)
                child.wait()
        self._children.clear()
        self._note()

    def heal(self) -> None:
        """Bring back what was killed: the database, gunicorn, the worker; wait until all answer.

        Raises:
            Unexpected: It was killed too often.
        """
        with self._lock:
            time.sleep(BREATH_S)
            if self._answers():
                return
            self.healings += 1
            if self.healings > HEALINGS_MAX:
                message = f"the service went away {self.healings} times; logs are in {self.folder.path}"
                raise Unexpected(message)
            self.command("migrate")  # Starts the embedded database if it does not answer.
            self.watch()
            self.await_ready()

    def watch(self) -> None:
        """Start again every child that has ended.

        Raises:
            Unexpected: They end again and again: that is no accident but a fault.
        """
        with self._watching:  # two who see the same end would both start it anew, and one be forgotten
            self._start_ended()

    def await_ready(self) -> None:
        """Wait until the service answers.

        Raises:
            Unexpected: It ended, or does not answer in time.
        """
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self._answers():
            ended = [name for name, child in self._children.items() if child.poll() is not None]
            if ended or time.monotonic() > deadline:
                message = (
                    f"the service does not start ({', '.join(ended) or 'web'}); logs are in {self.folder.path}"
                )
                raise Unexpected(message)
            time.sleep(0.05)

    def _start_ended(self) -> None:
        ended = [name for name, child in self._children.items() if child.poll() is not None]
        self.restarts += len(ended)
        if self.restarts > RESTARTS_MAX:
            message = f"{ended[0]} ends again and again: see {self.folder.path / ended[0]}.log"
            raise Unexpected(message)
        for name in ended:
            # What a killed gunicorn leaves behind still holds the port, and would serve while nobody watches it.
            end_group(self._children[name].pid)
            self._spawn(name)
        if ended:
            self._note()

    def _spawn(self, name: str) -> None:
        with self._log(name) as log:
            self._children[name] = subprocess.Popen(
                self._commands[name],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def _log(self, name: str) -> IO[bytes]:
        return (self.folder.path / f"{name}.log").open("ab")

    def _environment(self) -> dict[str, str]:
        inherited = dict(os.environ)  # noqa: TID251 - a child inherits what its operator set, and what we add
        own = {
            "TANHUI_BIND": f"127.0.0.1:{self.port}",
            "TANHUI_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "TANHUI_CLOCK_OFFSET_S": str(self.offset_s),
            "TANHUI_DATA_DIR": str(self.settings.data_dir),
        }
        return {**inherited, **own}

    def _note(self) -> None:
        self.folder.keep_children(psutil.Process(child.pid) for child in self._children.values())

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
