"""Records that a careful intake must not credit, and the answer each one must get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.core.clock import rfc3339
from service.core.texts import Text
from service.demo.calendar import DEMO_DAY, at
from service.demo.partners import Partner, write_line

Cells = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Line:
    """One data line, and what it adds to the sum of distances that its file declares."""

    content: bytes
    distance_m: int


Write = Callable[[Partner, Cells], Line]


@dataclass(frozen=True, slots=True)
class Defect:
    """One way to be wrong."""

    outcome: str
    code: str
    title: Text
    write: Write
    """Makes the wrong line out of a good record, whose number and time are its own unless the defect copies."""
    copies: str = ""
    """What is copied from a record earlier in the file: nothing, the ``act`` or the whole ``event``."""
    formats: tuple[str, ...] = ("csv", "ndjson")


def good_line(partner: Partner, cells: Cells) -> Line:
    """Return a record as it is; its distance counts, whatever else is wrong with it."""
    return Line(write_line(partner, cells), int(cells["distance_m"]))


def _changed(**changes: str | int) -> Write:
    return lambda partner, cells: good_line(partner, {**cells, **changes})


def _longer(partner: Partner, cells: Cells) -> Line:
    return good_line(partner, {**cells, "distance_m": int(cells["distance_m"]) + 1})


def _lasting(seconds: int) -> Write:
    def write(partner: Partner, cells: Cells) -> Line:
        ended_at = datetime.fromisoformat(str(cells["started_at"])) + timedelta(seconds=seconds)
        return good_line(partner, {**cells, "ended_at": rfc3339(ended_at)})

    return write


def _too_fast(partner: Partner, cells: Cells) -> Line:
    """Eight kilometres in four minutes."""
    return _lasting(240)(partner, {**cells, "distance_m": 8_000})


def _on(day: date) -> Write:
    return _changed(started_at=rfc3339(at(day, 480)), ended_at=rfc3339(at(day, 500)))


def _naive(partner: Partner, cells: Cells) -> Line:
    return good_line(partner, {**cells, "started_at": str(cells["started_at"]).removesuffix("+08:00")})


def _fraction(partner: Partner, cells: Cells) -> Line:
    content = write_line(partner, {**cells, "distance_m": 31_415})
    return Line(content.replace(b"31415", b"3141.5"), 0)


def _other_type(partner: Partner, cells: Cells) -> Line:
    other = "bus_trip" if partner.activity_type == "metro_trip" else "metro_trip"
    return good_line(partner, {**cells, "activity_type": other})


def _in_gbk(partner: Partner, cells: Cells) -> Line:
    return Line(write_line(partner, {**cells, "vehicle_no": "云A演示"}, encoding="gbk"), 0)


def _unknown_field(partner: Partner, cells: Cells) -> Line:
    return good_line(partner, {**cells, "distance_m": 0, "driver": "DEMO"})


def _cut_off(partner: Partner, cells: Cells) -> Line:
    content = write_line(partner, cells)
    return Line(content[: len(content) // 2], 0)


_FAR_AWAY = {"start_lng": "116.397128", "start_lat": "39.916527"}
"""Beijing."""

DEFECTS = (
    Defect(
        "duplicate", "SAME_EVENT", Text("同一记录重复报送", "the same record twice"), good_line, copies="event"
    ),
    Defect(
        "rejected",
        "EVENT_NO_REUSED",
        Text("事件号重复而内容不同", "an event number with another content"),
        _longer,
        copies="event",
    ),
    Defect(
        "rejected",
        "SAME_ACT_ALREADY_CREDITED",
        Text("同一次出行换号再报", "the same ride under another number"),
        good_line,
        copies="act",
    ),
    Defect("rejected", "TOO_FAST", Text("速度不可信", "an unbelievable speed"), _too_fast),
    Defect(
        "rejected",
        "SUBJECT_UNKNOWN",
        Text("无人绑定的标识", "a subject nobody has bound"),
        _changed(subject_token="DEMO-NOBODY"),  # noqa: S106 - a token, not a password
    ),
    Defect("rejected", "NAIVE_TIME", Text("时间缺少时区", "a time without offset"), _naive),
    Defect("rejected", "FORMULA_CELL", Text("单元格含公式", "a spreadsheet formula"), _changed(vehicle_no="=1+1")),
    Defect("rejected", "NOT_AN_INTEGER", Text("里程不是整数", "a distance with a fraction"), _fraction),
    Defect("rejected", "OUT_OF_RANGE", Text("里程为负", "a negative distance"), _changed(distance_m=-5)),
    Defect("rejected", "END_BEFORE_START", Text("结束早于开始", "an end before the start"), _lasting(-60)),
    Defect(
        "rejected",
        "FROM_THE_FUTURE",
        Text("发生在未来", "a ride from the future"),
        _on(DEMO_DAY + timedelta(days=1)),
    ),
    Defect("rejected", "TOO_OLD", Text("发生过久", "a ride of long ago"), _on(DEMO_DAY - timedelta(days=200))),
    Defect("rejected", "OUT_OF_AREA", Text("不在昆明", "a ride outside Kunming"), _changed(**_FAR_AWAY)),
    Defect("rejected", "TOO_SHORT", Text("用时过短", "too short a time"), _lasting(5)),
    Defect("rejected", "TOO_LONG", Text("用时过长", "too long a time"), _lasting(9 * 3600)),
    Defect("rejected", "TOO_NEAR", Text("距离过近", "too short a way"), _changed(distance_m=20)),
    Defect("rejected", "OP_UNSUPPORTED", Text("不支持的操作", "an unsupported op"), _changed(op="void")),
    Defect(
        "rejected",
        "ACTIVITY_TYPE_NOT_ALLOWED",
        Text("未获准的行为类型", "a type the partner may not report"),
        _other_type,
    ),
    Defect("rejected", "MISSING_FIELD", Text("缺少必填内容", "a missing value"), _changed(evidence="")),
    Defect(
        "rejected",
        "EVIDENCE_NOT_ACCEPTED",
        Text("证据类型不被接受", "evidence the method does not take"),
        _changed(evidence="meter"),
    ),
    Defect("rejected", "BAD_ENCODING", Text("不是 UTF-8", "not UTF-8"), _in_gbk),
    Defect(
        "rejected", "UNKNOWN_FIELD", Text("多出未知字段", "an unknown field"), _unknown_field, formats=("ndjson",)
    ),
    Defect("rejected", "BAD_JSON", Text("不是 JSON", "not JSON"), _cut_off, formats=("ndjson",)),
    Defect(
        "rejected", "WRONG_COLUMN_COUNT", Text("列数不符", "a wrong number of cells"), _cut_off, formats=("csv",)
    ),
)
"""Every code that a line of the demonstration is refused with."""
