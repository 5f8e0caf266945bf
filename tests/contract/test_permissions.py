"""Every route of the running application against every kind of caller, by the one table of permissions."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import identity
from service.core.context import Context
from tests.identity import world

OUTSIDE_THE_API = {"static"}
ANOTHERS_UUID = "01a1f640-bc00-7add-b94f-b38f84f20a88"
PLACES = {
    "int": "987654321",
    "uuid": ANOTHERS_UUID,
    "string": "UNKNOWN-1",
    "day": "2026-11-01",
}
CALLERS = ("anyone", "citizen", "partner", "terminal", *(f"operator:{role}" for role in identity.OPERATOR_ROLES))


@dataclass(frozen=True)
class Door:
    """One verb of one route."""

    verb: str
    rule: Rule
    permission: identity.Permission

    @property
    def target(self) -> str:
        """The address, with ids of somebody else in its places."""
        return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", _place, self.rule.rule)


def _place(found: re.Match[str]) -> str:
    converter, name = found[1] or "string", found[2]
    return PLACES.get(name) or PLACES[converter]


def doors(app: Flask) -> list[Door]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OUTSIDE_THE_API:
            continue
        view = app.view_functions[rule.endpoint]
        name = getattr(view, identity.PERMISSION_ATTRIBUTE, None)
        assert name is not None, f"{rule.rule} names no permission"
        verbs = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [Door(verb, rule, identity.PERMISSIONS[name]) for verb in sorted(verbs)]
    return found


def caller(kind: str, app: Flask, context: Context) -> world.Client:
    if kind == "citizen":
        return world.citizen(app, context, 1)
    if kind == "partner":
        return world.registered_machine(app, context, "partner", 77)
    if kind == "terminal":
        return enrolled_terminal(app, context)
    if kind.startswith("operator:"):
        return world.operator(app, context, kind.partition(":")[2])
    return world.visitor(app, context)


def enrolled_terminal(app: Flask, context: Context) -> world.Client:
    """Return a terminal that an operator enrolled for a merchant's store."""
    boss, terminal = world.operator(app, context), world.machine(app, context)
    names = {"code": "X1", "name_zh": "甲", "name_en": "A"}
    merchant = world.said(boss.post("/v1/operator/merchants", json={"request_no": "1", **names}))["merchant"]
    asked = {"request_no": "2", "merchant_id": merchant["merchant_id"], **names}
    store = world.said(boss.post("/v1/operator/stores", json=asked))["store"]
    asked = {"request_no": "3", "store_id": store["store_id"], "code": "T1", "public_key": terminal.jwk}
    assert boss.post("/v1/operator/terminals", json=asked).status_code == 201
    return terminal


def ask(someone: world.Client, door: Door) -> TestResponse:
    body: dict[str, object] | None = {} if door.verb in {"POST", "PUT", "DELETE"} else None
    return someone.send(door.verb, door.target, json=body)


@pytest.mark.parametrize("kind", CALLERS)
def test_a_route_opens_for_those_the_table_names_and_for_nobody_else(
    kind: str, app: Flask, context: Context
) -> None:
    someone = caller(kind, app, context)
    wrong: list[str] = []
    for door in sorted(doors(app), key=lambda door: door.verb == "DELETE"):
        answer = ask(someone, door)
        admitted = door.permission.is_open or kind in door.permission.holders
        status = answer.status_code
        allowed = status not in {401, 403} if admitted else status in {401, 403}
        if door.permission.is_open:
            allowed = status < 500
        if not allowed or status >= 500:
            wrong.append(f"{kind} {door.verb} {door.target}: {status} {answer.text[:120]}")

    assert wrong == []


@pytest.mark.parametrize("kind", CALLERS)
def test_another_persons_id_is_not_found(kind: str, app: Flask, context: Context) -> None:
    someone = caller(kind, app, context)
    wrong: list[str] = []
    for door in doors(app):
        if not door.rule.arguments or kind not in door.permission.holders or not door.permission.own_data:
            continue
        answer = ask(someone, door)
        if answer.status_code not in {400, 403, 404, 415}:
            wrong.append(f"{kind} {door.verb} {door.target}: {answer.status_code}")

    assert wrong == []


def test_every_row_of_the_table_guards_a_route(app: Flask) -> None:
    used = {door.permission.name for door in doors(app)}

    assert sorted(set(identity.PERMISSIONS) - used) == []
