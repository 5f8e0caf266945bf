"""The wire of activities: partners, batches, results per line, explained activities."""

from schemas.fields import (
    JSON_INTEGER_MAX,
    BusinessNo,
    Choice,
    Day,
    Flag,
    Instant,
    Items,
    Part,
    Pattern,
    PlainText,
    Uuid,
    WholeNumber,
    Wire,
)
from schemas.keys import PublicKeyIn
from schemas.methodology import StepOut

ACTIVITY_TYPES = ("metro_trip", "bus_trip", "shared_bike_trip", "shared_ebike_trip")
OUTCOMES = ("accepted", "rejected", "duplicate")
STATES = ("receiving", "processing", "done", "refused")
MG_ACCOUNTS = ("creditable", "provisional", "incentive")
ITEMS_MAX = 10_000
NAME_MAX = 120
WORD_MAX = 80
TEXT_MAX = 600
CURSOR_MAX = 400
BATCH_BYTES_MAX = 64 * 1_048_576
LINES_MAX = 1_000_000
PARTS_MAX = 64
SHA256 = r"[0-9a-f]{64}"


class PartnerIn(Wire):
    """A data partner to be registered."""

    request_no = BusinessNo(required=True)
    code = Pattern(r"[a-z][a-z0-9-]{1,31}", required=True)
    name_zh = PlainText(max_length=NAME_MAX, required=True)
    name_en = PlainText(max_length=NAME_MAX, required=True)
    programme_code = Pattern(r"[a-z][a-z0-9-]{0,31}", load_default="kunming")
    activity_types = Items(Choice(*ACTIVITY_TYPES), low=1, high=len(ACTIVITY_TYPES), required=True)
    public_key = Part(PublicKeyIn, required=True)


class PartnerRecordOut(Wire):
    """A data partner."""

    partner_id = WholeNumber(required=True, low=1)
    code = PlainText(max_length=WORD_MAX, required=True)
    name_zh = PlainText(max_length=NAME_MAX, required=True)
    name_en = PlainText(max_length=NAME_MAX, required=True)
    programme_code = PlainText(max_length=WORD_MAX, required=True)
    activity_types = Items(Choice(*ACTIVITY_TYPES), high=ITEMS_MAX, required=True)
    key_id = PlainText(max_length=WORD_MAX, required=True)


class PartnerOut(Wire):
    """What was done."""

    partner = Part(PartnerRecordOut, required=True)
    outcome = Choice("done", required=True)
    replayed = Flag(required=True)


class PartnersOut(Wire):
    """A page of partners."""

    partners = Items(Part(PartnerRecordOut), high=ITEMS_MAX, required=True)
    next_after = PlainText(max_length=CURSOR_MAX, required=True, allow_none=True)


class SumsIn(Wire):
    """Sums over the file, as the partner adds them up."""

    distance_m = WholeNumber(required=True, low=-JSON_INTEGER_MAX)


class ManifestIn(Wire):
    """What a batch declares before its file is uploaded."""

    batch_no = BusinessNo(required=True)
    period = Day(required=True)
    seq = WholeNumber(required=True, low=1)
    prev_digest = Pattern(SHA256, required=True, allow_none=True)
    format = Choice("csv", "ndjson", required=True)
    compression = Choice("none", "gzip", required=True)
    bytes = WholeNumber(required=True, low=1, high=BATCH_BYTES_MAX)
    sha256 = Pattern(SHA256, required=True)
    lines = WholeNumber(required=True, low=1, high=LINES_MAX)
    sums = Part(SumsIn, required=True)
    parts = WholeNumber(required=True, low=1, high=PARTS_MAX)


class BatchRecordOut(ManifestIn):
    """A batch and how far it has come."""

    state = Choice(*STATES, required=True)
    registered_at = Instant(required=True)
    completed_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    lines_done = WholeNumber(required=True)


class BatchOut(Wire):
    """What was done."""

    batch = Part(BatchRecordOut, required=True)
    outcome = Choice("done", required=True)
    replayed = Flag(required=True)


