"""Builds the application: every context's routes behind one guard, one error form, one log line per request."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, Response, jsonify, request

from service import activities, identity, ledger, methodology, rewards, settlement
from service.core.checks import NamedCheck
from service.core.context import Context
from service.core.database import schema_revision
from service.core.http import problems
from service.core.http.answers import FastJSON
from service.core.http.openapi import Blueprint, build_api
from service.core.http.requests import REFUSAL_CODE, REQUEST_ID, language_of
from service.core.opening import Sweep
from service.core.refusals import RouteNotFound, every_refusal
from service.wire import API_EXTENSION

VERSION = "0.1.0"
BODY_BYTES_MAX = 9 * 1_048_576
"""The largest body any route takes: one part of a batch and some room."""

REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
log = structlog.get_logger("tanhui.http")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application is made of besides the Context."""

    catalogue: methodology.Catalogue
    sms_gateway: identity.SmsGateway


def create_app(context: Context, parts: Parts) -> Flask:
    """Return the WSGI application.

    ``app.extensions[API_EXTENSION]`` holds the API registry, from which the OpenAPI document is written.
    """
    app = Flask("service")
    app.json = FastJSON(app)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    api = build_api(app, title="碳惠春城 Tanhui Chuncheng", version=VERSION)
    problems.install(app)
    _install_request_hooks(app, context)
    requires = identity.guard(context)
    for blueprint in _blueprints(context, parts, requires):
        api.register_blueprint(blueprint)
    app.extensions[API_EXTENSION] = api
    return app


def _blueprints(context: Context, parts: Parts, requires: identity.Requires) -> Sequence[Blueprint]:
    return [
        _service_blueprint(context, requires),
        *identity.blueprints(context, requires, parts.sms_gateway),
        *methodology.blueprints(parts.catalogue, requires),
        *ledger.blueprints(context, requires),
        *activities.blueprints(context, requires, parts.catalogue),
        *rewards.blueprints(context, requires),
        *settlement.blueprints(context, requires),
    ]


def every_check() -> tuple[NamedCheck, ...]:
    """Return the book checks of every context, lowest first."""
    return (*ledger.CHECKS, *activities.CHECKS, *rewards.CHECKS, *settlement.CHECKS)


def every_sweep(catalogue: methodology.Catalogue) -> tuple[Sweep, ...]:
    """Return the sweeps that the worker runs."""
    return (*activities.sweeps(catalogue), *identity.sweeps(), *rewards.sweeps())


def _service_blueprint(context: Context, requires: identity.Requires) -> Blueprint:
    """Return the routes about the service itself."""
    blueprint = Blueprint("service", __name__, description="The service itself")

    @blueprint.route("/healthz", methods=["GET"])
    @requires("public.health")
    @blueprint.response(200)
    def healthz(_caller: identity.Caller) -> Response:
        """Tell that the process answers."""
        return jsonify({"status": "ok"})

    @blueprint.route("/readyz", methods=["GET"])
    @requires("public.health")
    @blueprint.response(200)
    def readyz(_caller: identity.Caller) -> Response:
        """Tell that the database answers, and at which schema."""
        return jsonify({"status": "ready", "schema": schema_revision(context)})

    @blueprint.route("/problems/<code>", methods=["GET"])
    @requires("public.health")
    @blueprint.response(200)
    @blueprint.refuses(RouteNotFound)
    def explain_problem(_caller: identity.Caller, code: str) -> Response:
        """Explain a refusal code."""
        for kind in every_refusal():
            if kind.code == code:
                language = language_of(request)
                meaning = " ".join((kind.__doc__ or "").split())
                title = kind.title.say(language)
                return jsonify({"code": code, "status": kind.status, "title": title, "meaning": meaning})
        raise RouteNotFound

    return blueprint


def _install_request_hooks(app: Flask, context: Context) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("Request-Id", "")
        request.environ[REQUEST_ID] = given if REQUEST_ID_FORM.fullmatch(given) else context.new_id().hex
        request.environ["tanhui.started"] = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        request_id = request.environ.get(REQUEST_ID, "")
        response.headers["Request-Id"] = request_id
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        started = request.environ.get("tanhui.started")
        elapsed_us = 0 if started is None else round((time.perf_counter() - started) * 1_000_000)
        rule = request.url_rule
        log.info(
            "request_answered",
            request_id=request_id,
            method=request.method,
            route=None if rule is None else rule.rule,
            status=response.status_code,
            code=request.environ.get(REFUSAL_CODE),
            elapsed_us=elapsed_us,
        )
        return response
