"""The wire of what operators set up: merchants, stores, terminals, offers."""

from schemas.fields import BusinessNo, Choice, Instant, Items, Part, PlainText, WholeNumber, Wire
from schemas.keys import PublicKeyIn
from schemas.rewards import ID_LOW, NAME_MAX, PAGE_MAX, STORES_MAX, TERMS_MAX, TITLE_MAX, DoneOut, PagedOut

POINTS_MAX = 1_000_000_000
FEN_MAX = 100_000_000
STOCK_MAX = 100_000_000
USE_DAYS_MAX = 365


class NumberedIn(Wire):
    """What every operator's request begins with."""

    request_no = BusinessNo(required=True, metadata={"description": "The operator's own number"})


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
    public_key = Part(PublicKeyIn, required=True)


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
