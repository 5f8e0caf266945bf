"""What the books refuse."""

from service.core.refusals import Refusal
from service.core.texts import Text


class InsufficientPoints(Refusal):
    """The wallet holds fewer points than are to be spent; points whose lot has run out do not count."""

    code = "INSUFFICIENT_POINTS"
    status = 409
    title = Text("可用积分不足", "Not enough points")
    detail = Text(
        "需要 {needed} 积分，可用 {available} 积分。", "{needed} points are needed, {available} are there."
    )


class IllegalTransfer(Refusal):
    """A transfer of a kind that may not touch these accounts, this owner, this lot or this amount."""

    code = "ILLEGAL_TRANSFER"
    status = 422
    title = Text("转账不合法", "The transfer is not legal")
    detail = Text("{kind} 转账有误：{problem}。", "A {kind} transfer: {problem}.")
