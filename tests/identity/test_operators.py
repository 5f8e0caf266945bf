from http.cookies import SimpleCookie

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from service.core.context import Context
from service.core.database import fetch_all
from service.identity.domain.limits import OPERATOR_PER_ADDRESS
from service.identity.operations.create_operator import create_operator
from service.identity.passwords import NOBODY
from service.identity.refusals import LoginUnusable, OperatorExists, PasswordTooWeak
from service.identity.store import attempts
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import Client, code_of, said

PASSWORD = "correct horse battery"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def sign_in(
    app: Flask, login: str = "chun", password: str = PASSWORD, environ: dict[str, str] | None = None
) -> TestResponse:
    body = {"login": login, "password": password}
    return app.test_client().post("/v1/operator/session", json=body, environ_overrides=environ)


def test_an_operator_signs_in_with_login_and_password(app: Flask, context: Context) -> None:
    create_operator(context, "chun", PASSWORD)

    answer = sign_in(app)

    body = said(answer)
    assert (answer.status_code, {**body, "csrf_token": len(body["csrf_token"])}) == (
        200,
        {
            "outcome": "done",
            "operator": {"login": "chun", "role": "system"},
            "csrf_token": 64,
            "expires_at": "2026-11-20T18:00:00+08:00",
        },
    )


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, context: Context) -> None:
    create_operator(context, "chun", PASSWORD)

    cookie = SimpleCookie(sign_in(app).headers["Set-Cookie"])["tanhui_operator"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"], cookie["secure"]) == (
        True,
        "Strict",
        "/",
        "28800",
        "",
    )


def test_the_database_knows_neither_password_nor_session(app: Flask, context: Context, session: Session) -> None:
    create_operator(context, "chun", PASSWORD)
    cookie = SimpleCookie(sign_in(app).headers["Set-Cookie"])["tanhui_operator"].value

    kept = str(fetch_all(session, "SELECT o.*, s.* FROM operator o CROSS JOIN operator_session s"))

    assert "argon2id" in kept
    assert PASSWORD not in kept
    assert cookie not in kept


@pytest.mark.parametrize(("login", "password"), [("chun", "wrong password"), ("nobody", PASSWORD)])
def test_nothing_tells_which_of_login_and_password_is_wrong(
    app: Flask, context: Context, login: str, password: str
) -> None:
    create_operator(context, "chun", PASSWORD)

    answer = sign_in(app, login, password)

    body = said(answer)
    assert {name: body[name] for name in ("code", "detail", "outcome")} == {
        "code": "SIGN_IN_FAILED",
        "detail": "账号或密码不正确。",
        "outcome": "none",
    }
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_login_costs_as_much_as_a_known_one() -> None:
    assert not PasswordHasher().check_needs_rehash(NOBODY)


def test_five_failures_lock_a_login_for_a_quarter_of_an_hour(
    app: Flask, context: Context, clock: MovingClock
) -> None:
    create_operator(context, "chun", PASSWORD)
    failures = [code_of(sign_in(app, password="wrong password")) for _ in range(5)]
    clock.advance(seconds=60)

    locked = sign_in(app)
    other = sign_in(app, "other")
    clock.advance(seconds=840)
    later = sign_in(app)

    assert failures == [(401, "SIGN_IN_FAILED")] * 5
    assert (code_of(locked), locked.headers["Retry-After"]) == ((429, "TOO_MANY_REQUESTS"), "840")
    assert code_of(other) == (401, "SIGN_IN_FAILED")
    assert later.status_code == 200


def test_a_success_starts_the_count_anew(app: Flask, context: Context) -> None:
    create_operator(context, "chun", PASSWORD)
    tries = ["wrong password"] * 4 + [PASSWORD] + ["wrong password"] * 4 + [PASSWORD]

    statuses = [sign_in(app, password=password).status_code for password in tries]

    assert statuses == [401, 401, 401, 401, 200, 401, 401, 401, 401, 200]


def test_thirty_failures_lock_an_address(app: Flask, context: Context, session: Session) -> None:
    for _ in range(29):
        attempts.count_address(session, context, OPERATOR_PER_ADDRESS, "203.0.113.7")
    session.commit()

    found = [code_of(sign_in(app, f"login{n}", environ=ELSEWHERE)) for n in (29, 30)]

    assert found == [(401, "SIGN_IN_FAILED"), (429, "TOO_MANY_REQUESTS")]
    assert code_of(sign_in(app, "login31")) == (401, "SIGN_IN_FAILED")