class BatchPartRecordOut(Wire):
    """A stored part."""

    part_no = WholeNumber(required=True, low=1)
    bytes = WholeNumber(required=True, low=1)
    sha256 = PlainText(max_length=64, required=True)


class BatchPartOut(Wire):
    """What was done."""

    part = Part(BatchPartRecordOut, required=True)
    outcome = Choice("done", required=True)


class BatchRefusalOut(Wire):
    """Why a batch was refused as a whole; nothing of it is booked."""

    code = PlainText(max_length=WORD_MAX, required=True)
    pointer = PlainText(max_length=NAME_MAX, required=True)
    detail = PlainText(max_length=TEXT_MAX, required=True)


class LineCountsOut(Wire):
    """Lines by outcome."""

    accepted = WholeNumber(required=True)
    rejected = WholeNumber(required=True)
    duplicate = WholeNumber(required=True)


class LineReasonOut(Wire):
    """Lines by reason."""

    outcome = Choice(*OUTCOMES, required=True)
    code = PlainText(max_length=WORD_MAX, required=True)
    lines = WholeNumber(required=True, low=1)


class BatchWholeOut(BatchRecordOut):
    """A batch with its lines counted."""

    refusal = Part(BatchRefusalOut, required=True, allow_none=True)
    counts = Part(LineCountsOut, required=True)
    reasons = Items(Part(LineReasonOut), high=ITEMS_MAX, required=True)


class BatchProgressOut(Wire):
    """How far a batch has come."""

    batch = Part(BatchWholeOut, required=True)


class BatchLineOut(Wire):
    """What became of one line."""

    line = WholeNumber(required=True, low=1)
    outcome = Choice(*OUTCOMES, required=True)
    code = PlainText(max_length=WORD_MAX, required=True, allow_none=True)
    pointer = PlainText(max_length=NAME_MAX, required=True, allow_none=True)
    detail = PlainText(max_length=TEXT_MAX, required=True, allow_none=True)
    event_no = PlainText(max_length=64, required=True, allow_none=True)


class BatchLinesOut(Wire):
    """A page of lines."""

    results = Items(Part(BatchLineOut), high=ITEMS_MAX, required=True)
    next_after = PlainText(max_length=CURSOR_MAX, required=True, allow_none=True)


class ActivityOut(Wire):
    """A credited activity."""

    activity_id = Uuid(required=True)
    activity_type = Choice(*ACTIVITY_TYPES, required=True)
    state = Choice("credited", required=True)
    partner = PlainText(max_length=NAME_MAX, required=True)
    event_no = PlainText(max_length=64, required=True)
    evidence = PlainText(max_length=WORD_MAX, required=True)
    started_at = Instant(required=True)
    ended_at = Instant(required=True)
    distance_m = WholeNumber(required=True)
    duration_s = WholeNumber(required=True)
    reduction_mg = WholeNumber(required=True)
    mg_account = Choice(*MG_ACCOUNTS, required=True)
    points = WholeNumber(required=True)
    recorded_at = Instant(required=True)


class ActivitiesOut(Wire):
    """A page of activities, the last recorded first."""

    activities = Items(Part(ActivityOut), high=ITEMS_MAX, required=True)
    next_after = PlainText(max_length=CURSOR_MAX, required=True, allow_none=True)


class MethodUsedOut(Wire):
    """The very version that quantified the activity."""

    method_id = PlainText(max_length=WORD_MAX, required=True)
    version = WholeNumber(required=True, low=1)
    title = PlainText(max_length=TEXT_MAX, required=True)
    digest = PlainText(max_length=64, required=True)
    has_placeholder = Flag(required=True)


class ActivityWholeOut(ActivityOut):
    """An activity, explained."""

    vehicle_no = PlainText(max_length=64, required=True, allow_none=True)
    method = Part(MethodUsedOut, required=True)
    steps = Items(Part(StepOut), high=ITEMS_MAX, required=True)
    points_rule = PlainText(max_length=TEXT_MAX, required=True)
