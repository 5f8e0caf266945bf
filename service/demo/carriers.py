"""The partners' part of the day: upload the week's files and wait until every line has its answer."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from service.demo.client import Door, Unexpected
from service.demo.deliveries import Delivery, Outcome
from service.demo.machines import Machine

POLL_S = 0.2
PATIENCE_S = 300


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way."""

    delivery: Delivery
    batch_no: str
    seq: int
    prev_digest: str | None

    @property
    def target(self) -> str:
        """Where the service keeps it."""
        return f"/v1/partner/batches/{self.batch_no}"


def uploads_of(tag: str, deliveries: Sequence[Delivery]) -> list[Upload]:
    """Number one partner's files and chain each to the one before."""
    uploads: list[Upload] = []
    digest: str | None = None
    for seq, delivery in enumerate(deliveries, start=1):
        batch_no = f"{tag}-{delivery.partner.code}-{delivery.day:%Y%m%d}"
        uploads.append(Upload(delivery, batch_no, seq, digest))
        digest = sha256(delivery.content).hexdigest()
    return uploads


def upload(door: Door, machine: Machine, one: Upload) -> bool:
    """Send one file, unless the service has it whole; return whether it had."""
    known = door.ask("GET", one.target, who=machine.who)
    if known.code == "" and known.body["batch"]["state"] != "receiving":
        return True
    if known.code not in ("", "BATCH_NOT_FOUND"):
        raise Unexpected(known.content.decode())
    delivery = one.delivery
    manifest = {
        "batch_no": one.batch_no,
        "period": delivery.day.isoformat(),
        "seq": one.seq,
        "prev_digest": one.prev_digest,
        "format": delivery.partner.format,
        "compression": delivery.partner.compression,
        "bytes": len(delivery.content),
        "sha256": sha256(delivery.content).hexdigest(),
        "lines": delivery.lines,
        "sums": {"distance_m": delivery.distance_m},
        "parts": 1,
    }
    door.must("POST", "/v1/partner/batches", manifest, machine.who)
    door.must("PUT", f"{one.target}/parts/1", delivery.content, machine.who)
    door.must("POST", f"{one.target}/complete", who=machine.who)
    return False


def await_lines(door: Door, machine: Machine, one: Upload, watch: Callable[[], None]) -> Counter[Outcome]:
    """Wait until the worker has answered every line, and return how they ended.

    Raises:
        Unexpected: The whole file was refused, or nothing happens any more.
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        batch = door.must("GET", one.target, who=machine.who).body["batch"]
        if batch["state"] == "done":
            reasons = {(row["outcome"], row["code"]): row["lines"] for row in batch["reasons"] if row["code"]}
            return Counter({("accepted", ""): batch["counts"]["accepted"], **reasons})
        if batch["state"] == "refused":
            message = f"batch {one.batch_no} was refused: {batch['refusal']}"
            raise Unexpected(message)
        watch()
        time.sleep(POLL_S)
    message = f"batch {one.batch_no} is not processed: see worker.log"
    raise Unexpected(message)
