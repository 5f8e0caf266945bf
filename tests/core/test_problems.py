"""What a stranger with curl sees."""

import re

import psycopg
import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from service.core.http.problems import from_fault


def test_an_unknown_address_is_answered_in_chinese_by_default(client: FlaskClient) -> None:
    answer = client.get("/v1/nothing", headers={"Request-Id": "test-0001"})

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Request-Id"] == "test-0001"
    assert answer.json == {
        "type": "/problems/ROUTE_NOT_FOUND",
        "code": "ROUTE_NOT_FOUND",
        "title": "没有这个地址",
        "status": 404,
        "detail": "请核对路径。",
        "request_id": "test-0001",
    }


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("en", "There is nothing at this address"),
        ("en-GB,en;q=0.9,zh;q=0.1", "There is nothing at this address"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "没有这个地址"),
        ("fr", "没有这个地址"),
    ],
)
def test_the_caller_chooses_the_language(asked: str, title: str, client: FlaskClient) -> None:
    answer = client.get("/v1/nothing", headers={"Accept-Language": asked})

    assert answer.json is not None
    assert answer.json["title"] == title


def test_another_verb_is_told_which_are_taken(client: FlaskClient) -> None:
    answer = client.delete("/healthz")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json is not None
    assert answer.json["code"] == "METHOD_NOT_ALLOWED"
    assert answer.json["outcome"] == "none"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "MALFORMED_JSON"),
        (b"\xff\xfe", "application/json", 400, "MALFORMED_JSON"),
        (b'{"phone": NaN}', "application/json", 400, "MALFORMED_JSON"),
        (b"phone=1", "application/x-www-form-urlencoded", 415, "WRONG_MEDIA_TYPE"),
        (b"[]", "application/json", 400, "INVALID_REQUEST"),
        (b'"' + b"x" * 1_048_576 + b'"', "application/json", 413, "BODY_TOO_LARGE"),
        (b"x" * (10 * 1_048_576), "application/json", 413, "BODY_TOO_LARGE"),
    ],
)
def test_a_body_that_is_not_json_is_refused(
    body: bytes, content_type: str, status: int, code: str, client: FlaskClient
) -> None:
    answer = client.post("/v1/sign-in/codes", data=body, content_type=content_type)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"], answer.json["outcome"]) == (status, code, "none")


def test_every_wrong_field_is_named(client: FlaskClient) -> None:
    answer = client.post("/v1/sign-in", json={"phone": 5, "colour": "red"}, headers={"Accept-Language": "en"})

    assert answer.json is not None
    assert sorted(answer.json["errors"], key=lambda error: error["pointer"]) == [
        {"pointer": "#/code", "code": "MISSING_FIELD", "detail": "This field is required."},
        {"pointer": "#/colour", "code": "UNKNOWN_FIELD", "detail": "This field is not known."},
        {"pointer": "#/phone", "code": "WRONG_TYPE", "detail": "The value is of another type."},
    ]


@pytest.mark.parametrize(
    ("target", "pointer", "code"),
    [
        ("/v1/offers?limit=1&limit=2", "#/limit", "REPEATED_FIELD"),
        ("/v1/offers?after=", "#/after", "TOO_SHORT"),
        ("/v1/offers?limit=%D9%A3", "#/limit", "NOT_AN_INTEGER"),
        ("/v1/offers?colour=red", "#/colour", "UNKNOWN_FIELD"),
        ("/healthz?colour=red", "#/colour", "UNKNOWN_FIELD"),
        ("/.well-known/jwks.json?a/b~c", "#/a~1b~0c", "UNKNOWN_FIELD"),
    ],
)
def test_a_query_that_is_not_declared_is_refused(
    target: str, pointer: str, code: str, client: FlaskClient
) -> None:
    answer = client.get(target)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_REQUEST")
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "target",
    [
        f"/v1/public/methods/kunming/{10**30}",
        f"/v1/offers/{2**63}",
        f"/v1/operator/merchants/-{10**30}/statements/2026-11-19",
        "/v1/partner/batches/a%00b",
    ],
)
def test_what_no_column_can_hold_is_no_address(target: str, client: FlaskClient) -> None:
    answer = client.get(target)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (404, "ROUTE_NOT_FOUND")


def test_a_request_id_of_another_form_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/readyz", headers={"Request-Id": "x" * 65})

    assert answer.status_code == 200
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["Request-Id"])


def test_a_code_explains_itself(client: FlaskClient) -> None:
    answer = client.get("/problems/NUMBER_REUSED", headers={"Accept-Language": "en"})

    assert answer.json == {
        "code": "NUMBER_REUSED",
        "status": 409,
        "title": "The number was used for another request",
        "meaning": "The caller used this business number before, for something else.",
    }


def test_a_code_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/problems/NO_SUCH_CODE").status_code == 404


def test_answers_are_not_cached_or_framed(client: FlaskClient) -> None:
    headers = client.get("/healthz").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (psycopg.errors.QueryCanceled("waited 30 s for a close"), 503, "UNAVAILABLE"),
        (psycopg.errors.DeadlockDetected("again and again"), 503, "UNAVAILABLE"),
        (psycopg.errors.DivisionByZero("a bug"), 500, "INTERNAL_ERROR"),
    ],
)
def test_who_waited_too_long_may_come_again_and_a_bug_is_a_bug(
    fault: Exception, status: int, code: str, app: Flask
) -> None:
    with app.test_request_context("/v1/terminal/verify", method="POST"):
        answer = from_fault(fault, request)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"], answer.json["outcome"]) == (status, code, "unknown")
