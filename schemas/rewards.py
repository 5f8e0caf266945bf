"""The wire of rewards: what citizens order, what a till verifies. What operators set up is in schemas.market."""

from schemas.fields import (
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

ID_LOW = -(2**53)
NAME_MAX = 80
TITLE_MAX = 80
TERMS_MAX = 2_000
STORES_MAX = 500
VOUCHERS_MAX = 20
PAGE_MAX = 500
CURSOR_MAX = 400
HOLDER_CODE = r"(tanhui:holder:)?[0-9]{13}"
VOUCHER_REF = r"[A-Za-z0-9_-]{20,128}"


class DoneOut(Wire):
    """How a numbered write ended."""

    outcome = Choice("done", required=True)
    replayed = Flag(required=True, metadata={"description": "The first answer to this number, given again"})


class PagedOut(Wire):
    """One page of a list."""

    next_after = PlainText(required=True, allow_none=True, max_length=CURSOR_MAX)


class StoreNameOut(Wire):
    """A store as an offer names it."""

    store_id = WholeNumber(required=True)
    code = BusinessNo(required=True)
    name = PlainText(required=True, max_length=NAME_MAX)


class OfferOut(Wire):
    """An offer as everybody sees it, in the caller's language."""

    offer_id = WholeNumber(required=True)
    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    merchant = PlainText(required=True, max_length=NAME_MAX)
    kind = Choice("amount_off", "goods", required=True)
    title = PlainText(required=True, max_length=TITLE_MAX)
    terms = PlainText(required=True, max_length=TERMS_MAX)
    price_points = WholeNumber(required=True)
    face_value_fen = WholeNumber(required=True)
    remaining = WholeNumber(required=True)
    state = Choice("scheduled", "on_sale", "ended", "sold_out", required=True)
    sale_starts_at = Instant(required=True)
    sale_ends_at = Instant(required=True)
    use_days = WholeNumber(required=True)
    stores = Items(Part(StoreNameOut), required=True, high=STORES_MAX)


class OneOfferOut(Wire):
    """One offer."""

    offer = Part(OfferOut, required=True)


class OffersOut(PagedOut):
    """Offers whose sale is not over, oldest first."""

    offers = Items(Part(OfferOut), required=True, high=PAGE_MAX)


class OrderIn(Wire):
    """An order, under the citizen's own number."""

    order_no = BusinessNo(required=True)


class OrderOut(Wire):
    """An order."""

    order_id = Uuid(required=True)
    order_no = BusinessNo(required=True)
    offer_id = WholeNumber(required=True)
    title = PlainText(required=True, max_length=TITLE_MAX)
    points = WholeNumber(required=True, low=1)
    ordered_at = Instant(required=True)
    voucher_id = Uuid(required=True)


class UsedStoreOut(Wire):
    """Where a voucher was used."""

    store_id = WholeNumber(required=True)
    name = PlainText(required=True, max_length=NAME_MAX)


class VoucherOut(Wire):
    """A voucher as its citizen sees it."""

    voucher_id = Uuid(required=True)
    offer_id = WholeNumber(required=True)
    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    title = PlainText(required=True, max_length=TITLE_MAX)
    points = WholeNumber(required=True, low=1)
    face_value_fen = WholeNumber(required=True, low=1)
    state = Choice("issued", "used", "expired", required=True)
    issued_at = Instant(required=True)
    use_ends_at = Instant(required=True, metadata={"description": "The first instant it is of no use"})
    used_at = Instant(required=True, allow_none=True)
    used_store = Part(UsedStoreOut, required=True, allow_none=True)
    store_ids = Items(WholeNumber(), required=True, high=STORES_MAX)


class OrderDoneOut(DoneOut):
    """The order and what it brought."""

    order = Part(OrderOut, required=True)
    voucher = Part(VoucherOut, required=True)


class OrdersOut(PagedOut):
    """The citizen's orders, newest first."""

    orders = Items(Part(OrderOut), required=True, high=PAGE_MAX)


class VouchersOut(PagedOut):
    """The citizen's vouchers, newest first."""

    vouchers = Items(Part(VoucherOut), required=True, high=PAGE_MAX)


class CodeOut(Wire):
    """A holder's code: it works once, until it expires."""

    code = Pattern("[0-9]{13}", required=True, metadata={"description": "12 random digits and Damm's check digit"})
    expires_at = Instant(required=True)
    qr_text = PlainText(required=True, max_length=40)
    outcome = Choice("done", required=True)


class PrepareIn(Wire):
    """What the holder shows: the digits typed, or what the QR code says."""

    code = Pattern(HOLDER_CODE, required=True)


class ReasonOut(Wire):
    """Why a voucher cannot be used here and now."""

    code = PlainText(required=True, max_length=40)
    detail = PlainText(required=True, max_length=200)


class TillVoucherOut(Wire):
    """A voucher as a till sees it."""

    voucher_ref = Pattern(
        VOUCHER_REF, required=True, metadata={"description": "Means nothing outside this session"}
    )
    title = PlainText(required=True, max_length=TITLE_MAX)
    face_value_fen = WholeNumber(required=True)
    use_ends_at = Instant(required=True)
    usable = Flag(required=True)
    reasons = Items(Part(ReasonOut), required=True, high=10)


class PrepareOut(Wire):
    """A session with one holder, and the holder's vouchers of this merchant."""

    session_id = Uuid(required=True)
    holder_mask = PlainText(required=True, max_length=40)
    vouchers = Items(Part(TillVoucherOut), required=True, high=PAGE_MAX)
    expires_at = Instant(required=True)
    outcome = Choice("done", required=True)


class VerifyIn(Wire):
    """Which vouchers to verify: all of them or none."""

    verify_no = BusinessNo(required=True)
    session_id = Uuid(required=True)
    voucher_refs = Items(Pattern(VOUCHER_REF), required=True, low=1, high=VOUCHERS_MAX)
    clerk = PlainText(max_length=40, load_default=None)


class VerifiedVoucherOut(Wire):
    """One verified voucher: one row of the merchant's statement."""

    redemption_id = Uuid(required=True)
    voucher_id = Uuid(required=True)
    offer_id = WholeNumber(required=True)
    title = PlainText(required=True, max_length=TITLE_MAX)
    face_value_fen = WholeNumber(required=True)
    settle_fen = WholeNumber(required=True, metadata={"description": "What the merchant is paid for it"})


class VerificationOut(Wire):
    """A verification."""

    verify_id = Uuid(required=True)
    verify_no = BusinessNo(required=True)
    verified_at = Instant(required=True)
    business_day = Day(required=True, metadata={"description": "The day whose statement lists it"})
    store_id = WholeNumber(required=True)
    terminal_id = WholeNumber(required=True)
    clerk = PlainText(required=True, allow_none=True, max_length=40)
    vouchers = Items(Part(VerifiedVoucherOut), required=True, low=1, high=VOUCHERS_MAX)
    settle_fen = WholeNumber(required=True)


class VerifyOut(DoneOut):
    """What was verified."""

    verification = Part(VerificationOut, required=True)


class VerificationFoundOut(Wire):
    """What was verified under a number."""

    verification = Part(VerificationOut, required=True)
    outcome = Choice("done", required=True)
