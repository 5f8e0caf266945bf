"""A stranger at the API: who may call, what a well-formed request looks like, and how every answer is judged."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, get_args
from urllib.parse import parse_qsl, unquote_to_bytes

import orjson
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from service import identity
from service.core.context import Context
from service.core.texts import Language
from service.identity.authentication import OPERATOR_COOKIE
from service.wire import openapi_document
from tests.activities.intake import undone
from tests.contract.test_permissions import doors
from tests.identity import world
from tests.ledger.bookings import Books

PROBLEM = "application/problem+json"
WRITES = frozenset({"POST", "PUT", "DELETE"})
COUNTERS = frozenset({"spent_proof", "attempt_count", "sign_in_code", "terminal_typing", "signing_key"})
"""What a refused request may leave behind: an attempt was counted, a proof was spent, our own key was made."""

FILE = b"event_no\n"
ANYBODYS_UUID = "01a1f640-bc00-7add-b94f-b38f84f20a88"


@dataclass(frozen=True)
class Operation:
    """One verb of one path of the OpenAPI document, and the callers whom the permission table admits."""

    verb: str
    path: str
    callers: tuple[str, ...]
    places: tuple[str, ...]
    """Names of the parameters in the path."""
    body: Mapping[str, Any] | None
    """The schema of the JSON body."""


@dataclass(frozen=True)
class Asked:
    """A request as it goes over the line; ``caller`` signs or authenticates it."""

    operation: Operation
    caller: str
    target: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    unsaid: frozenset[str] = frozenset()
    """Headers that the caller would send and that are left out or replaced."""


def operations(app: Flask) -> list[Operation]:
    """Return every operation of the application's own document."""
    document = openapi_document(app)
    guarded = {(door.verb, _openapi_path(door.rule.rule)): door.permission for door in doors(app)}
    return [
        _operation(verb.upper(), path, described, document, guarded[verb.upper(), path])
        for path, verbs in document["paths"].items()
        for verb, described in verbs.items()
        if verb != "parameters"
    ]


def _openapi_path(rule: str) -> str:
    return "/".join(
        "{" + part.strip("<>").rpartition(":")[2] + "}" if part.startswith("<") else part
        for part in rule.split("/")
    )


def _operation(
    verb: str, path: str, described: Mapping[str, Any], document: Mapping[str, Any], row: identity.Permission
) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    return Operation(
        verb=verb,
        path=path,
        callers=tuple(sorted(row.holders)),
        places=tuple(part[1:-1] for part in path.split("/") if part.startswith("{")),
        body=None if body is None else resolved(body, document),
    )


