"""A small HTTP client that keeps its connections and survives the service being killed.

The standard library's client takes 0.15 ms of CPU per request where httpx takes 0.7; with some ten thousand
requests on the two cores that the service and its database share, that is five seconds of the demonstration.
"""

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

ATTEMPTS_MAX = 8
TIMEOUT_S = 60
PATIENCE_S = 5
"""So long a wait that the service asks for is kept without a word."""
FAULTS_FROM = 500
JSON_HEADERS = {"Content-Type": "application/json"}

Headers = Callable[[str, str, bytes], Mapping[str, str]]
"""Makes the headers that show who asks; called anew for each attempt, because a machine's proof is used once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that was answered."""
        found: dict[str, Any] = orjson.loads(self.content)
        return found

    @property
    def code(self) -> str:
        """The refusal's code; empty when the request was granted."""
        if self.status < http.client.BAD_REQUEST:
            return ""
        return str(self.body.get("code", self.status))

    @property
    def replayed(self) -> bool:
        """Whether the service recognised a request it had answered before."""
        return bool(self.body.get("replayed"))


class Unexpected(Exception):  # noqa: N818 - tells the person what the service said
    """The service did not do what the demonstration needs."""


def nobody(_method: str, _target: str, _body: bytes) -> Mapping[str, str]:
    """Show nothing: an open route."""
    return {}


class Door:
    """The service's HTTP door, seen from outside."""

    def __init__(self, port: int, heal: Callable[[], None]) -> None:
        """Remember where the door is.

        Args:
            port: On this machine.
            heal: Called when the door does not answer; returns when it may be tried again.
        """
        self._port = port
        self._heal = heal
        self._mine = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def ask(
        self,
        method: str,
        target: str,
        body: Mapping[str, object] | bytes = b"",
        who: Headers = nobody,
        patience_s: int = PATIENCE_S,
    ) -> Answer:
        """Send one request, again and again while the service is away; every refusal is an answer.

        Only requests that carry a business number, or that change nothing when repeated, may be sent so.
        """
        content = body if isinstance(body, bytes) else orjson.dumps(dict(body))
        fault: object = None
        for _ in range(ATTEMPTS_MAX):
            headers = {**JSON_HEADERS, **who(method, target, content)}
            reused = self._mine_is_open()
            try:
                answer = self._send(method, target, content, headers)
            except (OSError, http.client.HTTPException) as error:
                self._mine.connection = None
                fault = error
                if not reused:  # A kept connection may just have been closed; a new one tells more.
                    self._heal()
                continue
            if answer.status == http.client.TOO_MANY_REQUESTS and self._waited(answer, patience_s):
                continue
            if answer.status < FAULTS_FROM:
                return answer
            fault = answer
            self._heal()
        message = f"{method} {target}: {fault}"
        raise Unexpected(message)

    def must(
        self, method: str, target: str, body: Mapping[str, object] | bytes = b"", who: Headers = nobody
    ) -> Answer:
        """Send one request that has to be granted.

        Raises:
            Unexpected: It was refused.
        """
        answer = self.ask(method, target, body, who)
        if answer.code:
            message = f"{method} {target}: {answer.status} {answer.content.decode(errors='replace')}"
            raise Unexpected(message)
        return answer

    def hang_up(self) -> None:
        """Close every kept connection, so that the service can stop without waiting; nobody may be asking.

        A connection opens itself again when its thread next asks, so all of them stay known.
        """
        for connection in self._open:
            connection.close()

    def _mine_is_open(self) -> bool:
        connection = getattr(self._mine, "connection", None)
        return connection is not None and connection.sock is not None

    def _send(self, method: str, target: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            self._mine.connection = connection
            self._open.append(connection)
        connection.request(method, target, content or None, dict(headers))
        found = connection.getresponse()
        return Answer(found.status, found.read(), dict(found.headers))

    @staticmethod
    def _waited(answer: Answer, patience_s: int) -> bool:
        """Wait as long as the service asks, if that is not too long."""
        wait_s = int(answer.headers.get("Retry-After", patience_s + 1))
        if wait_s > patience_s:
            return False
        time.sleep(wait_s)
        return True
