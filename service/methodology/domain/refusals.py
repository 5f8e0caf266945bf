"""What quantification refuses."""

from service.core.refusals import Refusal
from service.core.texts import Text


class MethodNotFound(Refusal):
    """No published method has this id and version."""

    code = "METHOD_NOT_FOUND"
    status = 404
    title = Text("没有这个方法学版本", "There is no such method version")
    detail = Text(
        "未找到方法学 {method_id} 第 {version} 版。", "No published method is {method_id} version {version}."
    )


class MethodInputMissing(Refusal):
    """The method needs an input that the activity does not bring."""

    code = "METHOD_INPUT_MISSING"
    status = 422
    title = Text("缺少方法学所需的输入", "An input of the method is missing")
    detail = Text("方法学需要 {field}。", "The method needs {field}.")


class MethodInputOutOfBounds(Refusal):
    """An input is not a whole number within the bounds the method declares."""

    code = "METHOD_INPUT_OUT_OF_BOUNDS"
    status = 422
    title = Text("方法学输入超出范围", "An input of the method is out of bounds")
    detail = Text("{field} 须为 {low} 至 {high} 的整数。", "{field} must be a whole number from {low} to {high}.")


class EvidenceNotAccepted(Refusal):
    """The method gives nothing for this kind of evidence."""

    code = "EVIDENCE_NOT_ACCEPTED"
    status = 422
    title = Text("方法学不接受该证据", "The method does not accept this evidence")
    detail = Text("该方法学不接受证据类型 {evidence}。", "The method does not accept {evidence} as evidence.")
