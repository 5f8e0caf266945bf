"""What a terminal does: prepare, verify, and ask again.

When an answer is lost, the terminal repeats the request with the same ``verify_no`` or asks by it: it gets the
first answer, or learns that nothing was done. It never has to guess.
"""

from typing import Any

from flask import Response

from schemas.fields import BusinessNo
from schemas.rewards import PrepareIn, PrepareOut, VerificationFoundOut, VerifyIn, VerifyOut
from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.core.refusals import InvalidRequest, NumberReused
from service.identity import MachineCaller, Requires
from service.rewards.domain.refusals import (
    AlreadyUsed,
    HolderCodeSpent,
    HolderCodeWrong,
    StoreNotEligible,
    TillSessionOver,
    TypingLocked,
    VerificationNotFound,
    VoucherExpired,
    VoucherNotPrepared,
)
from service.rewards.operations.prepare_verification import prepare_verification
from service.rewards.operations.show_verification import show_verification
from service.rewards.operations.verify_vouchers import Asked, verify_vouchers
from service.rewards.routes.spoken import spoken

NUMBER_FORM = BusinessNo().pattern


def blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the terminals' routes."""
    routes = Blueprint("terminal", __name__, url_prefix="/v1/terminal", description="Tills")

    @routes.route("/prepare", methods=["POST"])
    @requires("terminal.verify")
    @routes.arguments(PrepareIn)
    @routes.response(200, PrepareOut)
    @routes.refuses(InvalidRequest, TypingLocked, HolderCodeWrong, HolderCodeSpent)
    def prepare(caller: MachineCaller, body: dict[str, Any]) -> Response:
        """Take the code that the holder shows, open a session and list what can be used here."""
        return spoken(prepare_verification(context, caller, body["code"]))

    @routes.route("/verify", methods=["POST"])
    @requires("terminal.verify")
    @routes.arguments(VerifyIn)
    @routes.response(200, VerifyOut)
    @routes.refuses(
        *(InvalidRequest, NumberReused, TillSessionOver, VoucherNotPrepared),
        *(AlreadyUsed, VoucherExpired, StoreNotEligible),
    )
    def verify(caller: MachineCaller, body: dict[str, Any]) -> Response:
        """Verify vouchers of this session, all or none. The same verify_no always gives the same answer."""
        asked = Asked(body["verify_no"], body["session_id"], tuple(body["voucher_refs"]), body["clerk"])
        return spoken(verify_vouchers(context, caller, asked))

    @routes.route("/verifications/<verify_no>", methods=["GET"])
    @requires("terminal.query")
    @routes.response(200, VerificationFoundOut)
    @routes.refuses(VerificationNotFound)
    def get_verification(caller: MachineCaller, verify_no: str) -> Response:
        """Show what this terminal has done under one of its numbers."""
        if not NUMBER_FORM.fullmatch(verify_no):
            raise VerificationNotFound(verify_no=verify_no)
        return spoken(show_verification(context, caller, verify_no))

    return routes
