"""The wire of rewards: what operators set up, what citizens order, what a till verifies."""

from marshmallow import fields

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
POINTS_MAX = 1_000_000_000
FEN_MAX = 100_000_000
STOCK_MAX = 100_000_000
USE_DAYS_MAX = 365
STORES_MAX = 500
VOUCHERS_MAX = 20
PAGE_MAX = 500
CURSOR_MAX = 400
HOLDER_CODE = r"(tanhui:holder:)?[0-9]{13}"
VOUCHER_REF = r"[A-Za-z0-9_-]{20,128}"


class NumberedIn(Wire):
    """What every operator's request begins with."""

    request_no = BusinessNo(required=True, metadata={"description": "The operator's own number"})


class DoneOut(Wire):
    """How a numbered write ended."""

    outcome = Choice("done", required=True)
    replayed = Flag(required=True, metadata={"description": "The first answer to this number, given again"})


class PagedOut(Wire):
    """One page of a list."""

    next_after = PlainText(required=True, allow_none=True, max_length=CURSOR_MAX)


class MerchantIn(NumberedIn):
    """A new merchant."""

    code = BusinessNo(required=True)
    name_zh = PlainText(required=True, max_length=NAME_MAX)
    name_en = PlainText(required=True, max_length=NAME_MAX)


class MerchantOut(Wire):
    """A merchant; its id is also its owner id in the books, and negative."""

    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    code = BusinessNo(required=True)
    name_zh = PlainText(required=True, max_length=NAME_MAX)
    name_en = PlainText(required=True, max_length=NAME_MAX)
    created_at = Instant(required=True)


class MerchantDoneOut(DoneOut):
    """The merchant as it was made."""

    merchant = Part(MerchantOut, required=True)


class MerchantsOut(PagedOut):
    """Merchants, oldest first."""

    merchants = Items(Part(MerchantOut), required=True, high=PAGE_MAX)


class StoreIn(NumberedIn):
    """A new store."""

    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    code = BusinessNo(required=True)
    name_zh = PlainText(required=True, max_length=NAME_MAX)
    name_en = PlainText(required=True, max_length=NAME_MAX)


class StoreOut(MerchantOut):
    """A store of a merchant."""

    store_id = WholeNumber(required=True)


class StoreDoneOut(DoneOut):
    """The store as it was made."""

    store = Part(StoreOut, required=True)


class StoresOut(PagedOut):
    """Stores, oldest first."""

    stores = Items(Part(StoreOut), required=True, high=PAGE_MAX)


class TerminalIn(NumberedIn):
    """A new terminal; the private half of its key never leaves the till."""

    store_id = WholeNumber(required=True)
    code = BusinessNo(required=True)
    public_key = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        error_messages={"required": "MISSING_FIELD", "null": "NULL_NOT_ALLOWED", "invalid": "WRONG_TYPE"},
        metadata={"description": "JWK (RFC 7517) of an Ed25519 or P-256 key"},
    )


class TerminalOut(Wire):
    """A terminal in a store."""

    terminal_id = WholeNumber(required=True)
    store_id = WholeNumber(required=True)
    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    code = BusinessNo(required=True)
    key_id = PlainText(required=True, max_length=64)
    created_at = Instant(required=True)


class TerminalDoneOut(DoneOut):
    """The terminal as it was made."""

    terminal = Part(TerminalOut, required=True)


class TerminalsOut(PagedOut):
    """Terminals, oldest first."""

    terminals = Items(Part(TerminalOut), required=True, high=PAGE_MAX)


class ShareWire(Wire):
    """What one party pays of each verified voucher."""

    funder = Choice("programme", "merchant", required=True)
    amount_fen = WholeNumber(required=True, low=1, high=FEN_MAX)


class OfferTermsWire(Wire):
    """What an offer promises, in both languages."""

    merchant_id = WholeNumber(required=True, low=ID_LOW, high=-1000)
    kind = Choice("amount_off", "goods", required=True)
    title_zh = PlainText(required=True, max_length=TITLE_MAX)
    title_en = PlainText(required=True, max_length=TITLE_MAX)
    terms_zh = PlainText(required=True, max_length=TERMS_MAX)
    terms_en = PlainText(required=True, max_length=TERMS_MAX)
    price_points = WholeNumber(required=True, low=1, high=POINTS_MAX)
    face_value_fen = WholeNumber(required=True, low=1, high=FEN_MAX)
    funding = Items(
        Part(ShareWire), required=True, low=1, high=2, metadata={"description": "Adds up to face_value_fen"}
    )
    stock = WholeNumber(required=True, low=1, high=STOCK_MAX)
    sale_starts_at = Instant(required=True)
    sale_ends_at = Instant(required=True)
    use_days = WholeNumber(
        required=True, low=1, high=USE_DAYS_MAX, metadata={"description": "Whole days after the day of the order"}
    )
    store_ids = Items(WholeNumber(), required=True, low=1, high=STORES_MAX)


class OfferIn(NumberedIn, OfferTermsWire):
    """A new offer."""


class OperatorOfferOut(OfferTermsWire):
    """An offer as operators see it."""

    offer_id = WholeNumber(required=True)
    merchant_zh = PlainText(required=True, max_length=NAME_MAX)
    merchant_en = PlainText(required=True, max_length=NAME_MAX)
    sold = WholeNumber(required=True)
    remaining = WholeNumber(required=True)
    state = Choice("scheduled", "on_sale", "ended", "sold_out", required=True)
    created_at = Instant(required=True)


class OfferDoneOut(DoneOut):
    """The offer as it was made."""

    offer = Part(OperatorOfferOut, required=True)


class OperatorOffersOut(PagedOut):
    """Every offer, oldest first."""

    offers = Items(Part(OperatorOfferOut), required=True, high=PAGE_MAX)


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
