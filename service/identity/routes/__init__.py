"""The routes of identity."""

from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.identity.gateways import SmsGateway
from service.identity.guard import Requires
from service.identity.routes import me, operators, sign_in


def blueprints(context: Context, requires: Requires, gateway: SmsGateway) -> list[Blueprint]:
    """Return the blueprints of identity."""
    return [
        operators.blueprint(context, requires),
        sign_in.blueprint(context, requires, gateway),
        sign_in.keys_blueprint(context, requires),
        me.blueprint(context, requires),
    ]
