"""Settlement over HTTP: operators close days and fetch statements."""

import base64
from datetime import date

from flask import Response
from marshmallow import ValidationError

from schemas.fields import Day
from schemas.settlement import ClosingDoneOut, OneStatementOut
from service.core.context import Context
from service.core.http.answers import json_response
from service.core.http.field_codes import sentence
from service.core.http.openapi import Blueprint
from service.core.refusals import DayNotOver, FieldProblem, InvalidRequest
from service.identity import OperatorCaller, Requires
from service.settlement.domain import StatementNotFound
from service.settlement.operations.close_day import close_day
from service.settlement.operations.fetch_statement_file import fetch_statement_file
from service.settlement.operations.show_statement import show_statement

CSV = "text/csv; charset=utf-8; header=present"
STATEMENT_PATH = "/merchants/<int(signed=True):merchant_id>/statements/<day>"


def blueprints(context: Context, requires: Requires) -> list[Blueprint]:
    """Return the routes of settlement."""
    routes = Blueprint("settlement", __name__, url_prefix="/v1/operator", description="Closings and statements")

    @routes.route("/business-days/<day>/close", methods=["POST"])
    @requires("operator.days.close")
    @routes.response(200, ClosingDoneOut)
    @routes.refuses(InvalidRequest, DayNotOver)
    def post_close(caller: OperatorCaller, day: str) -> Response:
        """Close a business day and draw every merchant's statement; again, it answers the first closing."""
        return json_response(close_day(context, caller, _day(day)))

    @routes.route(STATEMENT_PATH, methods=["GET"])
    @requires("operator.statements.read")
    @routes.response(200, OneStatementOut)
    @routes.refuses(InvalidRequest, StatementNotFound)
    def get_statement(_caller: OperatorCaller, merchant_id: int, day: str) -> Response:
        """Show the summary of a merchant's statement: rows, total and hashes."""
        return json_response(show_statement(context, merchant_id, _day(day)))

    @routes.route(f"{STATEMENT_PATH}/file", methods=["GET"])
    @requires("operator.statements.read")
    @routes.response(200, {"type": "string"}, content_type="text/csv")
    @routes.refuses(InvalidRequest, StatementNotFound)
    def get_statement_file(_caller: OperatorCaller, merchant_id: int, day: str) -> Response:
        """Fetch a merchant's statement as CSV: a header, then one row per verified voucher."""
        asked = _day(day)
        content, digest = fetch_statement_file(context, merchant_id, asked)
        response = Response(content, content_type=CSV)
        response.headers["Content-Disposition"] = (
            f'attachment; filename="statement-{-merchant_id}-{asked.isoformat()}.csv"'
        )
        response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest).decode()}:"
        return response

    return [routes]


def _day(text: str) -> date:
    try:
        day: date = Day().deserialize(text)
    except ValidationError as error:
        code = str(error.messages[0]) if isinstance(error.messages, list) else "BAD_DAY"
        raise InvalidRequest(errors=[FieldProblem("#/day", code, sentence(code))]) from None
    return day
