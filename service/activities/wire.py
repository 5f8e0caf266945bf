"""Partners, batches, lines and activities as they go over the wire."""

from service.activities.domain.batches import Batch, LineResult, Manifest, Partner, Tally
from service.activities.domain.reasons import BATCH_REASONS
from service.activities.operations.show_activity import Explained
from service.activities.store.activities import Activity
from service.core.clock import rfc3339
from service.core.texts import Language, Text
from service.methodology import step_wire

Wired = dict[str, object]

POINTS_RULE = Text(
    "每满 1 克减排量计 1 个碳积分，不足 1 克不计：{reduction_mg} 毫克计 {points} 个积分。",
    "One point for each whole gram of reduction, parts do not count: {reduction_mg} mg give {points} points.",
)


def partner_wire(partner: Partner) -> Wired:
    """Return a partner."""
    return {
        "partner_id": partner.partner_id,
        "code": partner.code,
        "name_zh": partner.name.zh,
        "name_en": partner.name.en,
        "programme_code": partner.programme_code,
        "activity_types": list(partner.activity_types),
        "key_id": partner.key_id,
    }


def manifest_wire(manifest: Manifest) -> Wired:
    """Return a manifest as it was declared."""
    return {
        "batch_no": manifest.batch_no,
        "period": manifest.period.isoformat(),
        "seq": manifest.seq,
        "prev_digest": None if manifest.prev_digest is None else manifest.prev_digest.hex(),
        "format": manifest.format,
        "compression": manifest.compression,
        "bytes": manifest.file_bytes,
        "sha256": manifest.sha256.hex(),
        "lines": manifest.lines,
        "sums": {"distance_m": manifest.distance_m_sum},
        "parts": manifest.parts,
    }


def batch_wire(batch: Batch) -> Wired:
    """Return a batch: its manifest and how far it has come."""
    return {
        **manifest_wire(batch.manifest),
        "state": batch.state,
        "registered_at": rfc3339(batch.registered_at),
        "completed_at": None if batch.completed_at is None else rfc3339(batch.completed_at),
        "finished_at": None if batch.finished_at is None else rfc3339(batch.finished_at),
        "lines_done": batch.lines_done,
    }


def progress_wire(batch: Batch, tallies: list[Tally], language: Language) -> Wired:
    """Return a batch with the counts of its lines and, if it was refused as a whole, why."""
    counts = {"accepted": 0, "rejected": 0, "duplicate": 0}
    for tally in tallies:
        counts[tally.outcome] += tally.lines
    code = batch.refused_code
    return {
        "batch": {
            **batch_wire(batch),
            "refusal": None
            if code is None
            else {"code": code, "pointer": batch.refused_pointer, "detail": BATCH_REASONS[code].say(language)},
            "counts": counts,
            "reasons": [{"outcome": t.outcome, "code": t.code, "lines": t.lines} for t in tallies if t.code],
        }
    }


def line_wire(result: LineResult, language: Language) -> Wired:
    """Return what became of one line."""
    detail = result.detail
    return {
        "line": result.line_no,
        "outcome": result.outcome,
        "code": result.code or None,
        "pointer": result.pointer or None,
        "detail": None if detail is None else detail.say(language),
        "event_no": result.event_no,
    }


def activity_wire(activity: Activity, partner: Text, language: Language) -> Wired:
    """Return an activity in short."""
    return {
        "activity_id": str(activity.activity_id),
        "activity_type": activity.activity_type,
        "state": "credited",
        "partner": partner.say(language),
        "event_no": activity.event_no,
        "evidence": activity.evidence,
        "started_at": rfc3339(activity.started_at),
        "ended_at": rfc3339(activity.ended_at),
        "distance_m": activity.distance_m,
        "duration_s": activity.duration_s,
        "reduction_mg": activity.reduction_mg,
        "mg_account": activity.mg_account,
        "points": activity.points,
        "recorded_at": rfc3339(activity.recorded_at),
    }


def explained_wire(explained: Explained, language: Language) -> Wired:
    """Return an activity with the whole way from its quantities to its figures."""
    activity, method = explained.activity, explained.method
    rule = POINTS_RULE.say(language, reduction_mg=activity.reduction_mg, points=activity.points)
    return {
        **activity_wire(activity, explained.partner, language),
        "vehicle_no": activity.vehicle_no,
        "method": {
            "method_id": method.method_id,
            "version": method.version,
            "title": method.title.say(language),
            "digest": method.digest,
            "has_placeholder": method.has_placeholder,
        },
        "steps": [step_wire(step, language) for step in explained.steps],
        "points_rule": rule,
    }
