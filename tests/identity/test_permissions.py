from datetime import UTC, datetime

import pytest
from flask import Flask

from service import identity
from service.core.context import Context
from service.core.numbers import NumberKey
from service.identity.permissions import OPERATOR_ROLES, PERMISSIONS
from tests.identity import world
from tests.identity.conftest import PROBES
from tests.identity.world import Client

HOLDERS = {"anyone", "citizen", "partner", "terminal", *(f"operator:{role}" for role in OPERATOR_ROLES)}


def test_a_number_belongs_to_its_caller() -> None:
    proof = identity.Proof("x", datetime(2026, 11, 20, tzinfo=UTC))
    callers = (
        identity.CitizenCaller(7),
        identity.OperatorCaller(7, "chun", "system"),
        identity.MachineCaller("partner", 7, "k", proof),
        identity.MachineCaller("terminal", 7, "k", proof),
    )

    keys = [caller.number_key("order", "n-1") for caller in callers]

    kinds = ("citizen", "operator", "partner", "terminal")
    assert keys == [NumberKey(kind, 7, "order", "n-1") for kind in kinds]


def test_every_row_names_known_holders() -> None:
    assert {holder for row in PERMISSIONS.values() for holder in row.holders} == HOLDERS


def test_the_auditor_only_reads() -> None:
    may_change = [
        name
        for name, row in PERMISSIONS.items()
        if "operator:audit" in row.holders and not name.endswith((".read", ".session"))
    ]

    assert may_change == []


def test_no_open_route_touches_anybody_s_own_data() -> None:
    assert [name for name, row in PERMISSIONS.items() if row.is_open and row.own_data] == []


def test_a_route_with_a_permission_that_is_not_in_the_table_cannot_be_built(context: Context) -> None:
    with pytest.raises(LookupError, match=r"wallet\.steal"):
        identity.guard(context)("wallet.steal")


def test_each_caller_reaches_exactly_what_the_table_gives_it(door: Flask, context: Context) -> None:
    callers: dict[str, Client] = {
        "anyone": world.visitor(door, context),
        "citizen": world.citizen(door, context),
        "partner": world.registered_machine(door, context, "partner", 1),
        "terminal": world.registered_machine(door, context, "terminal", 2),
        **{f"operator:{role}": world.operator(door, context, role) for role in OPERATOR_ROLES},
    }

    found = {who: {path: caller.get(path).status_code for path in PROBES} for who, caller in callers.items()}

    refused = {who: 401 if who == "anyone" else 403 for who in callers}
    assert found == {
        who: {
            path: 200 if {who, "anyone"} & PERMISSIONS[name].holders else refused[who]
            for path, name in PROBES.items()
        }
        for who in callers
    }


def test_a_guarded_view_keeps_the_name_of_its_permission(door: Flask) -> None:
    named = {path: door.view_functions[path].__dict__[identity.PERMISSION_ATTRIBUTE] for path in PROBES}

    assert named == PROBES
