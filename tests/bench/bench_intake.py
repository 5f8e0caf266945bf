"""A partner's file from upload to booked points, against COPY of the rows that result into the same tables."""

import gzip
import statistics
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

import psycopg

from service import activities, boot, identity
from service.activities.domain.batches import PART_BYTES_MAX, Manifest
from service.activities.operations.complete_batch import complete_batch
from service.activities.operations.register_batch import register_batch
from service.activities.operations.store_part import store_part
from service.core.clock import SHANGHAI
from service.core.context import Context
from tests.bench.database import BenchDatabase, bench_database
from tests.bench.figures import Figure

CITIZENS = 50_000
PARTNER_ID = 1
HEADER = (
    "event_no,op,subject_token,activity_type,started_at,ended_at,distance_m,evidence,"
    "start_lng,start_lat,end_lng,end_lat,vehicle_no\n"
)
TABLES = (
    "reported_event",
    "credited_act",
    "activity",
    "batch_line",
    "batch_tally",
    "transfer",
    "wallet",
    "lot",
)
"""What a batch ends in, in the order it is written."""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the signature of every benchmark
    """Measure one batch, some times over, each on empty tables."""
    lines = 30_000 if quick else 300_000
    with bench_database() as database:
        context = database.context()
        catalogue = boot.load_catalogue()
        _arrange(database, context)
        content, distance_m = _file(lines, context.now())
        ratios, speeds = [], []
        for seq in range(1, 2 if quick else 4):
            started = time.perf_counter()
            _upload(context, seq, content, (lines, distance_m))
            while activities.process_batch(context, catalogue):
                pass
            ours_s = time.perf_counter() - started
            floor_s = _floor_s(database, lines)
            ratios.append(floor_s / ours_s)
            speeds.append((lines / ours_s, lines / floor_s))
        ours, floor = max(speeds)
        note = f"{lines:,} lines gzip: {ours:,.0f} lines/s, COPY {floor:,.0f} lines/s"
        yield Figure("intake.batch", statistics.median(ratios), 0.5, note)


def _arrange(database: BenchDatabase, context: Context) -> None:
    """Register one partner and bind every citizen to it, past the doors."""
    hashed = [
        (identity.subject_hash(context.keyring, PARTNER_ID, _token(citizen)), citizen)
        for citizen in range(1, CITIZENS + 1)
    ]
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(
            "INSERT INTO partner (code, name_zh, name_en, programme_code, activity_types, key_id, created_at)"
            " VALUES ('bench', '测试', 'Bench', 'kunming', '{shared_ebike_trip}', 'none', now())"
        )
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY bound_subject (subject_hash, partner_id, citizen_id, binding_id, bound_at) FROM STDIN"
            ) as copy,
        ):
            for subject, citizen in hashed:
                copy.write_row((subject, PARTNER_ID, citizen, context.new_id(), context.now()))
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _token(citizen: int) -> str:
    return f"rider-{citizen:08d}"


def _file(lines: int, now: datetime) -> tuple[bytes, int]:
    """Return a gzip CSV of plausible rides of yesterday and the sum of their distances."""
    morning = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
    rows, total = [HEADER], 0
    for n in range(lines):
        started = morning + timedelta(seconds=(n * 7_919) % 86_400, days=n * 2 // lines)
        metres = 800 + (n * 104_729) % 6_000
        total += metres
        ended = started + timedelta(seconds=metres)
        rows.append(
            f"order-{n:010d},new,{_token(1 + (n * 15_485_863) % CITIZENS)},shared_ebike_trip,"
            f"{started.isoformat()},{ended.isoformat()},{metres},operator_order,"
            f"102.{700_000 + n % 90_000},25.0{10_000 + n % 80_000},"
            f"102.{700_000 + n % 70_000},25.0{10_000 + n % 60_000},bike-{n % 9_999}\n"
        )
    return gzip.compress("".join(rows).encode(), compresslevel=6, mtime=0), total


def _upload(context: Context, seq: int, content: bytes, sums: tuple[int, int]) -> None:
    parts = [content[start : start + PART_BYTES_MAX] for start in range(0, len(content), PART_BYTES_MAX)]
    digest = sha256(content).digest()
    manifest = Manifest(
        batch_no=f"bench-{seq}",
        period=date(2026, 11, 19),
        seq=seq,
        prev_digest=None if seq == 1 else digest,
        format="csv",
        compression="gzip",
        file_bytes=len(content),
        sha256=digest,
        lines=sums[0],
        distance_m_sum=sums[1],
        parts=len(parts),
    )
    register_batch(context, _caller(context), manifest)
    for number, part in enumerate(parts, start=1):
        store_part(context, _caller(context), (manifest.batch_no, number), part)
    complete_batch(context, _caller(context), manifest.batch_no)


def _caller(context: Context) -> identity.MachineCaller:
    proof = identity.Proof(str(context.new_id()), context.now() + timedelta(minutes=2), context.new_id())
    return identity.MachineCaller("partner", PARTNER_ID, "bench", proof)


def _floor_s(database: BenchDatabase, lines: int) -> float:
    """Take what the batch ended in out of the tables, and measure how long COPY needs to bring it back."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        rows: dict[str, list[bytes]] = {}
        for table in TABLES:
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = [bytes(block) for block in copy]
        if len(rows["activity"]) < lines * 9 // 10:
            message = f"only {len(rows['activity'])} of {lines} lines were credited"
            raise RuntimeError(message)
        connection.execute(f"TRUNCATE {', '.join(TABLES)}")
        started = time.perf_counter()
        with connection.transaction():
            for table in TABLES:
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for block in rows[table]:
                        copy.write(block)
        elapsed = time.perf_counter() - started
        connection.execute(f"TRUNCATE {', '.join(TABLES)}")
    return elapsed
