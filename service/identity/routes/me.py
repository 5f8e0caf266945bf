"""A citizen's own account, entrustment and bindings."""

from typing import Any
from uuid import UUID

from flask import request

from schemas.fields import PageQuery
from schemas.identity import (
    BindingEndedOut,
    BindingIn,
    BindingMadeOut,
    BindingsOut,
    EntrustmentChangedOut,
    EntrustmentIn,
    EntrustmentsOut,
    MeOut,
)
from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.core.http.requests import language_of
from service.core.paging import Page
from service.identity.callers import CitizenCaller
from service.identity.domain.consent import ENTRUSTMENT_TEXTS, ENTRUSTMENT_VERSION
from service.identity.guard import Requires
from service.identity.operations.bind_subject import bind_subject
from service.identity.operations.end_binding import end_binding
from service.identity.operations.give_entrustment import give_entrustment
from service.identity.operations.list_bindings import list_bindings
from service.identity.operations.read_citizen import read_citizen
from service.identity.operations.read_entrustment import read_entrustment
from service.identity.operations.withdraw_entrustment import withdraw_entrustment
from service.identity.refusals import (
    BindingNotFound,
    EntrustmentNotAccepted,
    EntrustmentNotFound,
    EntrustmentVersionUnknown,
    SubjectAlreadyBound,
    TicketExpired,
    TicketInvalid,
    TicketSpent,
)


def blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the routes about the caller themselves."""
    found = Blueprint("me", __name__, url_prefix="/v1/me", description="One's own account and consent")
    _account(found, context, requires)
    _entrustment(found, context, requires)
    _bindings(found, context, requires)
    return found


def _account(found: Blueprint, context: Context, requires: Requires) -> None:
    @found.route("", methods=["GET"])
    @requires("me.read")
    @found.response(200, MeOut)
    def read_me(caller: CitizenCaller) -> dict[str, Any]:
        """Read one's own account."""
        citizen, entrusted = read_citizen(context, caller.citizen_id)
        return {"citizen": citizen, "entrusted": entrusted}


def _entrustment(found: Blueprint, context: Context, requires: Requires) -> None:
    @found.route("/entrustment", methods=["GET"])
    @requires("me.read")
    @found.response(200, EntrustmentsOut)
    def read(caller: CitizenCaller) -> dict[str, Any]:
        """Read what one entrusted, and the text that is offered."""
        history = read_entrustment(context, caller.citizen_id)
        in_force = [entrustment for entrustment in history if entrustment.withdrawn_at is None]
        text = ENTRUSTMENT_TEXTS[ENTRUSTMENT_VERSION].say(language_of(request))
        return {
            "entrustment": in_force[0] if in_force else None,
            "offered": {"version": ENTRUSTMENT_VERSION, "text": text},
            "history": history,
        }

    @found.route("/entrustment", methods=["PUT"])
    @requires("entrustment.write")
    @found.arguments(EntrustmentIn)
    @found.response(200, EntrustmentChangedOut)
    @found.refuses(EntrustmentNotAccepted, EntrustmentVersionUnknown)
    def give(caller: CitizenCaller, body: dict[str, Any]) -> dict[str, Any]:
        """Entrust the platform with pooling one's reductions."""
        given = give_entrustment(context, caller.citizen_id, body["version"], accepted=body["accepted"])
        return {"outcome": "done", "entrustment": given}

    @found.route("/entrustment", methods=["DELETE"])
    @requires("entrustment.write")
    @found.response(200, EntrustmentChangedOut)
    @found.refuses(EntrustmentNotFound)
    def withdraw(caller: CitizenCaller) -> dict[str, Any]:
        """Withdraw the entrustment; what was credited before stays."""
        return {"outcome": "done", "entrustment": withdraw_entrustment(context, caller.citizen_id)}


def _bindings(found: Blueprint, context: Context, requires: Requires) -> None:
    @found.route("/bindings", methods=["POST"])
    @requires("bindings.write")
    @found.arguments(BindingIn)
    @found.response(201, BindingMadeOut)
    @found.refuses(TicketInvalid, TicketExpired, TicketSpent, SubjectAlreadyBound)
    def bind(caller: CitizenCaller, body: dict[str, str]) -> dict[str, Any]:
        """Bind a partner's account with the ticket that the partner gave; this consents to its records."""
        binding, replayed = bind_subject(context, caller.citizen_id, body["ticket"])
        return {"outcome": "done", "replayed": replayed, "binding": binding}

    @found.route("/bindings", methods=["GET"])
    @requires("me.read")
    @found.arguments(PageQuery, location="query")
    @found.response(200, BindingsOut)
    def list_own(caller: CitizenCaller, query: dict[str, Any]) -> dict[str, Any]:
        """List one's live bindings."""
        bindings, next_after = list_bindings(context, caller.citizen_id, Page(query["after"], query["limit"]))
        return {"bindings": bindings, "next_after": next_after}

    @found.route("/bindings/<uuid:binding_id>", methods=["DELETE"])
    @requires("bindings.write")
    @found.response(200, BindingEndedOut)
    @found.refuses(BindingNotFound)
    def end(caller: CitizenCaller, binding_id: UUID) -> dict[str, Any]:
        """End a binding; the partner's records are refused from now on."""
        return {"outcome": "done", "binding": end_binding(context, caller.citizen_id, binding_id)}
