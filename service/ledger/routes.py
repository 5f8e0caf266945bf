"""The books over HTTP: a citizen's wallet and transfers."""

from typing import Any

from flask import Response, request

from schemas.fields import PageQuery
from schemas.ledger import TransfersOut, WalletOut
from service.core.clock import business_day, rfc3339
from service.core.context import Context
from service.core.http.answers import json_response
from service.core.http.openapi import Blueprint
from service.core.http.requests import language_of
from service.core.paging import Page
from service.core.refusals import InvalidRequest
from service.core.texts import Language
from service.identity import CitizenCaller, Requires
from service.ledger.domain.accounts import KINDS
from service.ledger.domain.transfers import Booked
from service.ledger.domain.wallets import LotView, WalletView
from service.ledger.operations.show_transfers import show_transfers
from service.ledger.operations.show_wallet import show_wallet


def blueprints(context: Context, requires: Requires) -> list[Blueprint]:
    """Return the routes of the books."""
    blueprint = Blueprint("ledger", __name__, url_prefix="/v1", description="Carbon accounts")

    @blueprint.route("/me/wallet", methods=["GET"])
    @requires("wallet.read")
    @blueprint.response(200, WalletOut)
    def read_wallet(caller: CitizenCaller) -> Response:
        """Show my carbon account: points with their expiry, and reductions."""
        today = business_day(context.now())
        wallet = show_wallet(context, caller.citizen_id, today)
        return json_response({"as_of": today.isoformat(), **_wallet_wire(wallet, language_of(request))})

    @blueprint.route("/me/transfers", methods=["GET"])
    @requires("transfers.read")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, TransfersOut)
    @blueprint.refuses(InvalidRequest)
    def read_transfers(caller: CitizenCaller, query: dict[str, Any]) -> Response:
        """Show my transfers, newest first."""
        transfers, next_after = show_transfers(context, caller.citizen_id, Page(**query))
        language = language_of(request)
        rows = [_transfer_wire(booked, language) for booked in transfers]
        return json_response({"transfers": rows, "next_after": next_after})

    return [blueprint]


def _wallet_wire(wallet: WalletView, language: Language) -> dict[str, object]:
    return {
        "active_points": wallet.active_points,
        "spendable_points": wallet.spendable_points,
        "overdue_points": wallet.overdue_points,
        "lots": [_lot_wire(lot, language) for lot in wallet.lots],
        "lifetime": {
            "earned_points": wallet.earned_points,
            "spent_points": wallet.spent_points,
            "lapsed_points": wallet.lapsed_points,
        },
        "reductions": {
            "creditable_mg": wallet.creditable_mg,
            "provisional_mg": wallet.provisional_mg,
            "incentive_mg": wallet.incentive_mg,
        },
    }


def _lot_wire(lot: LotView, language: Language) -> dict[str, object]:
    return {
        "expires_on": lot.expires_on.isoformat(),
        "points": lot.points,
        "funder_id": lot.funder_id,
        "funder": lot.funder.say(language),
    }


def _transfer_wire(booked: Booked, language: Language) -> dict[str, object]:
    transfer, moment = booked.transfer, booked.moment
    return {
        "transfer_id": str(transfer.transfer_id),
        "movement_id": str(transfer.movement_id),
        "kind": transfer.kind,
        "title": KINDS[transfer.kind].title.say(language),
        "unit": transfer.unit,
        "from_account": transfer.from_account,
        "to_account": transfer.to_account,
        "amount": transfer.amount,
        "expires_on": None if transfer.lot is None else transfer.lot.expires_on.isoformat(),
        "counterparty_id": transfer.counterparty_id,
        "source_kind": transfer.source_kind,
        "source_id": str(transfer.source_id),
        "recorded_at": rfc3339(moment.recorded_at),
        "booked_on": moment.booked_on.isoformat(),
    }
