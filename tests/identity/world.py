"""Arranges callers for tests of any context: operators, partners, terminals, citizens; each a client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.core.context import Context
from service.core.key_pairs import PrivateKey, key_id_of, new_private_key, public_jwk
from service.core.signing import RequestLine, make_request_token, make_ticket
from service.identity.access_tokens import make_access_token
from service.identity.authentication import CSRF_HEADER, OPERATOR_COOKIE
from service.identity.callers import MachineKind
from service.identity.domain.citizens import ACCESS_TOKEN_LIFETIME_S
from service.identity.domain.consent import ENTRUSTMENT_VERSION
from service.identity.domain.operators import FIRST_OPERATOR_ID, SESSION_LIFETIME, Operator
from service.identity.gateways import DevelopmentGateway
from service.identity.operations.bind_subject import bind_subject
from service.identity.operations.give_entrustment import give_entrustment
from service.identity.operations.list_development_codes import list_development_codes
from service.identity.operations.send_sign_in_code import send_sign_in_code
from service.identity.operations.sign_in import sign_in
from service.identity.operator_tokens import csrf_token, hash_session_token, write_session_token
from service.identity.passwords import NOBODY
from service.identity.permissions import OPERATOR_ROLES
from service.identity.store import operators
from service.identity.store.machines import register_machine
from service.identity.store.signing_keys import current_private_key

LOOPBACK = "127.0.0.1"
JSON = "application/json"
TOKEN_LIFETIME = timedelta(seconds=ACCESS_TOKEN_LIFETIME_S)


class More(TypedDict, total=False):
    """What else a request carries: ``json`` or ``body``, and ``headers``."""

    json: object
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Client:
    """Somebody who calls the app. ``target`` is path and query; give ``json`` or ``body``."""

    client: FlaskClient
    context: Context

    def send(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send one request with this caller's credentials."""
        data = body if json is None else orjson.dumps(json)
        sent = {**self.credentials(method, target, data), **(headers or {})}
        return self.client.open(
            target, method=method, data=data, headers=sent, content_type=None if json is None else JSON
        )

    def get(self, target: str, **more: Unpack[More]) -> TestResponse:
        return self.send("GET", target, **more)

    def post(self, target: str, **more: Unpack[More]) -> TestResponse:
        return self.send("POST", target, **more)

    def put(self, target: str, **more: Unpack[More]) -> TestResponse:
        return self.send("PUT", target, **more)

    def delete(self, target: str, **more: Unpack[More]) -> TestResponse:
        return self.send("DELETE", target, **more)

    def credentials(self, _method: str, _target: str, _body: bytes) -> dict[str, str]:
        return {}


@dataclass
class OperatorClient(Client):
    """A signed-in browser."""

    operator: Operator
    csrf: str

    def credentials(self, _method: str, _target: str, _body: bytes) -> dict[str, str]:
        return {CSRF_HEADER: self.csrf}


@dataclass
class MachineClient(Client):
    """A partner or a terminal that signs each request anew."""

    key: PrivateKey = field(default_factory=new_private_key)

    @property
    def key_id(self) -> str:
        return key_id_of(self.key.public_key())

    @property
    def jwk(self) -> dict[str, str]:
        """The public key, as the operator registers it."""
        return public_jwk(self.key.public_key())

    def credentials(self, method: str, target: str, body: bytes) -> dict[str, str]:
        context = self.context
        token = make_request_token(
            self.key,
            RequestLine.of(method, target),
            body,
            now=context.now(),
            request_id=context.new_id(),
        )
        return {"Authorization": f"Machine {token}"}

    def ticket(self, subject_token: str) -> str:
        """Return a binding ticket for one of this partner's users."""
        return make_ticket(self.key, subject_token, now=self.context.now(), ticket_id=self.context.new_id())


@dataclass
class CitizenClient(Client):
    """A signed-in citizen; holds a fresh token however far a test moves the clock, unless told not to."""

    citizen_id: int
    phone: str
    access_token: str
    refresh_token: str
    token_from: datetime
    renews: bool = True

    def credentials(self, _method: str, _target: str, _body: bytes) -> dict[str, str]:
        age = self.context.now() - self.token_from
        if self.renews and not timedelta(0) <= age < TOKEN_LIFETIME:
            self.renew()
        return {"Authorization": f"Bearer {self.access_token}"}

    def renew(self) -> None:
        """Take a new access token, without spending a refresh token."""
        now = self.context.now()
        with self.context.open_session() as session:
            key = current_private_key(session, self.context, now)
        self.access_token = make_access_token(key, self.citizen_id, issuer=self.context.public_url, now=now)
        self.token_from = now


def said(answer: TestResponse) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    return dict(orjson.loads(answer.data))


def code_of(answer: TestResponse) -> tuple[int, str | None]:
    """Return status and refusal code; no code when the answer is no refusal."""
    body = said(answer) if answer.data else {}
    return answer.status_code, body.get("code")


def visitor(app: Flask, context: Context) -> Client:
    """Return somebody without credentials."""
    return Client(app.test_client(), context)


def operator(app: Flask, context: Context, role: str = "system") -> OperatorClient:
    """Return a signed-in operator of ``role``; its password is unknown, for speed."""
    made = Operator(FIRST_OPERATOR_ID + OPERATOR_ROLES.index(role), f"{role}.operator", role)
    token = write_session_token(context.random_bytes(32))
    with context.open_session() as session:
        operators.insert_operator(session, made, NOBODY, context.now())
        operators.insert_session(
            session,
            hash_session_token(context.keyring, token),
            made.operator_id,
            context.now() + SESSION_LIFETIME,
        )
        session.commit()
    client = app.test_client()
    client.set_cookie(OPERATOR_COOKIE, token, domain="localhost")
    return OperatorClient(client, context, made, csrf_token(context.keyring, token))


def machine(app: Flask, context: Context) -> MachineClient:
    """Return a machine with a key of its own that is not registered yet: ``jwk`` is what to register."""
    return MachineClient(app.test_client(), context)


def registered_machine(app: Flask, context: Context, kind: MachineKind, machine_id: int) -> MachineClient:
    """Return a machine whose key is registered for ``machine_id``."""
    made = machine(app, context)
    with context.open_session() as session:
        register_machine(session, kind, machine_id, made.jwk, context.now())
        session.commit()
    return made


def phone_number(n: int) -> str:
    """Return the n-th phone of the tests."""
    return f"+86138{n:08d}"


def sent_code(context: Context, phone: str) -> str:
    """Send a code to ``phone`` and read it."""
    send_sign_in_code(context, DevelopmentGateway(), phone, LOOPBACK)
    return list_development_codes(context, phone)[0][1]


def citizen(app: Flask, context: Context, n: int = 1, *, entrusted: bool = True) -> CitizenClient:
    """Return the n-th citizen, signed in by a code, and entrusting the platform if asked to."""
    phone = phone_number(n)
    signed_in = sign_in(context, phone, sent_code(context, phone), LOOPBACK)
    citizen_id = signed_in.citizen.citizen_id
    if entrusted:
        give_entrustment(context, citizen_id, ENTRUSTMENT_VERSION, accepted=True)
    tokens = signed_in.tokens
    client = app.test_client()
    return CitizenClient(
        client, context, citizen_id, phone, tokens.access_token, tokens.refresh_token, context.now()
    )


def bind(citizen: CitizenClient, partner: MachineClient, subject_token: str) -> None:
    """Bind a partner's user to a citizen through the partner's ticket."""
    bind_subject(citizen.context, citizen.citizen_id, partner.ticket(subject_token))