def test_only_the_first_operator_can_be_made(context: Context) -> None:
    create_operator(context, "chun", PASSWORD)

    with pytest.raises(OperatorExists):
        create_operator(context, "cheng", PASSWORD)


@pytest.mark.parametrize("login", ["", "ab", "Chun", "chün", "a" * 33, "chun cheng", "сhun"])
def test_a_login_is_plain(context: Context, login: str) -> None:
    with pytest.raises(LoginUnusable):
        create_operator(context, login, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "a" * 11, "a" * 129, "Chun-has-a-password"])
def test_a_weak_password_is_refused(context: Context, password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        create_operator(context, "chun", password)


@pytest.mark.parametrize("role", ["system", "operations", "audit"])
def test_a_role_reaches_what_the_table_gives_it(door: Flask, context: Context, role: str) -> None:
    signed_in = world.operator(door, context, role)

    reached = {path: signed_in.get(path).status_code for path in ("/system", "/operators", "/citizen", "/partner")}

    assert reached == {
        "/system": 200 if role == "system" else 403,
        "/operators": 200,
        "/citizen": 403,
        "/partner": 403,
    }


def test_a_signed_in_operator_arrives_with_login_and_role(door: Flask, context: Context) -> None:
    signed_in = world.operator(door, context, "audit")

    assert said(signed_in.get("/operators")) == {
        "caller": "OperatorCaller",
        "login": "audit.operator",
        "role": "audit",
        "body": "",
    }


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é", "é" * 64])
def test_a_change_without_the_csrf_token_is_refused(door: Flask, context: Context, token: str | None) -> None:
    signed_in = world.operator(door, context)

    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = signed_in.client.post("/system", headers=headers)

    assert code_of(answer) == (403, "CSRF_TOKEN_INVALID")
    assert signed_in.client.get("/system").status_code == 200


def test_the_csrf_token_of_another_session_is_refused(door: Flask, context: Context) -> None:
    one, other = world.operator(door, context), world.operator(door, context)

    assert code_of(one.client.post("/system", headers={"X-CSRF-Token": other.csrf})) == (
        403,
        "CSRF_TOKEN_INVALID",
    )
    assert one.post("/system").status_code == 200


def test_a_session_ends_after_eight_hours(door: Flask, context: Context, clock: MovingClock) -> None:
    signed_in = world.operator(door, context)

    clock.advance(hours=8, seconds=-1)
    before = code_of(signed_in.get("/system"))
    clock.advance(seconds=1)
    after = code_of(signed_in.get("/system"))

    assert (before, after) == ((200, None), (401, "TOKEN_EXPIRED"))


def test_signing_out_ends_the_session_everywhere(app: Flask, context: Context) -> None:
    create_operator(context, "chun", PASSWORD)
    answer = sign_in(app)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["tanhui_operator"].value
    browser = Client(app.test_client(), context)
    browser.client.set_cookie("tanhui_operator", cookie, domain="localhost")
    csrf = {"X-CSRF-Token": said(answer)["csrf_token"]}

    out = browser.delete("/v1/operator/session", headers=csrf)
    browser.client.set_cookie("tanhui_operator", cookie, domain="localhost")
    again = browser.delete("/v1/operator/session", headers=csrf)

    assert (out.status_code, out.data) == (204, b"")
    assert SimpleCookie(out.headers["Set-Cookie"])["tanhui_operator"].value == ""
    assert code_of(again) == (401, "UNAUTHENTICATED")


def test_a_header_counts_before_a_cookie(door: Flask, context: Context) -> None:
    signed_in = world.operator(door, context)

    assert code_of(signed_in.get("/system", headers={"Authorization": "Bearer x"})) == (401, "TOKEN_MALFORMED")


def test_a_made_up_cookie_signs_nobody_in(door: Flask) -> None:
    client = door.test_client()
    client.set_cookie("tanhui_operator", "x" * 43, domain="localhost")

    assert code_of(client.get("/system")) == (401, "UNAUTHENTICATED")


def test_an_open_route_asks_for_nothing_and_believes_nothing(door: Flask, context: Context) -> None:
    signed_in = world.operator(door, context)

    assert said(signed_in.get("/open")) == {"caller": "Visitor", "body": ""}
    assert code_of(door.test_client().get("/operators")) == (401, "UNAUTHENTICATED")
