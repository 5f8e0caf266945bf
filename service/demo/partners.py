"""The four data partners and the form in which each writes its rides."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from service.core.clock import rfc3339
from service.core.texts import Text
from service.demo.people import BIKE, BUS, EBIKE, METRO
from service.demo.places import degrees_text
from service.demo.rides import EVIDENCE, Ride

FIELDS = (
    "event_no", "op", "subject_token", "activity_type", "started_at", "ended_at", "distance_m",
    "start_lng", "start_lat", "end_lng", "end_lat", "vehicle_no", "evidence",
)  # fmt: skip

Record = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Partner:
    """One company that reports rides."""

    code: str
    name: Text
    activity_type: str
    format: str
    compression: str


PARTNERS = (
    Partner("demo-metro", Text("【演示】昆明地铁", "DEMO Kunming Metro"), METRO, "ndjson", "none"),
    Partner("demo-bus", Text("【演示】昆明公交", "DEMO Kunming Bus"), BUS, "csv", "gzip"),
    Partner("demo-bike", Text("【演示】共享单车", "DEMO Shared Bikes"), BIKE, "csv", "none"),
    Partner("demo-ebike", Text("【演示】共享电单车", "DEMO Shared E-bikes"), EBIKE, "ndjson", "gzip"),
)


def record_of(ride: Ride, event_no: str) -> dict[str, str | int]:
    """Return the ride as the partner's columns."""
    return {
        "event_no": event_no,
        "op": "new",
        "subject_token": ride.subject_token,
        "activity_type": ride.activity_type,
        "started_at": rfc3339(ride.started_at),
        "ended_at": rfc3339(ride.ended_at),
        "distance_m": ride.distance_m,
        "start_lng": degrees_text(ride.start.lng_microdegrees),
        "start_lat": degrees_text(ride.start.lat_microdegrees),
        "end_lng": degrees_text(ride.end.lng_microdegrees),
        "end_lat": degrees_text(ride.end.lat_microdegrees),
        "vehicle_no": ride.vehicle_no,
        "evidence": EVIDENCE[ride.activity_type],
    }


def write_line(partner: Partner, record: Record, encoding: str = "utf-8") -> bytes:
    """Return one data line without its end; every key of the record is written, known or not."""
    if partner.format == "csv":
        return ",".join(str(value) for value in record.values()).encode(encoding)
    return orjson.dumps({name: value for name, value in record.items() if value != ""}).decode().encode(encoding)


def write_file(partner: Partner, lines: Sequence[bytes]) -> bytes:
    """Return the file as it is sent; the same lines always give the same bytes."""
    head: Iterable[bytes] = (",".join(FIELDS).encode(),) if partner.format == "csv" else ()
    content = b"".join(line + b"\n" for line in (*head, *lines))
    return gzip.compress(content, mtime=0) if partner.compression == "gzip" else content
