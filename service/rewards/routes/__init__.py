"""Rewards over HTTP: for operators, for citizens, for terminals."""

from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.identity import Requires
from service.rewards.routes import citizen, operator, terminal


def blueprints(context: Context, requires: Requires) -> list[Blueprint]:
    """Return the routes of rewards."""
    return [
        operator.blueprint(context, requires),
        citizen.blueprint(context, requires),
        terminal.blueprint(context, requires),
    ]
