"""What activities refuse as a request; what is wrong with single lines is in ``reasons``."""

from service.core.refusals import Refusal
from service.core.texts import Text


class ProgrammeUnfit(Refusal):
    """The programme's document lacks a field, has an unknown one, or a value out of bounds."""

    code = "PROGRAMME_UNFIT"
    status = 400
    title = Text("项目定义有误", "The programme's document is not fit")
    detail = Text("请检查 {field}。", "Check {field}.")


class ProgrammeExists(Refusal):
    """A programme of this code exists with another content."""

    code = "PROGRAMME_EXISTS"
    status = 409
    title = Text("项目代码已存在", "The programme exists")
    detail = Text(
        "项目 {programme_code} 已存在且内容不同。", "The programme {programme_code} exists with other content."
    )


class ProgrammeNotFound(Refusal):
    """No programme has this code."""

    code = "PROGRAMME_NOT_FOUND"
    status = 404
    title = Text("没有这个项目", "There is no such programme")
    detail = Text("没有代码为 {programme_code} 的项目。", "No programme has the code {programme_code}.")


class PartnerCodeTaken(Refusal):
    """Another partner has this code."""

    code = "PARTNER_CODE_TAKEN"
    status = 409
    title = Text("合作方代码已被使用", "The partner code is taken")
    detail = Text("代码 {partner_code} 已属于另一合作方。", "The code {partner_code} belongs to another partner.")


class BatchNotFound(Refusal):
    """The partner has registered no batch of this number."""

    code = "BATCH_NOT_FOUND"
    status = 404
    title = Text("没有这个批次", "There is no such batch")
    detail = Text("没有批次 {batch_no}。", "There is no batch {batch_no}.")


class BatchSequenceBroken(Refusal):
    """The batch does not follow the partner's last one: its seq or its prev_digest is another."""

    code = "BATCH_SEQUENCE_BROKEN"
    status = 409
    title = Text("批次序号不连续", "The batch does not follow the last one")
    detail = Text(
        "下一批次的 seq 须为 {seq}，prev_digest 须为 {prev_digest}。",
        "The next batch has seq {seq} and prev_digest {prev_digest}.",
    )


class BatchNotReceiving(Refusal):
    """The batch was completed; its parts cannot be changed any more."""

    code = "BATCH_NOT_RECEIVING"
    status = 409
    title = Text("批次已提交", "The batch takes no more parts")
    detail = Text("批次 {batch_no} 的状态为 {state}。", "The batch {batch_no} is {state}.")


class PartNotDeclared(Refusal):
    """The manifest declares fewer parts."""

    code = "PART_NOT_DECLARED"
    status = 404
    title = Text("清单中没有这个分片", "The manifest has no such part")
    detail = Text("清单声明了 {parts} 个分片。", "The manifest declares {parts} parts.")


class PartEmpty(Refusal):
    """A part without content."""

    code = "PART_EMPTY"
    status = 400
    title = Text("分片没有内容", "The part is empty")
    detail = Text("请求体为空。", "The body is empty.")


class PartTooLarge(Refusal):
    """The part, or all parts together, are larger than is allowed."""

    code = "PART_TOO_LARGE"
    status = 413
    title = Text("分片过大", "The part is too large")
    detail = Text("此处最多接收 {limit_bytes} 字节。", "There is room for {limit_bytes} bytes.")


class BatchPartsMissing(Refusal):
    """The batch was completed before all declared parts were there."""

    code = "BATCH_PARTS_MISSING"
    status = 409
    title = Text("分片不齐", "Parts are missing")
    detail = Text("缺少分片 {missing}。", "Missing parts: {missing}.")


class BatchSizeDiffers(Refusal):
    """The parts together have another size than the manifest says."""

    code = "BATCH_SIZE_DIFFERS"
    status = 409
    title = Text("文件大小与清单不符", "The size is not the manifest's")
    detail = Text(
        "清单为 {declared} 字节，实收 {found} 字节。", "The manifest says {declared} bytes, {found} came."
    )


class BatchDigestDiffers(Refusal):
    """The parts together have another SHA-256 than the manifest says."""

    code = "BATCH_DIGEST_DIFFERS"
    status = 409
    title = Text("文件摘要与清单不符", "The digest is not the manifest's")
    detail = Text("实收文件的 SHA-256 为 {found}。", "The SHA-256 of what came is {found}.")


class ActivityNotFound(Refusal):
    """The citizen has no activity of this id."""

    code = "ACTIVITY_NOT_FOUND"
    status = 404
    title = Text("没有这条低碳行为", "There is no such activity")
    detail = Text("未找到该低碳行为。", "You have no activity of this id.")
