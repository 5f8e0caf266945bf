from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.key_pairs import new_private_key, public_jwk
from service.core.signing import RequestLine, make_request_token
from service.identity.callers import MachineCaller, Proof
from service.identity.refusals import KeyAlreadyRegistered, KeyNotUsable
from service.identity.token_refusals import RequestReplayed, TokenExpired
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import MachineClient, code_of, said


@pytest.fixture
def partner(door: Flask, context: Context) -> MachineClient:
    return world.registered_machine(door, context, "partner", 7)


def token_for(machine: MachineClient, method: str, target: str, body: bytes = b"") -> dict[str, str]:
    return machine.credentials(method, target, body)


def test_a_signed_request_arrives_as_its_machine(partner: MachineClient) -> None:
    answer = partner.post("/partner/a%20b?x=1&x=2", json={"n": 1})

    assert (answer.status_code, said(answer)) == (
        200,
        {"caller": "MachineCaller", "kind": "partner", "machine_id": 7, "body": '{"n":1}'},
    )


def test_a_terminal_is_no_partner(door: Flask, context: Context, partner: MachineClient) -> None:
    terminal = world.registered_machine(door, context, "terminal", 7)

    assert said(terminal.get("/terminal")) == {
        "caller": "MachineCaller",
        "kind": "terminal",
        "machine_id": 7,
        "body": "",
    }
    assert code_of(terminal.get("/partner")) == (403, "FORBIDDEN")
    assert code_of(partner.get("/terminal")) == (403, "FORBIDDEN")


def test_a_request_is_refused_the_second_time(partner: MachineClient) -> None:
    signed = token_for(partner, "POST", "/partner", b"x")

    first = partner.client.post("/partner", data=b"x", headers=signed)
    second = partner.client.post("/partner", data=b"x", headers=signed)

    assert first.status_code == 200
    assert code_of(second) == (401, "REQUEST_REPLAYED")
    assert said(second)["outcome"] == "none"


@pytest.mark.parametrize(
    ("method", "target", "body", "code"),
    [
        ("GET", "/partner/1?a=1", b"x", "REQUEST_CHANGED"),
        ("POST", "/partner/2?a=1", b"x", "REQUEST_CHANGED"),
        ("POST", "/partner/1?a=2", b"x", "REQUEST_CHANGED"),
        ("POST", "/partner/1?a=1&b=1", b"x", "REQUEST_CHANGED"),
        ("POST", "/partner/1", b"x", "REQUEST_CHANGED"),
        ("POST", "/partner/1?a=1", b"y", "BODY_CHANGED"),
        ("POST", "/partner/1?a=1", b"", "BODY_CHANGED"),
        ("POST", "/partner/1?a=1", b"x", None),
    ],
)
def test_what_is_sent_is_what_was_signed(
    partner: MachineClient, method: str, target: str, body: bytes, code: str | None
) -> None:
    signed = token_for(partner, "POST", "/partner/1?a=1", b"x")

    answer = partner.client.open(target, method=method, data=body, headers=signed)

    assert code_of(answer) == (200 if code is None else 401, code)


@pytest.mark.parametrize(
    ("raw", "path", "query"),
    [
        ("/partner/1", "/partner/2", ""),
        ("/partner/1?a=1", "/partner/1", "a=2"),
        ("/partner/%2e%2e", "/partner/..x", ""),
        ("http://elsewhere/partner/1", "/partner/2", ""),
        ("http://[/partner/1", "/partner/1", ""),
        ("/partner/1?a=1#part", "/partner/1", "a=1"),
        ("", "/partner/1", ""),
    ],
)
def test_a_line_that_is_routed_otherwise_than_it_was_signed_is_refused(
    partner: MachineClient, raw: str, path: str, query: str
) -> None:
    signed = token_for(partner, "GET", raw)

    answer = partner.client.get(
        path,
        query_string=query,
        headers=signed,
        environ_overrides={"RAW_URI": raw, "PATH_INFO": path, "QUERY_STRING": query},
    )

    assert code_of(answer) == (401, "REQUEST_CHANGED")


def test_the_absolute_form_of_a_target_is_understood(partner: MachineClient) -> None:
    signed = token_for(partner, "GET", "/partner/1?a=1")

    answer = partner.client.get(
        "/partner/1?a=1", headers=signed, environ_overrides={"RAW_URI": "http://localhost/partner/1?a=1"}
    )

    assert answer.status_code == 200


def test_an_expired_and_an_early_token_are_refused(partner: MachineClient, clock: MovingClock) -> None:
    signed = token_for(partner, "GET", "/partner")

    clock.advance(seconds=120)
    expired = code_of(partner.client.get("/partner", headers=signed))
    clock.advance(seconds=-151)
    early = code_of(partner.client.get("/partner", headers=signed))
    clock.advance(seconds=1)
    within_the_skew = code_of(partner.client.get("/partner", headers=signed))

    assert (expired, early, within_the_skew) == (
        (401, "TOKEN_EXPIRED"),
        (401, "TOKEN_FROM_THE_FUTURE"),
        (200, None),
    )


