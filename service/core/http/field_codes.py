"""The sentence behind each field code, in both languages."""

from service.core.texts import Text

FIELD_CODES: dict[str, Text] = {
    "MISSING_FIELD": Text("缺少必填字段。", "This field is required."),
    "UNKNOWN_FIELD": Text("未定义的字段。", "This field is not known."),
    "REPEATED_FIELD": Text("字段重复。", "This field was sent more than once."),
    "NULL_NOT_ALLOWED": Text("不能为 null。", "This field cannot be null."),
    "WRONG_TYPE": Text("类型不符。", "The value is of another type."),
    "NOT_AN_INTEGER": Text("须为整数。", "The value must be a whole number."),
    "OUT_OF_RANGE": Text("超出允许范围。", "The value is out of range."),
    "CONTROL_CHARACTER": Text("含有控制字符。", "The text has control characters."),
    "TOO_SHORT": Text("内容过短。", "The text is too short."),
    "TOO_LONG": Text("内容过长。", "The text is too long."),
    "WRONG_FORM": Text("格式不符。", "The value is not of the declared form."),
    "BAD_NUMBER": Text(
        "单号须为 1 至 64 位字母、数字、点、下划线或连字符。",
        "A number is 1 to 64 letters, digits, dots, underscores or hyphens.",
    ),
    "NOT_A_CHOICE": Text("不在可选值之内。", "The value is not one of those allowed."),
    "BAD_TIME": Text("须为 RFC 3339 时间。", "The value must be an RFC 3339 time."),
    "NAIVE_TIME": Text("时间须带时区偏移。", "The time must carry its offset."),
    "BAD_DAY": Text("须为 YYYY-MM-DD 日期。", "The value must be a day, YYYY-MM-DD."),
    "BAD_UUID": Text("须为小写 UUID。", "The value must be a UUID in lower case."),
    "WRONG_COUNT": Text("数量不在允许范围内。", "There are too few or too many items."),
    "INVALID_VALUE": Text("取值无效。", "The value is not valid."),
}


def sentence(code: str) -> Text:
    """Return the sentence of ``code``; a code without one speaks for itself."""
    return FIELD_CODES.get(code, Text(code, code))
