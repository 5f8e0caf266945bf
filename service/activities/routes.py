"""Activities over HTTP: partners for operators, batches for partners, activities for citizens."""

from typing import Any
from uuid import UUID

from flask import Response, request

from schemas.activities import (
    ActivitiesOut,
    ActivityWholeOut,
    BatchLinesOut,
    BatchOut,
    BatchPartOut,
    BatchProgressOut,
    ManifestIn,
    PartnerIn,
    PartnerOut,
    PartnersOut,
)
from schemas.fields import PageQuery
from service import methodology
from service.activities.domain import refusals
from service.activities.domain.batches import Manifest
from service.activities.operations.complete_batch import complete_batch
from service.activities.operations.list_activities import list_activities
from service.activities.operations.list_partners import list_partners
from service.activities.operations.list_results import list_results
from service.activities.operations.register_batch import register_batch
from service.activities.operations.register_partner import PartnerAsked, register_partner
from service.activities.operations.show_activity import show_activity
from service.activities.operations.show_batch import show_batch
from service.activities.operations.store_part import store_part
from service.activities.wire import activity_wire, explained_wire, line_wire, partner_wire, progress_wire
from service.core.context import Context
from service.core.http.answers import json_response
from service.core.http.openapi import Blueprint
from service.core.http.requests import language_of
from service.core.paging import Page
from service.core.refusals import BodyTooLarge, InvalidRequest, NumberReused
from service.core.texts import Text
from service.identity import (
    CitizenCaller,
    KeyAlreadyRegistered,
    KeyNotUsable,
    MachineCaller,
    OperatorCaller,
    RequestReplayed,
    Requires,
)


def blueprints(context: Context, requires: Requires, catalogue: methodology.Catalogue) -> list[Blueprint]:
    """Return the routes of activities."""
    return [
        _partner_blueprint(context, requires),
        _batch_blueprint(context, requires),
        _activity_blueprint(context, requires, catalogue),
    ]


def _partner_blueprint(context: Context, requires: Requires) -> Blueprint:
    blueprint = Blueprint("partners", __name__, url_prefix="/v1/operator", description="Data partners")

    @blueprint.route("/partners", methods=["POST"])
    @requires("operator.partners.write")
    @blueprint.arguments(PartnerIn)
    @blueprint.response(201, PartnerOut)
    @blueprint.refuses(
        InvalidRequest,
        KeyNotUsable,
        KeyAlreadyRegistered,
        NumberReused,
        refusals.PartnerCodeTaken,
        refusals.ProgrammeNotFound,
    )
    def create_partner(caller: OperatorCaller, body: dict[str, Any]) -> Response:
        """Register a data partner with its public key."""
        asked = PartnerAsked(
            request_no=body["request_no"],
            code=body["code"],
            name=Text(body["name_zh"], body["name_en"]),
            programme_code=body["programme_code"],
            activity_types=tuple(body["activity_types"]),
            public_key=body["public_key"],
        )
        return json_response(register_partner(context, caller, asked), 201)

    @blueprint.route("/partners", methods=["GET"])
    @requires("operator.partners.read")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, PartnersOut)
    @blueprint.refuses(InvalidRequest)
    def read_partners(_caller: OperatorCaller, query: dict[str, Any]) -> Response:
        """List the data partners."""
        partners, next_after = list_partners(context, Page(**query))
        rows = [partner_wire(partner) for partner in partners]
        return json_response({"partners": rows, "next_after": next_after})

    return blueprint


def _batch_blueprint(context: Context, requires: Requires) -> Blueprint:
    blueprint = Blueprint("batches", __name__, url_prefix="/v1/partner", description="Batches of records")

    @blueprint.route("/batches", methods=["POST"])
    @requires("partner.batches.write")
    @blueprint.arguments(ManifestIn)
    @blueprint.response(201, BatchOut)
    @blueprint.refuses(InvalidRequest, NumberReused, RequestReplayed, refusals.BatchSequenceBroken)
    def create_batch(caller: MachineCaller, body: dict[str, Any]) -> Response:
        """Register a batch by its manifest."""
        return json_response(register_batch(context, caller, _manifest(body)), 201)

    @blueprint.route("/batches/<batch_no>/parts/<int:part_no>", methods=["PUT"])
    @requires("partner.batches.write")
    @blueprint.response(200, BatchPartOut)
    @blueprint.refuses(
        RequestReplayed,
        BodyTooLarge,
        refusals.BatchNotFound,
        refusals.BatchNotReceiving,
        refusals.PartNotDeclared,
        refusals.PartEmpty,
        refusals.PartTooLarge,
    )
    def put_part(caller: MachineCaller, batch_no: str, part_no: int) -> Response:
        """Upload one part of the file, as raw bytes."""
        content = request.get_data(cache=True)
        return json_response(store_part(context, caller, (batch_no, part_no), content))

    @blueprint.route("/batches/<batch_no>/complete", methods=["POST"])
    @requires("partner.batches.write")
    @blueprint.response(202, BatchOut)
    @blueprint.refuses(
        RequestReplayed,
        refusals.BatchNotFound,
        refusals.BatchPartsMissing,
        refusals.BatchSizeDiffers,
        refusals.BatchDigestDiffers,
    )
    def finish_upload(caller: MachineCaller, batch_no: str) -> Response:
        """Say that all parts are there; size and digest are verified, then the lines are processed."""
        return json_response(complete_batch(context, caller, batch_no), 202)

    @blueprint.route("/batches/<batch_no>", methods=["GET"])
    @requires("partner.batches.read")
    @blueprint.response(200, BatchProgressOut)
    @blueprint.refuses(RequestReplayed, refusals.BatchNotFound)
    def read_batch(caller: MachineCaller, batch_no: str) -> Response:
        """Show how far a batch has come, with its lines counted by outcome and reason."""
        batch, tallies = show_batch(context, caller, batch_no)
        return json_response(progress_wire(batch, tallies, language_of(request)))

    @blueprint.route("/batches/<batch_no>/results", methods=["GET"])
    @requires("partner.batches.read")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, BatchLinesOut)
    @blueprint.refuses(InvalidRequest, RequestReplayed, refusals.BatchNotFound)
    def read_results(caller: MachineCaller, query: dict[str, Any], batch_no: str) -> Response:
        """List what became of each line."""
        results, next_after = list_results(context, caller, batch_no, Page(**query))
        language = language_of(request)
        rows = [line_wire(result, language) for result in results]
        return json_response({"results": rows, "next_after": next_after})

    return blueprint


def _manifest(body: dict[str, Any]) -> Manifest:
    prev_digest = body["prev_digest"]
    return Manifest(
        batch_no=body["batch_no"],
        period=body["period"],
        seq=body["seq"],
        prev_digest=None if prev_digest is None else bytes.fromhex(prev_digest),
        format=body["format"],
        compression=body["compression"],
        file_bytes=body["bytes"],
        sha256=bytes.fromhex(body["sha256"]),
        lines=body["lines"],
        distance_m_sum=body["sums"]["distance_m"],
        parts=body["parts"],
    )


def _activity_blueprint(context: Context, requires: Requires, catalogue: methodology.Catalogue) -> Blueprint:
    blueprint = Blueprint("activities", __name__, url_prefix="/v1", description="Low-carbon activities")

    @blueprint.route("/me/activities", methods=["GET"])
    @requires("activities.read")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, ActivitiesOut)
    @blueprint.refuses(InvalidRequest)
    def read_activities(caller: CitizenCaller, query: dict[str, Any]) -> Response:
        """List my activities, the last recorded first."""
        found, next_after = list_activities(context, caller.citizen_id, Page(**query))
        language = language_of(request)
        rows = [activity_wire(activity, partner, language) for activity, partner in found]
        return json_response({"activities": rows, "next_after": next_after})

    @blueprint.route("/me/activities/<uuid:activity_id>", methods=["GET"])
    @requires("activities.read")
    @blueprint.response(200, ActivityWholeOut)
    @blueprint.refuses(refusals.ActivityNotFound)
    def read_activity(caller: CitizenCaller, activity_id: UUID) -> Response:
        """Explain one of my activities: method, steps with their sources, and the points rule."""
        explained = show_activity(context, catalogue, caller.citizen_id, activity_id)
        return json_response(explained_wire(explained, language_of(request)))

    return blueprint
