"""What two connections do at the same moment, on a database that really commits."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import uuid4

from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.database import fetch_all, transact
from service.core.refusals import Refusal
from service.identity.callers import MachineCaller, Proof
from service.identity.domain.limits import Limit
from service.identity.gateways import DevelopmentGateway
from service.identity.operations.bind_subject import bind_subject
from service.identity.operations.create_operator import create_operator
from service.identity.operations.give_entrustment import give_entrustment
from service.identity.operations.list_signing_keys import list_signing_keys
from service.identity.operations.open_operator_session import open_operator_session
from service.identity.operations.refresh_session import refresh_session
from service.identity.operations.send_sign_in_code import send_sign_in_code
from service.identity.operations.sign_in import sign_in
from service.identity.store import attempts
from tests.identity import world
from tests.identity.conftest import build_door

THREADS = 8
PHONE = "+8613812345678"


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Run all at the same moment; a refusal counts as what it answers: its code."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def rows(context: Context, sql: str) -> list[tuple[object, ...]]:
    def read(session: Session) -> list[tuple[object, ...]]:
        return fetch_all(session, sql)

    return transact(context, read)


def kinds(answers: list[object]) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else type(answer).__name__ for answer in answers)


def test_of_many_sign_ins_with_one_code_one_wins(committed: Context) -> None:
    code = world.sent_code(committed, PHONE)

    answers = at_once([lambda: sign_in(committed, PHONE, code, world.LOOPBACK)] * THREADS)

    assert kinds(answers) == {"SignedIn": 1, "CODE_INVALID": 5, "CODE_EXHAUSTED": 2}
    assert rows(committed, "SELECT count(*) FROM citizen") == [(1,)]
    assert rows(committed, "SELECT count(*) FROM citizen_session") == [(1,)]


def test_a_burst_of_guesses_gets_five_tries(committed: Context) -> None:
    code = world.sent_code(committed, PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    answers = at_once([lambda: sign_in(committed, PHONE, wrong, world.LOOPBACK)] * THREADS)

    assert kinds(answers) == {"CODE_INVALID": 5, "CODE_EXHAUSTED": 3}


def test_of_many_requests_for_a_code_one_is_answered(committed: Context) -> None:
    def send() -> object:
        return send_sign_in_code(committed, DevelopmentGateway(), PHONE, world.LOOPBACK)

    assert kinds(at_once([send] * THREADS)) == {"CodeSent": 1, "TOO_MANY_REQUESTS": 7}
    assert rows(committed, "SELECT count(*) FROM development_sms") == [(1,)]


def test_a_refresh_token_used_by_two_at_once_serves_one_and_ends_the_family(committed: Context) -> None:
    code = world.sent_code(committed, PHONE)
    token = sign_in(committed, PHONE, code, world.LOOPBACK).tokens.refresh_token

    answers = at_once([lambda: refresh_session(committed, token)] * 2)

    assert kinds(answers) == {"Tokens": 1, "REFRESH_TOKEN_REUSED": 1}
    assert rows(committed, "SELECT generation, ended_at IS NULL FROM citizen_session") == [(2, False)]


def test_of_many_uses_of_one_request_id_one_is_accepted(committed: Context) -> None:
    once, expires_at = str(uuid4()), committed.now() + timedelta(seconds=60)

    def arrive() -> object:
        caller = MachineCaller("partner", 7, "k" * 43, Proof(once, expires_at, uuid4()))
        return transact(committed, lambda session: identity.spend_proof(session, caller, committed.now()))

    assert kinds(at_once([arrive] * THREADS)) == {"NoneType": 1, "REQUEST_REPLAYED": 7}


def test_a_copied_request_is_accepted_once_over_http(committed: Context) -> None:
    door = build_door(committed)
    partner = world.registered_machine(door, committed, "partner", 7)
    signed = partner.credentials("POST", "/partner", b"x")

    def send() -> object:
        return str(door.test_client().post("/partner", data=b"x", headers=signed).status_code)

    assert kinds(at_once([send] * THREADS)) == {"200": 1, "401": 7}


def test_all_who_need_the_first_signing_key_get_the_same(committed: Context) -> None:
    answers = at_once([lambda: list_signing_keys(committed)] * THREADS)

    assert all(answer == answers[0] for answer in answers)
    assert rows(committed, "SELECT count(*) FROM signing_key") == [(1,)]


def test_of_two_first_operators_one_is_made(committed: Context) -> None:
    logins = [f"login{n}" for n in range(4)]

    answers = at_once([partial(create_operator, committed, login, "correct horse") for login in logins])

    assert kinds(answers) == {"Operator": 1, "OPERATOR_EXISTS": 3}
    assert rows(committed, "SELECT count(*) FROM operator") == [(1,)]


def test_a_burst_of_passwords_gets_five_tries(committed: Context) -> None:
    def guess() -> object:
        return open_operator_session(committed, "chun", "a wrong password", world.LOOPBACK)

    assert kinds(at_once([guess] * THREADS)) == {"SIGN_IN_FAILED": 5, "TOO_MANY_REQUESTS": 3}


def test_a_limit_is_exact_under_a_burst(committed: Context) -> None:
    limit = Limit("test", 20, 60)

    def attempt() -> object:
        def count(session: Session) -> int:
            return attempts.count_attempt(session, b"subject", limit, committed.now())

        return "allowed" if transact(committed, count) == 0 else "refused"

    assert kinds(at_once([attempt] * 32)) == {"allowed": 20, "refused": 12}


def test_a_subject_that_two_citizens_claim_at_once_goes_to_one(committed: Context) -> None:
    door = build_door(committed)
    partner = world.registered_machine(door, committed, "partner", 7)
    citizens = [world.citizen(door, committed, n).citizen_id for n in range(4)]

    answers = at_once(
        [partial(bind_subject, committed, citizen, partner.ticket("rider-7")) for citizen in citizens]
    )

    assert kinds(answers) == {"tuple": 1, "SUBJECT_ALREADY_BOUND": 3}
    assert rows(committed, "SELECT count(*) FROM binding") == [(1,)]
    assert rows(committed, "SELECT count(*) FROM bound_subject") == [(1,)]


def test_one_citizen_s_double_tap_binds_once(committed: Context) -> None:
    door = build_door(committed)
    partner = world.registered_machine(door, committed, "partner", 7)
    citizen = world.citizen(door, committed).citizen_id
    ticket = partner.ticket("rider-7")

    answers = at_once([lambda: bind_subject(committed, citizen, ticket)] * 4)

    replays = Counter(answer[1] for answer in answers if isinstance(answer, tuple))
    bindings = {answer[0].binding_id for answer in answers if isinstance(answer, tuple)}
    assert (replays, len(bindings)) == ({False: 1, True: 3}, 1)


def test_an_entrustment_given_twice_at_once_is_in_force_once(committed: Context) -> None:
    citizen = world.citizen(build_door(committed), committed, entrusted=False).citizen_id

    answers = at_once([lambda: give_entrustment(committed, citizen, "2026-11", accepted=True)] * 4)

    assert kinds(answers) == {"Entrustment": 4}
    assert rows(committed, "SELECT count(*) FROM entrustment") == [(1,)]
