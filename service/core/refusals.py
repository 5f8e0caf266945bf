"""A refusal is a class: a stable code, a status and sentences in both languages.

The name of every refusal is plain words of the trade; its docstring says in English when it is given. A refusal
raised inside an operation changes nothing, so its ``outcome`` on the wire is ``none``. A fault (a bug, a broken
database) is never a refusal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from service.core.texts import Text


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that was refused: where (RFC 6901 pointer behind #), a stable code, and why."""

    pointer: str
    code: str
    detail: Text


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A request that is understood and not granted."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]
    detail: ClassVar[Text]

    def __init__(
        self, *, errors: Sequence[FieldProblem] = (), retry_after_s: int | None = None, **params: object
    ) -> None:
        super().__init__(self.code)
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s
        self.params = params


def every_refusal(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every concrete refusal class that has been imported."""
    for child in root.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from every_refusal(child)


class InvalidRequest(Refusal):
    """The body, the query or the path does not have the declared form."""

    code = "INVALID_REQUEST"
    status = 400
    title = Text("请求格式有误", "The request is not of the declared form")
    detail = Text("请按 errors 中的指针逐项改正。", "Mend each place that errors points to.")


class MalformedJson(Refusal):
    """The body is not JSON (RFC 8259) in UTF-8."""

    code = "MALFORMED_JSON"
    status = 400
    title = Text("请求体不是合法的 JSON", "The body is not JSON")
    detail = Text("请求体须为 UTF-8 编码的 JSON。", "The body must be JSON in UTF-8.")


class WrongMediaType(Refusal):
    """The body came with a media type that this route does not take."""

    code = "WRONG_MEDIA_TYPE"
    status = 415
    title = Text("请求体类型不受支持", "The media type is not supported")
    detail = Text("此接口只接收 {expected}。", "This route takes {expected} only.")


class BodyTooLarge(Refusal):
    """The body is larger than this route takes."""

    code = "BODY_TOO_LARGE"
    status = 413
    title = Text("请求体过大", "The body is too large")
    detail = Text("此接口最多接收 {limit_bytes} 字节。", "This route takes {limit_bytes} bytes at the most.")


class RouteNotFound(Refusal):
    """Nothing answers at this address."""

    code = "ROUTE_NOT_FOUND"
    status = 404
    title = Text("没有这个地址", "There is nothing at this address")
    detail = Text("请核对路径。", "Check the path.")


class MethodNotAllowed(Refusal):
    """The address exists but not for this verb."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = Text("此地址不支持该方法", "The address does not take this method")
    detail = Text("可用的方法：{allowed}。", "It takes: {allowed}.")


class NumberReused(Refusal):
    """The caller used this business number before, for something else."""

    code = "NUMBER_REUSED"
    status = 409
    title = Text("业务单号已用于其他请求", "The number was used for another request")
    detail = Text(
        "单号 {number} 已用于内容不同的请求，请换用新单号。",
        "The number {number} stands for a request with other content; use a new one.",
    )


class TooManyRequests(Refusal):
    """The caller asked more often than is allowed; Retry-After says when to come back."""

    code = "TOO_MANY_REQUESTS"
    status = 429
    title = Text("请求过于频繁", "Too many requests")
    detail = Text("请稍后再试。", "Try again later.")


class DayClosed(Refusal):
    """The business day is closed; what comes later is an adjustment of a later day."""

    code = "DAY_CLOSED"
    status = 409
    title = Text("该营业日已日切", "The business day is closed")
    detail = Text("{day} 已经日切。", "{day} is closed.")


class DayNotOver(Refusal):
    """A business day can only be closed once it has ended in Kunming."""

    code = "DAY_NOT_OVER"
    status = 409
    title = Text("该营业日尚未结束", "The business day is not over")
    detail = Text("{day} 须在次日零点后日切。", "{day} can be closed after its midnight.")


class Unavailable(Refusal):
    """The service cannot answer just now; nothing was changed."""

    code = "UNAVAILABLE"
    status = 503
    title = Text("服务暂不可用", "The service is not available just now")
    detail = Text("请用同一单号稍后重试。", "Try again shortly with the same number.")
