"""Why a line, or a whole batch, was not taken: stable codes, each with a sentence in both languages."""

from dataclasses import dataclass
from typing import Final

from service.core.texts import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line: a code of :data:`LINE_REASONS` and the place in the line it points to."""

    code: str
    pointer: str = "#"


LINE_REASONS: Final[dict[str, Text]] = {
    "BAD_ENCODING": Text("该行不是合法的 UTF-8 文本。", "The line is not UTF-8."),
    "CONTROL_CHARACTER": Text("该行含有控制字符。", "The line holds a control character."),
    "LINE_TOO_LONG": Text("该行过长。", "The line is too long."),
    "BAD_CSV": Text("该行的引号有误。", "The quotes of the line are wrong."),
    "BAD_JSON": Text("该行不是一个 JSON 对象。", "The line is not one JSON object."),
    "DUPLICATE_FIELD": Text("该行有重复的字段。", "The line names a field twice."),
    "WRONG_COLUMN_COUNT": Text("该行的列数与表头不符。", "The line has another number of cells than the header."),
    "UNKNOWN_FIELD": Text("没有这个字段。", "There is no such field."),
    "MISSING_FIELD": Text("缺少必填内容。", "A required value is missing."),
    "WRONG_TYPE": Text("值的类型不对。", "The value is of the wrong type."),
    "NOT_AN_INTEGER": Text("必须是整数。", "The value must be a whole number."),
    "NOT_A_COORDINATE": Text("必须是十进制度数。", "The value must be decimal degrees."),
    "OUT_OF_RANGE": Text("值超出允许范围。", "The value is out of range."),
    "BAD_NUMBER": Text(
        "单号只能由 1 至 64 个字母、数字、点、下划线或连字符组成。",
        "A number is made of 1 to 64 letters, digits, dots, underscores and hyphens.",
    ),
    "TEXT_TOO_LONG": Text("文本过长。", "The text is too long."),
    "NAIVE_TIME": Text("时间缺少时区。", "The time names no offset from UTC."),
    "BAD_TIME": Text("不是合法的 RFC 3339 时间。", "The value is not an RFC 3339 time."),
    "END_BEFORE_START": Text("结束时间早于开始时间。", "The end lies before the start."),
    "FORMULA_CELL": Text("文本以电子表格公式的符号开头。", "The text begins like a spreadsheet formula."),
    "OP_UNSUPPORTED": Text("目前只支持 new。", "Only new is supported for now."),
    "ACTIVITY_TYPE_NOT_ALLOWED": Text(
        "该合作方未获准申报此类行为。", "The partner may not report this type of activity."
    ),
    "EVIDENCE_NOT_ACCEPTED": Text("方法学不接受此类证据。", "The method does not accept this kind of evidence."),
    "SUBJECT_UNKNOWN": Text("没有居民绑定此标识。", "No citizen has bound this subject."),
    "EVENT_NO_REUSED": Text("此事件号已用于内容不同的记录。", "The event number stands for another record."),
    "SAME_EVENT": Text("此记录已经受理，未作改动。", "The record was taken before; nothing was changed."),
    "SAME_ACT_ALREADY_CREDITED": Text("同一次行为已经计入。", "The same act was credited before."),
    "FROM_THE_FUTURE": Text("结束时间晚于上报时间。", "The activity ends after it was reported."),
    "TOO_OLD": Text("行为发生过久，已不能计入。", "The activity lies too far back."),
    "OUTSIDE_PROGRAMME": Text("行为不在项目实施期内。", "The activity lies outside the programme's dates."),
    "OUT_OF_AREA": Text("起点或终点不在项目区域内。", "The start or the end lies outside the programme's area."),
    "TOO_SHORT": Text("用时过短，不可信。", "It took less time than is plausible."),
    "TOO_LONG": Text("用时过长，不可信。", "It took more time than is plausible."),
    "TOO_SLOW": Text("平均速度过慢，不可信。", "The mean speed is below what is plausible."),
    "TOO_FAST": Text("平均速度过快，不可信。", "The mean speed is not plausible."),
    "TOO_NEAR": Text("距离低于方法学的下限。", "The distance is below the method's least."),
    "TOO_FAR": Text("距离高于方法学的上限。", "The distance is above the method's most."),
    "METHOD_MISSING": Text("行为当日没有适用的方法学。", "No method covers this type of activity on its day."),
}

BATCH_REASONS: Final[dict[str, Text]] = {
    "GZIP_TRUNCATED": Text("压缩文件不完整。", "The gzip file ends too early."),
    "GZIP_BROKEN": Text("压缩文件已损坏。", "The gzip file is broken."),
    "UNPACKED_TOO_LARGE": Text("解压后过大。", "The file is too large when unpacked."),
    "HEADER_MISSING": Text("缺少表头。", "There is no header line."),
    "HEADER_UNREADABLE": Text("表头无法读取。", "The header line cannot be read."),
    "HEADER_UNKNOWN_COLUMN": Text("表头含有未知的列。", "The header names an unknown column."),
    "HEADER_DUPLICATE_COLUMN": Text("表头含有重复的列。", "The header names a column twice."),
    "HEADER_MISSING_COLUMN": Text("表头缺少必填的列。", "The header lacks a required column."),
    "LINES_MISMATCH": Text("行数与清单不符。", "The number of lines is not the manifest's."),
    "SUMS_MISMATCH": Text("距离合计与清单不符。", "The sum of distances is not the manifest's."),
}


class BrokenBatch(Exception):  # noqa: N818 - a broken file is an outcome
    """The file as a whole cannot be trusted, so nothing of it is booked."""

    def __init__(self, code: str, pointer: str = "#") -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer
