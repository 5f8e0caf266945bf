"""The one module that knows flask-smorest: strict parsing in, a truthful OpenAPI 3.1 document out."""

import functools
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar, cast

import flask_smorest  # noqa: TID251 - this is that module
import orjson
from flask import Flask, Request, request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.routing import IntegerConverter, UnicodeConverter

from schemas.problems import ProblemOut
from service.core.http.answers import JSON, PROBLEM_JSON
from service.core.http.field_codes import sentence
from service.core.refusals import (
    BodyTooLarge,
    FieldProblem,
    InvalidRequest,
    MalformedJson,
    Refusal,
    WrongMediaType,
)

JSON_BODY_BYTES_MAX = 1_048_576
QUERY_READ = "tanhui.query_read"
View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Refuses unknown fields in every location, other media types, and anything that is not JSON."""

    # None leaves it to the schema, and every schema of ours raises.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION)
    DEFAULT_VALIDATION_STATUS = InvalidRequest.status

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002, ANN401 - webargs' signature
        """Read a JSON body.

        Raises:
            WrongMediaType: The body is declared as something else.
            BodyTooLarge: It is larger than any JSON body of ours.
            MalformedJson: It is not JSON in UTF-8.
        """
        if not req.is_json:
            raise WrongMediaType(expected=JSON)
        body = req.get_data(cache=True)
        if len(body) > JSON_BODY_BYTES_MAX:
            raise BodyTooLarge(limit_bytes=JSON_BODY_BYTES_MAX)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise MalformedJson from None

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - webargs' signature
        """Read a query.

        Raises:
            InvalidRequest: A field was sent twice, so nobody can tell which of the two is meant.
        """
        req.environ[QUERY_READ] = True
        twice = [_field_problem(name, "REPEATED_FIELD") for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise InvalidRequest(errors=twice)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002 - webargs' signature
        schema: Schema,  # noqa: ARG002 - webargs' signature
        *,
        error_status_code: int | None,  # noqa: ARG002 - webargs' signature
        error_headers: Mapping[str, str] | None,  # noqa: ARG002 - webargs' signature
    ) -> NoReturn:
        """Turn marshmallow's nested messages into pointers and codes."""
        raise InvalidRequest(errors=list(field_problems(error.messages)))


def field_problems(messages: object) -> Iterator[FieldProblem]:
    """Yield one problem per refused field; ``messages`` is webargs' ``{location: {field: ...}}``."""
    if isinstance(messages, Mapping):
        for found in messages.values():
            yield from _walk(found, "#")


def _walk(found: object, pointer: str) -> Iterator[FieldProblem]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            deeper = pointer if key == "_schema" else f"{pointer}/{_escape(str(key))}"
            yield from _walk(inner, deeper)
    elif isinstance(found, list):
        for code in found:
            yield FieldProblem(pointer, str(code), sentence(str(code)))


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A group of routes of one context."""

    ARGUMENTS_PARSER = StrictParser()

    def response(self, *args: Any, **kwargs: Any) -> Callable[[View], View]:  # noqa: ANN401 - as its parent has it
        """Document the answer of a route, which reads nothing but what it has declared."""
        document_it = super().response(*args, **kwargs)

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def strict(*values: object, **named: object) -> object:
                _refuse_unread_query()
                return view(*values, **named)

            return cast("View", document_it(strict))

        return decorate

    def refuses(self, *kinds: type[Refusal]) -> Callable[[View], View]:
        """Document the refusals of a route; those that share a status share one response."""
        by_status: dict[int, list[type[Refusal]]] = {}
        for kind in kinds:
            by_status.setdefault(kind.status, []).append(kind)

        def decorate(view: View) -> View:
            for status, group in sorted(by_status.items()):
                lines = [f"`{kind.code}`: {kind.title.zh} / {kind.title.en}" for kind in group]
                view = self.alt_response(
                    status, schema=ProblemOut, content_type=PROBLEM_JSON, description="\n".join(lines)
                )(view)
            return view

        return decorate


class PathNumber(IntegerConverter):
    """A whole number in a path that every BIGINT column can hold; more digits are no address of ours."""

    regex = r"[0-9]{1,16}"


class PathText(UnicodeConverter):
    """One segment of a path, without the NUL that PostgreSQL's text cannot hold."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - werkzeug's signature
        super().__init__(*args, **kwargs)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def _refuse_unread_query() -> None:
    """Refuse a query that no schema of the route has read; runs when the caller is admitted."""
    if request.query_string and QUERY_READ not in request.environ:
        raise InvalidRequest(errors=[_field_problem(name, "UNKNOWN_FIELD") for name in request.args])


def _field_problem(name: str, code: str) -> FieldProblem:
    return FieldProblem(f"#/{_escape(name)}", code, sentence(code))


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest ships no types
    """The document and the registry of blueprints; error bodies are ours alone."""

    ERROR_SCHEMA = ProblemOut

    def _register_error_handlers(self) -> None:
        """Leave error bodies to service.core.http.problems."""


def build_api(app: Flask, *, title: str, version: str) -> Api:
    """Attach the API to ``app``; blueprints are registered on what this returns."""
    app.url_map.converters.update(int=PathNumber, default=PathText, string=PathText)
    app.config.update(API_TITLE=title, API_VERSION=version, OPENAPI_VERSION="3.1.0")
    return Api(app)


def document(api: Api) -> dict[str, Any]:
    """Return the OpenAPI document, with every error as problem+json."""
    spec: dict[str, Any] = api.spec.to_dict()
    for response in spec.get("components", {}).get("responses", {}).values():
        content = response.get("content", {})
        if JSON in content:
            content[PROBLEM_JSON] = content.pop(JSON)
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict):
                _name_the_default(operation)
    return spec


def _name_the_default(operation: dict[str, Any]) -> None:
    responses = operation.get("responses", {})
    named = {HTTPStatus(InvalidRequest.status).name, "UNPROCESSABLE_ENTITY"}
    for status, response in list(responses.items()):
        if isinstance(response, dict) and response.get("$ref", "").rsplit("/", 1)[-1] in named:
            responses[status] = {"$ref": "#/components/responses/DEFAULT_ERROR"}
