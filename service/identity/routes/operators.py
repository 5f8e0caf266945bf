"""Operators sign in and out."""

from typing import Any

from flask import request
from werkzeug.http import dump_cookie

from schemas.identity import OperatorSignInIn, OperatorSignInOut
from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.core.refusals import TooManyRequests
from service.identity.authentication import OPERATOR_COOKIE
from service.identity.callers import OperatorCaller, Visitor
from service.identity.domain.operators import SESSION_LIFETIME
from service.identity.guard import Requires
from service.identity.operations.close_operator_session import close_operator_session
from service.identity.operations.open_operator_session import open_operator_session
from service.identity.refusals import SignInFailed


def blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the routes of an operator's own session."""
    found = Blueprint("operator_session", __name__, url_prefix="/v1/operator", description="Operator sign-in")

    def cookie(value: str, max_age_s: int) -> dict[str, str]:
        text = dump_cookie(
            OPERATOR_COOKIE,
            value,
            max_age=max_age_s,
            httponly=True,
            secure=not context.development,
            samesite="Strict",
        )
        return {"Set-Cookie": text}

    @found.route("/session", methods=["POST"])
    @requires("public.operator_sign_in")
    @found.arguments(OperatorSignInIn)
    @found.response(200, OperatorSignInOut)
    @found.refuses(SignInFailed, TooManyRequests)
    def open_session(visitor: Visitor, body: dict[str, str]) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Sign in with login and password; the session is a cookie, changes carry the CSRF token."""
        opened = open_operator_session(context, body["login"], body["password"], visitor.address)
        answer = {
            "outcome": "done",
            "operator": opened.operator,
            "csrf_token": opened.csrf_token,
            "expires_at": opened.expires_at,
        }
        return answer, 200, cookie(opened.token, int(SESSION_LIFETIME.total_seconds()))

    @found.route("/session", methods=["DELETE"])
    @requires("operator.session")
    @found.response(204)
    def close_session(_caller: OperatorCaller) -> tuple[None, int, dict[str, str]]:
        """Sign out."""
        close_operator_session(context, request.cookies[OPERATOR_COOKIE])
        return None, 204, cookie("", 0)

    return found
