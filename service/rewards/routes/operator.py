"""What operators set up: merchants, stores, terminals, offers."""

from typing import Any

from flask import Response

from schemas.fields import PageQuery
from schemas.market import (
    MerchantDoneOut,
    MerchantIn,
    MerchantsOut,
    OfferDoneOut,
    OfferIn,
    OperatorOffersOut,
    StoreDoneOut,
    StoreIn,
    StoresOut,
    TerminalDoneOut,
    TerminalIn,
    TerminalsOut,
)
from service.core.context import Context
from service.core.http.answers import json_response
from service.core.http.openapi import Blueprint
from service.core.paging import Page
from service.core.refusals import InvalidRequest, NumberReused
from service.core.texts import Text
from service.core.units import AmountFen, Points
from service.identity import KeyAlreadyRegistered, KeyNotUsable, OperatorCaller, Requires
from service.rewards.domain.offers import OfferTerms, Sale, Share
from service.rewards.domain.refusals import CodeTaken, MerchantNotFound, StoreNotFound
from service.rewards.operations.create_merchant import NewMerchant, create_merchant
from service.rewards.operations.create_offer import create_offer
from service.rewards.operations.create_store import NewStore, create_store
from service.rewards.operations.create_terminal import NewTerminal, create_terminal
from service.rewards.operations.list_every_offer import list_every_offer
from service.rewards.operations.list_merchants import list_merchants
from service.rewards.operations.list_stores import list_stores
from service.rewards.operations.list_terminals import list_terminals

CREATED = 201


def blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the operators' routes."""
    routes = Blueprint("market", __name__, url_prefix="/v1/operator", description="Merchants and offers")
    _setup_routes(routes, context, requires)
    _list_routes(routes, context, requires)
    return routes


def _setup_routes(routes: Blueprint, context: Context, requires: Requires) -> None:
    @routes.route("/merchants", methods=["POST"])
    @requires("operator.merchants.write")
    @routes.arguments(MerchantIn)
    @routes.response(CREATED, MerchantDoneOut)
    @routes.refuses(InvalidRequest, CodeTaken, NumberReused)
    def post_merchant(caller: OperatorCaller, body: dict[str, Any]) -> Response:
        """Create a merchant."""
        asked = NewMerchant(body["code"], _text(body, "name"))
        return json_response(create_merchant(context, caller, body["request_no"], asked), CREATED)

    @routes.route("/stores", methods=["POST"])
    @requires("operator.stores.write")
    @routes.arguments(StoreIn)
    @routes.response(CREATED, StoreDoneOut)
    @routes.refuses(InvalidRequest, MerchantNotFound, CodeTaken, NumberReused)
    def post_store(caller: OperatorCaller, body: dict[str, Any]) -> Response:
        """Create a store of a merchant."""
        asked = NewStore(body["merchant_id"], body["code"], _text(body, "name"))
        return json_response(create_store(context, caller, body["request_no"], asked), CREATED)

    @routes.route("/terminals", methods=["POST"])
    @requires("operator.terminals.write")
    @routes.arguments(TerminalIn)
    @routes.response(CREATED, TerminalDoneOut)
    @routes.refuses(InvalidRequest, KeyNotUsable, StoreNotFound, CodeTaken, KeyAlreadyRegistered, NumberReused)
    def post_terminal(caller: OperatorCaller, body: dict[str, Any]) -> Response:
        """Create a terminal in a store and register its key."""
        asked = NewTerminal(body["store_id"], body["code"], body["public_key"])
        return json_response(create_terminal(context, caller, body["request_no"], asked), CREATED)

    @routes.route("/offers", methods=["POST"])
    @requires("operator.offers.write")
    @routes.arguments(OfferIn)
    @routes.response(CREATED, OfferDoneOut)
    @routes.refuses(InvalidRequest, MerchantNotFound, NumberReused)
    def post_offer(caller: OperatorCaller, body: dict[str, Any]) -> Response:
        """Publish an offer with its stock; its terms never change afterwards."""
        answer = create_offer(context, caller, body["request_no"], _terms(body), body["stock"])
        return json_response(answer, CREATED)


def _list_routes(routes: Blueprint, context: Context, requires: Requires) -> None:
    @routes.route("/merchants", methods=["GET"])
    @requires("operator.merchants.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, MerchantsOut)
    @routes.refuses(InvalidRequest)
    def get_merchants(_caller: OperatorCaller, query: dict[str, Any]) -> Response:
        """List merchants, oldest first."""
        return json_response(list_merchants(context, Page(**query)))

    @routes.route("/stores", methods=["GET"])
    @requires("operator.stores.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, StoresOut)
    @routes.refuses(InvalidRequest)
    def get_stores(_caller: OperatorCaller, query: dict[str, Any]) -> Response:
        """List stores, oldest first."""
        return json_response(list_stores(context, Page(**query)))

    @routes.route("/terminals", methods=["GET"])
    @requires("operator.terminals.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, TerminalsOut)
    @routes.refuses(InvalidRequest)
    def get_terminals(_caller: OperatorCaller, query: dict[str, Any]) -> Response:
        """List terminals, oldest first."""
        return json_response(list_terminals(context, Page(**query)))

    @routes.route("/offers", methods=["GET"])
    @requires("operator.offers.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, OperatorOffersOut)
    @routes.refuses(InvalidRequest)
    def get_every_offer(_caller: OperatorCaller, query: dict[str, Any]) -> Response:
        """List every offer with its funding and stock, oldest first."""
        return json_response(list_every_offer(context, Page(**query)))


def _text(body: dict[str, Any], name: str) -> Text:
    return Text(body[f"{name}_zh"], body[f"{name}_en"])


def _terms(body: dict[str, Any]) -> OfferTerms:
    sale = Sale(Points(body["price_points"]), body["sale_starts_at"], body["sale_ends_at"], body["use_days"])
    return OfferTerms(
        merchant_id=body["merchant_id"],
        kind=body["kind"],
        title=_text(body, "title"),
        terms=_text(body, "terms"),
        face_value_fen=AmountFen(body["face_value_fen"]),
        shares=tuple(Share(share["funder"], AmountFen(share["amount_fen"])) for share in body["funding"]),
        sale=sale,
        store_ids=tuple(body["store_ids"]),
    )
