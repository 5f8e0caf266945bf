"""Arranges partners and batches: everything goes through the doors a partner has."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from service import activities, methodology
from service.activities.domain.reading import FIELDS, OPTIONAL_FIELDS
from service.core.context import Context
from tests.identity import world
from tests.identity.world import said

Ride = dict[str, Any]
TYPES = ("metro_trip", "bus_trip", "shared_bike_trip", "shared_ebike_trip")


def ride(n: int = 1, **changes: object) -> Ride:
    """Return the n-th e-bike ride: 3 km in 12 minutes, 185,400 mg, begun n minutes after eight."""
    made = {
        "event_no": f"E-{n:06d}",
        "op": "new",
        "subject_token": "rider-1",
        "activity_type": "shared_ebike_trip",
        "started_at": f"2026-11-19T{8 + n // 60:02d}:{n % 60:02d}:00+08:00",
        "ended_at": f"2026-11-19T{8 + (n + 12) // 60:02d}:{(n + 12) % 60:02d}:00+08:00",
        "distance_m": 3000,
        "evidence": "operator_order",
    }
    return {**made, **changes}


def csv_line(ride: Ride, columns: Sequence[str]) -> str:
    return ",".join("" if ride.get(name) is None else str(ride[name]) for name in columns)


def csv_columns(rides: Iterable[Ride]) -> list[str]:
    used = {name for ride in rides for name in ride}
    return [name for name in FIELDS if name not in OPTIONAL_FIELDS or name in used]


def csv_file(rides: Sequence[Ride]) -> bytes:
    columns = csv_columns(rides)
    return "".join(f"{line}\n" for line in [",".join(columns), *(csv_line(r, columns) for r in rides)]).encode()


def ndjson_file(rides: Sequence[Ride]) -> bytes:
    return b"".join(json.dumps(ride).encode() + b"\n" for ride in rides)


def distance_sum(rides: Iterable[Ride]) -> int:
    return sum(ride["distance_m"] for ride in rides if isinstance(ride.get("distance_m"), int))


@dataclass
class Delivery:
    """A file and what its manifest says of it; change a field to make the manifest lie."""

    content: bytes
    lines: int
    distance_m: int
    format: str = "csv"
    compression: str = "none"
    parts: int = 1

    def split(self) -> list[bytes]:
        size = -(-len(self.content) // self.parts)
        return [self.content[start : start + size] for start in range(0, len(self.content), size)]


def delivery(rides: Sequence[Ride], form: str = "csv", compression: str = "none", parts: int = 1) -> Delivery:
    content = csv_file(rides) if form == "csv" else ndjson_file(rides)
    if compression == "gzip":
        content = gzip.compress(content, mtime=0)
    return Delivery(content, len(rides), distance_sum(rides), form, compression, parts)


class Partner:
    """A registered data partner that keeps its own sequence of batches."""

    def __init__(self, app: Flask, context: Context, catalogue: methodology.Catalogue) -> None:
        self.app, self.context, self.catalogue = app, context, catalogue
        self.client = world.machine(app, context)
        self.seq = 0
        self.prev_digest: str | None = None
        self.partner_id = 0

    def register(self, operator: world.OperatorClient, code: str = "green-wheels", **changes: object) -> "Partner":
        answer = operator.post("/v1/operator/partners", json=self.registration(code, **changes))
        assert answer.status_code == 201, said(answer)
        self.partner_id = said(answer)["partner"]["partner_id"]
        return self

    def registration(self, code: str, **changes: object) -> dict[str, Any]:
        body = {
            "request_no": f"R-{code}",
            "code": code,
            "name_zh": "青轮出行",
            "name_en": "Green Wheels",
            "activity_types": list(TYPES),
            "public_key": self.client.jwk,
        }
        return {**body, **changes}

    def manifest(self, batch_no: str, file: Delivery, **changes: object) -> dict[str, Any]:
        body = {
            "batch_no": batch_no,
            "period": "2026-11-19",
            "seq": self.seq + 1,
            "prev_digest": self.prev_digest,
            "format": file.format,
            "compression": file.compression,
            "bytes": len(file.content),
            "sha256": sha256(file.content).hexdigest(),
            "lines": file.lines,
            "sums": {"distance_m": file.distance_m},
            "parts": file.parts,
        }
        return {**body, **changes}

    def announce(self, batch_no: str, file: Delivery, **changes: object) -> TestResponse:
        body = self.manifest(batch_no, file, **changes)
        answer = self.client.post("/v1/partner/batches", json=body)
        if answer.status_code == 201 and not said(answer)["replayed"]:
            self.seq, self.prev_digest = body["seq"], body["sha256"]
        return answer

    def put(self, batch_no: str, part_no: int, content: bytes) -> TestResponse:
        return self.client.put(f"/v1/partner/batches/{batch_no}/parts/{part_no}", body=content)

    def complete(self, batch_no: str) -> TestResponse:
        return self.client.post(f"/v1/partner/batches/{batch_no}/complete")

    def upload(self, batch_no: str, file: Delivery, **changes: object) -> None:
        assert self.announce(batch_no, file, **changes).status_code == 201
        for part_no, content in enumerate(file.split(), start=1):
            answer = self.put(batch_no, part_no, content)
            assert answer.status_code == 200, said(answer)
        answer = self.complete(batch_no)
        assert answer.status_code == 202, said(answer)

    def process(self, chunk_lines: int = 5_000) -> None:
        while activities.process_batch(self.context, self.catalogue, chunk_lines=chunk_lines):
            pass

    def deliver(self, batch_no: str, rides: Sequence[Ride] | Delivery, chunk_lines: int = 5_000) -> dict[str, Any]:
        """Upload and process a batch; returns it as the partner reads it afterwards."""
        self.upload(batch_no, rides if isinstance(rides, Delivery) else delivery(rides))
        self.process(chunk_lines)
        return self.batch(batch_no)

    def batch(self, batch_no: str) -> dict[str, Any]:
        found: dict[str, Any] = said(self.client.get(f"/v1/partner/batches/{batch_no}"))["batch"]
        return found

    def outcome(self, batch_no: str) -> dict[str, Any]:
        """Return state, refusal and the counts by outcome or reason."""
        found = self.batch(batch_no)
        reasons = {reason["code"]: reason["lines"] for reason in found["reasons"]}
        refusal = found["refusal"]
        return {
            "state": found["state"],
            "refusal": None if refusal is None else (refusal["code"], refusal["pointer"]),
            "accepted": found["counts"]["accepted"],
            **reasons,
        }

    def results(self, batch_no: str) -> list[dict[str, Any]]:
        target = f"/v1/partner/batches/{batch_no}/results?limit=500"
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = said(self.client.get(f"{target}{after}", headers={"Accept-Language": "en"}))
            found += page["results"]
            if page["next_after"] is None:
                return found
            after = f"&after={page['next_after']}"

    def verdicts(self, batch_no: str) -> list[tuple[str | None, str | None]]:
        """Return code and pointer of every line; ``(None, None)`` was accepted."""
        return [(line["code"], line["pointer"]) for line in self.results(batch_no)]


BOOKS = {
    "activities": """
        SELECT count(*), coalesce(sum(reduction_mg), 0)::bigint, coalesce(sum(points), 0)::bigint FROM activity
    """,
    "events": "SELECT count(*) FROM reported_event",
    "acts": "SELECT count(*) FROM credited_act",
    "lines": "SELECT count(*) FROM batch_line",
    "transfers": "SELECT count(*) FROM transfer",
    "wallets": """
        SELECT coalesce(sum(provisional_mg + creditable_mg + incentive_mg), 0)::bigint,
            coalesce(sum(active_points), 0)::bigint FROM wallet
    """,
}
EMPTY_BOOKS: Mapping[str, tuple[int, ...]] = {
    "activities": (0, 0, 0),
    "events": (0,),
    "acts": (0,),
    "lines": (0,),
    "transfers": (0,),
    "wallets": (0, 0),
}


def books(context: Context) -> dict[str, tuple[int, ...]]:
    """Return what all the tables hold, as totals."""
    with context.open_session() as session:
        connection = session.connection()
        return {name: tuple(connection.exec_driver_sql(sql).one()) for name, sql in BOOKS.items()}


@contextmanager
def undone(context: Context) -> Iterator[None]:
    """Take back what happens inside, so that one test can try many things on the same books."""
    with context.open_session() as session:
        inner = session.connection().begin_nested()
        yield
        inner.rollback()
