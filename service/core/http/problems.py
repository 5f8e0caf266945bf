"""The only builder of error bodies: RFC 9457 problem documents."""

from typing import Any

import orjson
import psycopg
import structlog
from flask import Flask, Request, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service.core.database import may_pass
from service.core.http.answers import PROBLEM_JSON
from service.core.http.requests import REFUSAL_CODE, language_of, request_id_of
from service.core.refusals import (
    BodyTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    Refusal,
    RouteNotFound,
    Unavailable,
)
from service.core.texts import Text

FAULT_TITLE = Text("服务内部错误", "The service failed")
FAULT_DETAIL = Text(
    "请凭 request_id 联系运营方；写请求请用同一单号重试。",
    "Ask the operator with the request_id; retry a write with the same number.",
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HTTP_REFUSALS: dict[int, type[Refusal]] = {400: InvalidRequest, 404: RouteNotFound}

log = structlog.get_logger("tanhui.http")


def install(app: Flask) -> None:
    """Answer every refusal and every fault of ``app`` with a problem document."""
    app.register_error_handler(Refusal, lambda refusal: from_refusal(refusal, request))
    app.register_error_handler(HTTPException, lambda error: from_http_exception(error, request))
    app.register_error_handler(Exception, lambda fault: from_fault(fault, request))


def from_refusal(refusal: Refusal, asked: Request) -> Response:
    """Return the problem document of a refusal."""
    language = language_of(asked)
    body: dict[str, Any] = {
        "type": f"/problems/{refusal.code}",
        "code": refusal.code,
        "title": refusal.title.say(language),
        "status": refusal.status,
        "detail": refusal.detail.say(language, **refusal.params),
    }
    if refusal.errors:
        body["errors"] = [
            {"pointer": error.pointer, "code": error.code, "detail": error.detail.say(language)}
            for error in refusal.errors
        ]
    if refusal.params:
        body["params"] = {name: _plain(value) for name, value in refusal.params.items()}
    asked.environ[REFUSAL_CODE] = refusal.code
    response = _problem(body, asked, outcome="none")
    if refusal.retry_after_s is not None:
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def from_http_exception(error: HTTPException, asked: Request) -> Response:
    """Return the problem document of what werkzeug refuses by itself."""
    status = error.code or 500
    if isinstance(error, RequestEntityTooLarge):
        limit = asked.max_content_length or 0
        return from_refusal(BodyTooLarge(limit_bytes=limit), asked)
    if status == MethodNotAllowed.status:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        response = from_refusal(MethodNotAllowed(allowed=allowed), asked)
        response.headers["Allow"] = allowed
        return response
    kind = HTTP_REFUSALS.get(status)
    if kind is not None:
        return from_refusal(kind(), asked)
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # redirects carry their own response
    name = (error.name or "error").upper().replace(" ", "_")
    asked.environ[REFUSAL_CODE] = name
    body = {"type": "about:blank", "code": name, "title": error.name, "status": status}
    return _problem(body, asked, outcome="none")


def from_fault(fault: Exception, asked: Request) -> Response:
    """Log a fault whole and answer with nothing but the request id.

    A database that went away, or had us wait too long, is not a bug: the answer is 503, and because nobody can
    know whether the last commit arrived, the outcome of a write is unknown until it is asked again with the same
    number.
    """
    log.error("request_failed", request_id=request_id_of(asked), path=asked.path, exc_info=fault)
    language = language_of(asked)
    if isinstance(fault, (DBAPIError, psycopg.Error)) and may_pass(fault):
        body: dict[str, Any] = {
            "type": f"/problems/{Unavailable.code}",
            "code": Unavailable.code,
            "title": Unavailable.title.say(language),
            "status": Unavailable.status,
            "detail": Unavailable.detail.say(language),
        }
        asked.environ[REFUSAL_CODE] = Unavailable.code
        response = _problem(body, asked, outcome="unknown")
        response.headers["Retry-After"] = "1"
        return response
    asked.environ[REFUSAL_CODE] = "INTERNAL_ERROR"
    body = {
        "type": "about:blank",
        "code": "INTERNAL_ERROR",
        "title": FAULT_TITLE.say(language),
        "status": 500,
        "detail": FAULT_DETAIL.say(language),
    }
    return _problem(body, asked, outcome="unknown")


def _plain(value: object) -> object:
    return value if isinstance(value, (int, str, list)) else str(value)


def _problem(body: dict[str, Any], asked: Request, *, outcome: str) -> Response:
    body["request_id"] = request_id_of(asked)
    if asked.method not in SAFE_METHODS:
        body["outcome"] = outcome
    response = Response(orjson.dumps(body, default=str), body["status"], content_type=PROBLEM_JSON)
    response.headers["Content-Language"] = language_of(asked)
    return response