def test_a_key_that_nobody_registered_is_refused(door: Flask, context: Context) -> None:
    assert code_of(world.machine(door, context).get("/partner")) == (401, "UNKNOWN_KEY")


def test_the_key_of_another_machine_does_not_sign_for_this_one(
    door: Flask, context: Context, partner: MachineClient
) -> None:
    other = world.registered_machine(door, context, "partner", 8)
    stolen = make_request_token(
        other.key, RequestLine("GET", "/partner", ""), b"", now=context.now(), request_id=uuid4()
    )
    head, claims, signature = stolen.split(".")
    own_head = token_for(partner, "GET", "/partner")["Authorization"].split(" ")[1].split(".")[0]

    as_itself = other.get("/partner")
    as_partner = partner.client.get(
        "/partner", headers={"Authorization": f"Machine {own_head}.{claims}.{signature}"}
    )

    assert said(as_itself)["machine_id"] == 8
    assert code_of(as_partner) == (401, "SIGNATURE_INVALID")
    assert head != own_head


@pytest.mark.parametrize(
    "header",
    [
        "Machine",
        "Machine ",
        "Machine a.b.c",
        "Machine é.é.é",
        "Machine " + "a" * 5_000,
        "Machine eyJhbGciOiJFZERTQSJ9.e30.AAAA",
    ],
)
def test_a_token_that_is_none_is_malformed(door: Flask, header: str) -> None:
    answer = door.test_client().get("/partner", headers={"Authorization": header})

    assert code_of(answer) == (401, "TOKEN_MALFORMED")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["Machine ", "Bearer ", "machine ", ""]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f"), max_size=60),
)
def test_no_credentials_do_more_than_be_refused(door: Flask, scheme: str, text: str) -> None:
    answer = door.test_client().get("/partner", headers={"Authorization": scheme + text})

    assert code_of(answer) in {
        (401, "UNAUTHENTICATED"),
        (401, "TOKEN_MALFORMED"),
        (401, "ALGORITHM_NOT_ALLOWED"),
    }


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Digest x", "machinery x"])
def test_another_scheme_is_no_credential(door: Flask, header: str) -> None:
    answer = door.test_client().get("/partner", headers={"Authorization": header})

    assert code_of(answer) == (401, "UNAUTHENTICATED")


def test_a_stranger_s_body_is_never_read(door: Flask, context: Context) -> None:
    def body() -> Iterator[bytes]:
        message = "the body was read"
        raise AssertionError(message)
        yield b""

    class Unread:
        def read(self, _size: int = -1) -> bytes:
            return next(body())

    stranger = world.machine(door, context)
    answer = door.test_client().post(
        "/partner",
        headers=token_for(stranger, "POST", "/partner"),
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": "5"},
    )

    assert code_of(answer) == (401, "UNKNOWN_KEY")


def caller(context: Context, *, received: bool = True) -> MachineCaller:
    received_id = uuid4() if received else None
    proof = Proof(str(uuid4()), context.now() + timedelta(seconds=60), received_id)
    return MachineCaller("partner", 7, "k" * 43, proof)


def test_a_second_try_of_the_same_arrival_is_no_replay(context: Context, session: Session) -> None:
    arrived = caller(context)

    identity.spend_proof(session, arrived, context.now())
    identity.spend_proof(session, arrived, context.now())


def test_another_arrival_of_the_same_id_is_a_replay(context: Context, session: Session) -> None:
    arrived = caller(context)
    again = MachineCaller(
        "partner", 7, arrived.key_id, Proof(arrived.proof.request_id, arrived.proof.expires_at, uuid4())
    )
    nameless = MachineCaller(
        "partner", 7, arrived.key_id, Proof(arrived.proof.request_id, arrived.proof.expires_at)
    )

    identity.spend_proof(session, arrived, context.now())

    for later in (again, nameless):
        with pytest.raises(RequestReplayed):
            identity.spend_proof(session, later, context.now())


def test_an_arrival_without_a_name_is_spent_once(context: Context, session: Session) -> None:
    arrived = caller(context, received=False)

    identity.spend_proof(session, arrived, context.now())

    with pytest.raises(RequestReplayed):
        identity.spend_proof(session, arrived, context.now())


def test_a_proof_that_ran_out_while_waiting_is_not_spent(
    context: Context, session: Session, clock: MovingClock
) -> None:
    arrived = caller(context)
    clock.advance(seconds=60)

    with pytest.raises(TokenExpired):
        identity.spend_proof(session, arrived, context.now())


def test_a_key_belongs_to_one_machine(context: Context, session: Session) -> None:
    jwk = public_jwk(new_private_key().public_key())
    identity.register_machine(session, "partner", 7, jwk, context.now())

    with pytest.raises(KeyAlreadyRegistered) as again:
        identity.register_machine(session, "terminal", 8, {**jwk, "use": "sig"}, context.now())

    assert [problem.pointer for problem in again.value.errors] == ["#/public_key"]


def test_a_key_that_cannot_be_used_is_not_registered(context: Context, session: Session) -> None:
    with pytest.raises(KeyNotUsable):
        identity.register_machine(session, "partner", 7, {"kty": "RSA"}, context.now())