def resolved(schema: Any, document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema with every reference written out."""
    if isinstance(schema, list):
        return [resolved(one, document) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    return {name: resolved(one, document) for name, one in schema.items()}


@dataclass
class Town:
    """Every kind of caller, and things of theirs to point at."""

    app: Flask
    context: Context
    callers: dict[str, world.Client] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """Cookies of the operators, who may sign out and are signed in again."""
    things: dict[str, Any] = field(default_factory=dict)
    """What a body names."""
    places: dict[str, Any] = field(default_factory=dict)
    """What a path names."""
    tables: tuple[str, ...] = ()

    def build(self) -> "Town":
        """Let everybody sign in, and make a shop, an offer, a partner and a batch by the front door."""
        app, context = self.app, self.context
        self.callers = {f"operator:{role}": world.operator(app, context, role) for role in identity.OPERATOR_ROLES}
        partner, terminal = world.machine(app, context), world.machine(app, context)
        citizen = world.citizen(app, context)
        self.callers |= {
            "anyone": world.visitor(app, context),
            "citizen": citizen,
            "partner": partner,
            "terminal": terminal,
        }
        Books(context).earn(citizen.citizen_id, points=1_000)
        self.sessions = {
            name: one.client.get_cookie(OPERATOR_COOKIE).value  # type: ignore[union-attr]  # it is signed in
            for name, one in self.callers.items()
            if isinstance(one, world.OperatorClient)
        }
        self.things = {
            "public_key": world.machine(app, context).jwk,
            "phone": "+8613800000001",
            "version": "2026-11",
            "ticket": partner.ticket("rider-1"),
            "activity_types": ["metro_trip"],
            "programme_code": "kunming",
            "prev_digest": None,
            "sha256": sha256(FILE).hexdigest(),
            "bytes": len(FILE),
            "parts": 1,
            "sale_starts_at": "2026-11-20T08:00:00+08:00",
            "sale_ends_at": "2026-12-20T08:00:00+08:00",
            "face_value_fen": 1,
            "binding_id": ANYBODYS_UUID,
            "activity_id": ANYBODYS_UUID,
            "day": "2026-11-19",
            "method_id": "kunming-metro",
            "verify_no": "V-1",
            "batch_no": "B-1",
            "part_no": "1",
        }
        self._open_shop(terminal)
        self._announce_batch(partner)
        self.tables = self._every_table()
        return self

    def _open_shop(self, terminal: world.MachineClient) -> None:
        self._made("merchants", "merchant", {"code": "first"})
        self._made("stores", "store", {"code": "first"})
        self._made("terminals", "terminal", {"public_key": terminal.jwk, "code": "first"})
        self.things["store_ids"] = [self.things["store_id"]]
        self._made("offers", "offer", {})

    def _announce_batch(self, partner: world.MachineClient) -> None:
        self._made("partners", "partner", {"public_key": partner.jwk, "code": "km-metro"})
        manifest = {**self.sample_of("/v1/partner/batches"), "seq": 1}
        assert partner.post("/v1/partner/batches", json=manifest).status_code == 201
        self.things |= {"batch_no": "B-2", "seq": 2, "prev_digest": manifest["sha256"], "manifest": manifest}
        self.places = {**self.things, "batch_no": "B-1", "code": "INVALID_REQUEST"}

    def _made(self, kind: str, name: str, changes: Mapping[str, object]) -> None:
        asked = {**self.sample_of(f"/v1/operator/{kind}"), "request_no": "first", **changes}
        answer = self.callers["operator:system"].post(f"/v1/operator/{kind}", json=asked)
        assert answer.status_code == 201, answer.text
        self.things[f"{name}_id"] = world.said(answer)[name][f"{name}_id"]

    def sample_of(self, path: str) -> dict[str, Any]:
        """Return the sample of what a path takes."""
        (schema,) = (one.body for one in operations(self.app) if (one.verb, one.path) == ("POST", path))
        assert schema is not None
        return dict(self.sample(schema))

    def sample(self, schema: Mapping[str, Any], name: str = "") -> Any:  # noqa: ANN401 - any JSON value
        """Return a value that the schema describes and that the town knows, if it knows one of this name."""
        if name in self.things:
            return self.things[name]
        if "properties" in schema:
            properties = schema["properties"].items()
            asked = [(key, one) for key, one in properties if key in schema.get("required", ())]
            return {key: self.sample(one, key) for key, one in asked}
        if "enum" in schema:
            return schema["enum"][0]
        if "items" in schema:
            return [self.sample(schema["items"]) for _ in range(max(1, schema.get("minItems", 1)))]
        return self._plain_sample(schema)

    def _plain_sample(self, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
        kinds = schema.get("type")
        if "integer" in (kinds or ()):
            return max(1, schema.get("minimum", 1))
        if "boolean" in (kinds or ()):
            return True
        formats = {"date-time": "2026-11-20T10:00:00+08:00", "date": "2026-11-19", "uuid": ANYBODYS_UUID}
        return formats.get(schema.get("format", ""), PATTERNS.get(schema.get("pattern", ""), "good-text"))

    def _every_table(self) -> tuple[str, ...]:
        with self.context.open_session() as session:
            found = session.connection().exec_driver_sql(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            return tuple(row[0] for row in found if row[0] not in COUNTERS | {"alembic_version"})

    def contents(self) -> dict[str, tuple[int, int]]:
        """Return how many rows every table has, and a sum over all that they say."""
        each = " UNION ALL ".join(
            f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)), 0)::bigint FROM {table} t"
            for table in self.tables
        )
        with self.context.open_session() as session:
            return {row[0]: (row[1], row[2]) for row in session.connection().exec_driver_sql(each)}

    def answer(self, asked: Asked) -> TestResponse:
        """Send a request just as it stands, as a server would hand it in."""
        someone = self.callers[asked.caller]
        if asked.caller in self.sessions:
            someone.client.set_cookie(OPERATOR_COOKIE, self.sessions[asked.caller], domain="localhost")
        verb = asked.operation.verb
        given = someone.credentials(verb, asked.target, asked.body)
        if asked.operation.body is not None:
            given["Content-Type"] = "application/json"
        headers = Headers([(name, value) for name, value in given.items() if name not in asked.unsaid])
        headers.extend(asked.headers)
        path, _, query = asked.target.partition("?")
        line = {
            "RAW_URI": asked.target,
            "REQUEST_URI": asked.target,
            "PATH_INFO": unquote_to_bytes(path.encode()).decode("latin-1"),
            "QUERY_STRING": query.encode().decode("latin-1"),
            **_sent_twice(asked.headers),
        }
        sent = EnvironBuilder("/", method=verb, headers=headers, data=asked.body, environ_overrides=line)
        return someone.client.open(sent)

    def prove(self, asked: Asked) -> None:
        """Send a request and judge its answer; the town is afterwards as it was before."""
        with undone(self.context):
            before = self.contents() if asked.operation.verb in WRITES else {}
            answer = self.answer(asked)
            assert answer.status_code < 500, (asked, answer.text)
            if answer.status_code >= 400:
                self.judge(asked, answer)
                if before:
                    assert self.contents() == before, asked
            elif asked.operation.verb in WRITES and answer.status_code not in {204, 308}:
                assert world.said(answer)["outcome"] == "done", asked

    def judge(self, asked: Asked, answer: TestResponse) -> None:
        """Hold a refusal against everything a refusal promises."""
        assert answer.content_type == PROBLEM, (asked, answer.text)
        body = world.said(answer)
        language = answer.headers["Content-Language"]
        assert language in get_args(Language)
        explained = self.app.test_client().get(f"/problems/{body['code']}", headers={"Accept-Language": language})
        assert explained.status_code == 200, (asked, body)
        meaning = world.said(explained)
        assert (body["status"], body["code"], body["title"]) == (
            answer.status_code,
            meaning["code"],
            meaning["title"],
        )
        assert body["request_id"] == answer.headers["Request-Id"]
        assert body.get("outcome") == ("none" if asked.operation.verb in WRITES else None), (asked, body)
        told = [body["detail"], *(error["detail"] for error in body.get("errors", []))]
        assert all(_is_chinese(sentence) == (language == "zh-CN") for sentence in told), (asked, body)
        for error in body.get("errors", []):
            assert error["code"].replace("_", "").isalnum(), (asked, error)
            assert error["code"].isupper(), (asked, error)
            assert self._points_into(asked, error), (asked, error)

    def _points_into(self, asked: Asked, error: Mapping[str, str]) -> bool:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in error["pointer"].split("/")[1:]]
        return any(_reaches(parts, place, error["code"]) for place in self._pointed_at(asked))

    def _pointed_at(self, asked: Asked) -> Iterator[object]:
        """Yield what a pointer may mean: the body, the query, the path, or the manifest that was sent before."""
        with suppress(orjson.JSONDecodeError):
            yield orjson.loads(asked.body)
        query = parse_qsl(asked.target.partition("?")[2], keep_blank_values=True, errors="replace")
        yield dict.fromkeys([*asked.operation.places, *(name for name, _ in query)])
        yield self.things["manifest"]


PATTERNS = {
    "^(?:[0-9]{6})$": "000000",
    "^(?:[0-9a-f]{64})$": "0" * 64,
    "^(?:(tanhui:holder:)?[0-9]{13})$": "0000000000000",
    "^(?:[A-Za-z0-9_-]{20,128})$": "A" * 40,
}


def _reaches(parts: Sequence[str], place: Any, code: str) -> bool:  # noqa: ANN401 - any JSON value
    for depth, part in enumerate(parts):
        if isinstance(place, dict) and part in place:
            place = place[part]
        elif isinstance(place, list) and part.isdigit() and int(part) < len(place):
            place = place[int(part)]
        else:
            return code == "MISSING_FIELD" and isinstance(place, dict) and depth == len(parts) - 1
    return True


def _sent_twice(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return repeated headers as a WSGI server joins them."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return {key: value for key, value in joined.items() if "," in value}


def _is_chinese(sentence: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in sentence)
