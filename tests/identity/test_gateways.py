import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlmodel import Session

from service.core.context import Context
from service.core.database import fetch_all
from service.identity.gateways import HttpSmsGateway
from service.identity.operations.send_sign_in_code import send_sign_in_code
from service.identity.operations.sign_in import sign_in
from service.identity.refusals import SmsUnavailable
from tests.identity import world

KEY = b"a key shared with the gateway only"
PHONE = "+8613812345678"


@dataclass
class Gateway:
    """A gateway that speaks the protocol on this machine."""

    url: str = ""
    status: int = 200
    pause: threading.Event | None = None
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def running(gateway: Gateway) -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.received.append((self.path, dict(self.headers), body))
            if gateway.pause is not None:
                gateway.pause.wait(5)
            self.send_response(gateway.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        if gateway.pause is not None:
            gateway.pause.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_gateway_gets_a_signed_message_and_its_code_signs_in(
    context: Context, production: Callable[[], Context]
) -> None:
    with running(Gateway(status=202)) as gateway:
        sent = send_sign_in_code(production(), HttpSmsGateway(gateway.url, KEY), "138 1234 5678", "203.0.113.7")

    path, headers, body = gateway.received[0]
    message = json.loads(body)
    code = message["params"]["code"]
    assert len(gateway.received) == 1
    assert (path, headers["Content-Type"]) == ("/messages", "application/json")
    assert headers["X-Signature"] == hmac.digest(KEY, body, sha256).hex()
    assert message == {
        "phone": PHONE,
        "template": "sign_in_code",
        "params": {"code": code, "minutes": 5},
        "sent_at": "2026-11-20T10:00:00+08:00",
    }
    assert sent.address_limit == "applied"
    assert sign_in(context, PHONE, code, world.LOOPBACK).new


@pytest.mark.parametrize("status", [301, 400, 401, 500, 503])
def test_a_message_that_is_not_taken_is_told_and_sent_once(context: Context, status: int) -> None:
    with running(Gateway(status=status)) as gateway, pytest.raises(SmsUnavailable):
        send_sign_in_code(context, HttpSmsGateway(gateway.url, KEY), PHONE, world.LOOPBACK)

    assert len(gateway.received) == 1


def test_a_gateway_that_is_too_slow_is_not_waited_for_and_not_asked_twice(context: Context) -> None:
    slow = Gateway(pause=threading.Event())

    with running(slow) as gateway, pytest.raises(SmsUnavailable):
        send_sign_in_code(context, HttpSmsGateway(gateway.url, KEY, timeout_s=0.2), PHONE, world.LOOPBACK)

    assert len(gateway.received) == 1


def test_a_gateway_that_is_not_there_is_told(context: Context, session: Session) -> None:
    with running(Gateway()) as gateway:
        gone = gateway.url

    with pytest.raises(SmsUnavailable):
        send_sign_in_code(context, HttpSmsGateway(gone, KEY), PHONE, world.LOOPBACK)

    assert fetch_all(session, "SELECT count(*) FROM sign_in_code") == [(1,)]
