"""A small door of its own: one probing route per kind of caller, so identity is tested without other contexts."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.database import transact
from service.core.http import problems
from service.identity.callers import Caller, MachineCaller

PROBES = {
    "/open": "offers.read",
    "/citizen": "me.read",
    "/partner": "partner.batches.write",
    "/terminal": "terminal.query",
    "/system": "operator.partners.write",
    "/operators": "operator.statements.read",
}


def build_door(context: Context) -> Flask:
    """Return an application whose routes answer who is calling; machines spend their proof."""
    door = Flask("door")
    problems.install(door)
    requires = identity.guard(context)
    for path, permission in PROBES.items():
        view = requires(permission)(_probe(context))
        door.add_url_rule(path, path, view, methods=["GET", "POST"])
        door.add_url_rule(f"{path}/<path:rest>", f"{path}/rest", view, methods=["GET", "POST"])
    return door


def _probe(context: Context) -> Callable[..., dict[str, object]]:
    def answer(caller: Caller, **_path: str) -> dict[str, object]:
        def spend(session: Session) -> None:
            if isinstance(caller, MachineCaller):
                identity.spend_proof(session, caller, context.now())

        transact(context, spend)
        who = {
            name: getattr(caller, name)
            for name in ("citizen_id", "login", "role", "kind", "machine_id")
            if hasattr(caller, name)
        }
        return {"caller": type(caller).__name__, **who, "body": request.get_data().decode()}

    return answer


@pytest.fixture
def door(context: Context) -> Flask:
    return build_door(context)
