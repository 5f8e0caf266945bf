"""What citizens see and do: offers, orders, vouchers, the code on the screen."""

from typing import Any

from flask import Response

from schemas.fields import PageQuery
from schemas.rewards import (
    CodeOut,
    OffersOut,
    OneOfferOut,
    OrderDoneOut,
    OrderIn,
    OrdersOut,
    VouchersOut,
)
from service.core.context import Context
from service.core.http.openapi import Blueprint
from service.core.paging import Page
from service.core.refusals import InvalidRequest, NumberReused
from service.core.units import JSON_INTEGER_MAX
from service.identity import Caller, CitizenCaller, Requires
from service.ledger import InsufficientPoints
from service.rewards.domain.refusals import OfferNotFound, OfferNotOnSale, SoldOut
from service.rewards.operations.issue_code import issue_code
from service.rewards.operations.list_offers import list_offers
from service.rewards.operations.list_orders import list_orders
from service.rewards.operations.list_vouchers import list_vouchers
from service.rewards.operations.place_order import place_order
from service.rewards.operations.show_offer import show_offer
from service.rewards.routes.spoken import spoken

CREATED = 201
OFFER_PATH = f"/offers/<int(max={JSON_INTEGER_MAX}):offer_id>"


def blueprint(context: Context, requires: Requires) -> Blueprint:
    """Return the citizens' routes."""
    routes = Blueprint("offers", __name__, url_prefix="/v1", description="Offers, orders and vouchers")
    _offer_routes(routes, context, requires)
    _own_routes(routes, context, requires)
    return routes


def _offer_routes(routes: Blueprint, context: Context, requires: Requires) -> None:
    @routes.route("/offers", methods=["GET"])
    @requires("offers.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, OffersOut)
    @routes.refuses(InvalidRequest)
    def get_offers(_caller: Caller, query: dict[str, Any]) -> Response:
        """List the offers whose sale is not over."""
        return spoken(list_offers(context, Page(**query)))

    @routes.route(OFFER_PATH, methods=["GET"])
    @requires("offers.read")
    @routes.response(200, OneOfferOut)
    @routes.refuses(OfferNotFound)
    def get_offer(_caller: Caller, offer_id: int) -> Response:
        """Show an offer."""
        return spoken(show_offer(context, offer_id))

    @routes.route(f"{OFFER_PATH}/orders", methods=["POST"])
    @requires("orders.write")
    @routes.arguments(OrderIn)
    @routes.response(CREATED, OrderDoneOut)
    @routes.refuses(InvalidRequest, OfferNotFound, OfferNotOnSale, SoldOut, InsufficientPoints, NumberReused)
    def post_order(caller: CitizenCaller, body: dict[str, Any], offer_id: int) -> Response:
        """Order an offer: points become a voucher. The same order_no always gives the same answer."""
        return spoken(place_order(context, caller, offer_id, body["order_no"]), CREATED)


def _own_routes(routes: Blueprint, context: Context, requires: Requires) -> None:
    @routes.route("/me/orders", methods=["GET"])
    @requires("orders.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, OrdersOut)
    @routes.refuses(InvalidRequest)
    def get_orders(caller: CitizenCaller, query: dict[str, Any]) -> Response:
        """List my orders, newest first."""
        return spoken(list_orders(context, caller.citizen_id, Page(**query)))

    @routes.route("/me/vouchers", methods=["GET"])
    @requires("orders.read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, VouchersOut)
    @routes.refuses(InvalidRequest)
    def get_vouchers(caller: CitizenCaller, query: dict[str, Any]) -> Response:
        """List my vouchers, newest first."""
        return spoken(list_vouchers(context, caller.citizen_id, Page(**query)))

    @routes.route("/me/codes", methods=["POST"])
    @requires("codes.write")
    @routes.response(CREATED, CodeOut)
    def post_code(caller: CitizenCaller) -> Response:
        """Get a new code for my screen: it works once, within a minute."""
        return spoken(issue_code(context, caller.citizen_id), CREATED)
