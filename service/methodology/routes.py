"""Methods in the open: anyone may read every published version and recompute a figure from it."""

from typing import Any

from flask import Response, request

from schemas.methodology import MethodsOut, MethodsQuery, MethodWholeOut
from service.core.http.answers import json_response
from service.core.http.openapi import Blueprint
from service.core.http.requests import language_of
from service.core.paging import Page
from service.core.refusals import InvalidRequest
from service.identity import Caller, Requires
from service.methodology.domain.refusals import MethodNotFound
from service.methodology.operations.list_methods import list_methods
from service.methodology.operations.show_method import show_method
from service.methodology.store.catalogue import Catalogue
from service.methodology.wire import method_wire, whole_method_wire


def blueprints(catalogue: Catalogue, requires: Requires) -> list[Blueprint]:
    """Return the routes of the catalogue."""
    blueprint = Blueprint("methodology", __name__, url_prefix="/v1/public", description="Published methods")

    @blueprint.route("/methods", methods=["GET"])
    @requires("public.methods")
    @blueprint.arguments(MethodsQuery, location="query")
    @blueprint.response(200, MethodsOut)
    @blueprint.refuses(InvalidRequest)
    def read_methods(_caller: Caller, query: dict[str, Any]) -> Response:
        """List the published methods, by id and version."""
        methods, next_after = list_methods(catalogue, Page(**query))
        language = language_of(request)
        rows = [method_wire(method, language) for method in methods]
        return json_response({"methods": rows, "next_after": next_after})

    @blueprint.route("/methods/<method_id>/<int:version>", methods=["GET"])
    @requires("public.methods")
    @blueprint.response(200, MethodWholeOut)
    @blueprint.refuses(MethodNotFound)
    def read_method(_caller: Caller, method_id: str, version: int) -> Response:
        """Show one version: formulas, figures with their sources, checks and worked examples."""
        method = show_method(catalogue, method_id, version)
        return json_response(whole_method_wire(method, language_of(request)))

    return [blueprint]
