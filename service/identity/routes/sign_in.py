"""Citizens sign in."""

from dataclasses import asdict
from typing import Any

from schemas.identity import JwksOut, RefreshIn, SendCodeIn, SendCodeOut, SignInIn, SignInOut, TokensOut
from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.core.refusals import TooManyRequests
from service.identity.callers import Visitor
from service.identity.gateways import SmsGateway
from service.identity.guard import Requires
from service.identity.operations.list_signing_keys import list_signing_keys
from service.identity.operations.refresh_session import refresh_session
from service.identity.operations.send_sign_in_code import send_sign_in_code
from service.identity.operations.sign_in import sign_in
from service.identity.refusals import (
    CodeExhausted,
    CodeExpired,
    CodeInvalid,
    PhoneUnusable,
    RefreshTokenInvalid,
    RefreshTokenReused,
    SmsUnavailable,
)
from service.identity.token_refusals import TokenExpired


def blueprint(context: Context, requires: Requires, gateway: SmsGateway) -> Blueprint:
    """Return the routes by which a citizen signs in and stays signed in."""
    found = Blueprint("sign_in", __name__, url_prefix="/v1/sign-in", description="Citizen sign-in")

    @found.route("/codes", methods=["POST"])
    @requires("public.sign_in")
    @found.arguments(SendCodeIn)
    @found.response(202, SendCodeOut)
    @found.refuses(PhoneUnusable, TooManyRequests, SmsUnavailable)
    def send_code(visitor: Visitor, body: dict[str, str]) -> dict[str, Any]:
        """Send a sign-in code to a phone; the answer is the same whether the phone is known or not."""
        sent = send_sign_in_code(context, gateway, body["phone"], visitor.address)
        return {"outcome": "done", **asdict(sent)}

    @found.route("", methods=["POST"])
    @requires("public.sign_in")
    @found.arguments(SignInIn)
    @found.response(200, SignInOut)
    @found.refuses(PhoneUnusable, TooManyRequests, CodeInvalid, CodeExpired, CodeExhausted)
    def present_code(visitor: Visitor, body: dict[str, str]) -> dict[str, Any]:
        """Sign in with the code; a phone that is new gets an account."""
        signed_in = sign_in(context, body["phone"], body["code"], visitor.address)
        citizen = {**asdict(signed_in.citizen), "new": signed_in.new}
        return {"outcome": "done", **asdict(signed_in.tokens), "citizen": citizen}

    @found.route("/refresh", methods=["POST"])
    @requires("public.sign_in")
    @found.arguments(RefreshIn)
    @found.response(200, TokensOut)
    @found.refuses(RefreshTokenInvalid, RefreshTokenReused, TokenExpired)
    def refresh(_visitor: Visitor, body: dict[str, str]) -> dict[str, Any]:
        """Exchange a refresh token for the next tokens; it can be used once."""
        return {"outcome": "done", **asdict(refresh_session(context, body["refresh_token"]))}

    return found


def keys_blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the route of our public keys."""
    found = Blueprint("keys", __name__, url_prefix="/.well-known", description="Public keys")

    @found.route("/jwks.json", methods=["GET"])
    @requires("public.keys")
    @found.response(200, JwksOut)
    def jwks(_visitor: Visitor) -> dict[str, Any]:
        """Publish the keys that access tokens are verified with."""
        keys = list_signing_keys(context)
        return {"keys": [{**key.jwk, "kid": key.key_id, "alg": "EdDSA", "use": "sig"} for key in keys]}

    return found
