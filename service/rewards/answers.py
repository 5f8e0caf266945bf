"""What operations answer, as plain JSON-able objects.

They are plain because a numbered operation keeps its answer with its number and gives the same one for ever. A
text for people is ``{"zh": ..., "en": ...}`` in here; the door says it in the caller's language.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from service.core.clock import rfc3339
from service.core.paging import Page, encode_cursor
from service.core.refusals import Refusal
from service.core.texts import Language, Text
from service.rewards.domain.offers import Merchant, Offer, Store, Terminal
from service.rewards.domain.vouchers import Order, Redemption, Voucher

Answer = dict[str, Any]
_BILINGUAL = frozenset({"zh", "en"})


def done(**parts: object) -> Answer:
    """Return the answer of a numbered operation that has just been done."""
    return {**parts, "outcome": "done", "replayed": False}


def again(first: Answer) -> Answer:
    """Return the first answer, marked as given before."""
    return {**first, "replayed": True}


def paged(name: str, rows: list[Answer], page: Page, key: str) -> Answer:
    """Return one page of a list; a page that is not full is the last one."""
    full = len(rows) == page.limit
    return {name: rows, "next_after": encode_cursor([rows[-1][key]]) if full else None}


def say(answer: Any, language: Language) -> Any:  # noqa: ANN401 - any JSON value
    """Return the answer with every text in one language."""
    if isinstance(answer, dict):
        if answer.keys() == _BILINGUAL:
            return answer["en" if language == "en" else "zh"]
        return {name: say(value, language) for name, value in answer.items()}
    if isinstance(answer, list):
        return [say(value, language) for value in answer]
    return answer


def both(text: Text) -> Answer:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def merchant_answer(merchant: Merchant) -> Answer:
    """Return a merchant as the operator sees it."""
    return {
        "merchant_id": merchant.merchant_id,
        "code": merchant.code,
        "name_zh": merchant.name.zh,
        "name_en": merchant.name.en,
        "created_at": rfc3339(merchant.created_at),
    }


def store_answer(store: Store) -> Answer:
    """Return a store as the operator sees it."""
    return {
        "store_id": store.store_id,
        "merchant_id": store.merchant_id,
        "code": store.code,
        "name_zh": store.name.zh,
        "name_en": store.name.en,
        "created_at": rfc3339(store.created_at),
    }


def terminal_answer(terminal: Terminal) -> Answer:
    """Return a terminal as the operator sees it."""
    return {
        "terminal_id": terminal.terminal_id,
        "store_id": terminal.store_id,
        "merchant_id": terminal.merchant_id,
        "code": terminal.code,
        "key_id": terminal.key_id,
        "created_at": rfc3339(terminal.created_at),
    }


def offer_answer(offer: Offer, now: datetime) -> Answer:
    """Return an offer as everybody sees it."""
    terms = offer.terms
    return {
        "offer_id": offer.offer_id,
        "merchant_id": terms.merchant_id,
        "merchant": both(offer.merchant_name),
        "kind": terms.kind,
        "title": both(terms.title),
        "terms": both(terms.terms),
        "price_points": terms.sale.price_points,
        "face_value_fen": terms.face_value_fen,
        "remaining": offer.stock.left,
        "state": terms.sale.state_at(now) if offer.stock.left else "sold_out",
        "sale_starts_at": rfc3339(terms.sale.sale_starts_at),
        "sale_ends_at": rfc3339(terms.sale.sale_ends_at),
        "use_days": terms.sale.use_days,
        "stores": [{"store_id": s.store_id, "code": s.code, "name": both(s.name)} for s in offer.stores],
    }


def operator_offer_answer(offer: Offer, now: datetime) -> Answer:
    """Return an offer as the operator sees it: both languages, who pays, and how many are sold."""
    terms = offer.terms
    shown = offer_answer(offer, now)
    for name in ("merchant", "title", "terms"):
        text = shown.pop(name)
        shown[f"{name}_zh"], shown[f"{name}_en"] = text["zh"], text["en"]
    shown["funding"] = [{"funder": share.party, "amount_fen": share.amount_fen} for share in terms.shares]
    shown["stock"] = offer.stock.total
    shown["sold"] = offer.stock.sold
    shown["store_ids"] = [store["store_id"] for store in shown.pop("stores")]
    shown["created_at"] = rfc3339(offer.created_at)
    return shown


def order_answer(order: Order) -> Answer:
    """Return an order as its citizen sees it."""
    return {
        "order_id": str(order.order_id),
        "order_no": order.order_no,
        "offer_id": order.offer_id,
        "title": both(order.title),
        "points": order.points,
        "ordered_at": rfc3339(order.ordered_at),
        "voucher_id": str(order.voucher_id),
    }


def voucher_answer(voucher: Voucher, now: datetime) -> Answer:
    """Return a voucher as its citizen sees it."""
    use = voucher.use
    return {
        "voucher_id": str(voucher.voucher_id),
        "offer_id": voucher.offer_id,
        "merchant_id": voucher.merchant_id,
        "title": both(voucher.title),
        "points": voucher.points,
        "face_value_fen": voucher.face_value_fen,
        "state": voucher.state_at(now),
        "issued_at": rfc3339(voucher.issued_at),
        "use_ends_at": rfc3339(voucher.use_ends_at),
        "used_at": None if use is None else rfc3339(use.used_at),
        "used_store": None if use is None else {"store_id": use.store_id, "name": both(use.store_name)},
        "store_ids": list(voucher.store_ids),
    }


def till_voucher_answer(voucher: Voucher, ref: str, refusals: Sequence[Refusal]) -> Answer:
    """Return a voucher as a till sees it: its own id never leaves the service."""
    return {
        "voucher_ref": ref,
        "title": both(voucher.title),
        "face_value_fen": voucher.face_value_fen,
        "use_ends_at": rfc3339(voucher.use_ends_at),
        "usable": not refusals,
        "reasons": [{"code": refusal.code, "detail": both(told(refusal))} for refusal in refusals],
    }


def told(refusal: Refusal) -> Text:
    """Return a refusal's sentence with its places filled."""
    return Text(refusal.detail.say("zh-CN", **refusal.params), refusal.detail.say("en", **refusal.params))


def verification_answer(redemptions: Iterable[Redemption]) -> Answer:
    """Return a verification as its terminal sees it, now and whenever it asks again."""
    lines = sorted(redemptions, key=lambda one: one.redemption_id)
    first = lines[0]
    return {
        "verify_id": str(first.verify_id),
        "verify_no": first.verify_no,
        "verified_at": rfc3339(first.verified_at),
        "business_day": first.day.isoformat(),
        "store_id": first.store_id,
        "terminal_id": first.terminal_id,
        "clerk": first.clerk,
        "vouchers": [
            {
                "redemption_id": str(one.redemption_id),
                "voucher_id": str(one.voucher_id),
                "offer_id": one.offer_id,
                "title": both(one.title),
                "face_value_fen": one.face_value_fen,
                "settle_fen": one.settle_fen,
            }
            for one in lines
        ],
        "settle_fen": sum(one.settle_fen for one in lines),
    }
