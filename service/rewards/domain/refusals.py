"""What rewards refuse."""

from service.core.refusals import Refusal
from service.core.texts import Text


class MerchantNotFound(Refusal):
    """There is no merchant of that number."""

    code = "MERCHANT_NOT_FOUND"
    status = 404
    title = Text("没有这个商户", "There is no such merchant")
    detail = Text("商户 {merchant_id} 不存在。", "There is no merchant {merchant_id}.")


class StoreNotFound(Refusal):
    """There is no store of that number."""

    code = "STORE_NOT_FOUND"
    status = 404
    title = Text("没有这个门店", "There is no such store")
    detail = Text("门店 {store_id} 不存在。", "There is no store {store_id}.")


class OfferNotFound(Refusal):
    """There is no offer of that number."""

    code = "OFFER_NOT_FOUND"
    status = 404
    title = Text("没有这个优惠", "There is no such offer")
    detail = Text("优惠 {offer_id} 不存在。", "There is no offer {offer_id}.")


class CodeTaken(Refusal):
    """Another merchant, store of the merchant, or terminal of the store has this code already."""

    code = "CODE_TAKEN"
    status = 409
    title = Text("编码已被占用", "The code is taken")
    detail = Text("编码 {taken} 已被占用，请换用其他编码。", "The code {taken} is taken; choose another.")


class OfferNotOnSale(Refusal):
    """The offer's sale has not begun or is over."""

    code = "OFFER_NOT_ON_SALE"
    status = 409
    title = Text("优惠不在发售期", "The offer is not on sale")
    detail = Text(
        "发售期为 {sale_starts_at} 至 {sale_ends_at}。", "It is on sale from {sale_starts_at} to {sale_ends_at}."
    )


class SoldOut(Refusal):
    """Nothing is left of the offer."""

    code = "SOLD_OUT"
    status = 409
    title = Text("已兑完", "Sold out")
    detail = Text("此优惠已全部兑完。", "Nothing is left of this offer.")


class HolderCodeWrong(Refusal):
    """No citizen shows this code; a digit was mistyped or the code is made up. It counts towards the lock."""

    code = "HOLDER_CODE_WRONG"
    status = 404
    title = Text("动态码有误", "The code is wrong")
    detail = Text("请核对 13 位数字后重新输入。", "Check the 13 digits and type them again.")


class HolderCodeSpent(Refusal):
    """The code was shown before or its minute is over; the holder's screen has a newer one."""

    code = "HOLDER_CODE_SPENT"
    status = 409
    title = Text("动态码已失效", "The code is spent")
    detail = Text("请持券人刷新后出示新的动态码。", "Ask the holder to refresh and show the new code.")


class TypingLocked(Refusal):
    """Five wrong codes within a minute at one terminal; Retry-After says when typing works again."""

    code = "TYPING_LOCKED"
    status = 429
    title = Text("输入错误过多，暂时锁定", "Typing is locked for a while")
    detail = Text("请在 {locked_until} 后重试。", "Try again after {locked_until}.")


class TillSessionOver(Refusal):
    """The session is not of this terminal or its time is over; prepare again with a new code."""

    code = "TILL_SESSION_OVER"
    status = 409
    title = Text("核销会话已结束", "The session at the till is over")
    detail = Text("请持券人出示新的动态码，重新开始。", "Ask the holder for a new code and prepare again.")


class VoucherNotPrepared(Refusal):
    """A voucher reference that this session did not hand out."""

    code = "VOUCHER_NOT_PREPARED"
    status = 404
    title = Text("本会话中没有这张券", "The voucher is not of this session")
    detail = Text("只能核销本次出示的券。", "Only vouchers that this session showed can be verified.")


class AlreadyUsed(Refusal):
    """The voucher was verified before; params say when and where."""

    code = "ALREADY_USED"
    status = 409
    title = Text("此券已核销", "The voucher was used before")
    detail = Text("已于 {used_at} 在 {used_store_zh} 核销。", "It was used at {used_at} in {used_store_en}.")


class VoucherExpired(Refusal):
    """The voucher's last instant is past."""

    code = "VOUCHER_EXPIRED"
    status = 409
    title = Text("此券已过期", "The voucher has expired")
    detail = Text("此券已于 {use_ends_at} 到期。", "It expired at {use_ends_at}.")


class StoreNotEligible(Refusal):
    """The voucher cannot be used in this terminal's store."""

    code = "STORE_NOT_ELIGIBLE"
    status = 409
    title = Text("此券不适用于本门店", "The voucher is not for this store")
    detail = Text("请到券面列明的门店使用。", "Use it in one of the stores it names.")


class VerificationNotFound(Refusal):
    """This terminal has done nothing under that number; it may be sent (again) with the same number."""

    code = "VERIFICATION_NOT_FOUND"
    status = 404
    title = Text("没有这笔核销", "There is no such verification")
    detail = Text(
        "单号 {verify_no} 下尚无核销，可用同一单号重发。",
        "Nothing has been verified under {verify_no}; send it again with the same number.",
    )
