"""SQL of offers and their stock."""

from datetime import datetime

from sqlmodel import Session

from service.core.database import Row, fetch_all, fetch_one, pipeline
from service.core.paging import Page
from service.core.texts import Text
from service.ledger import PROGRAMME_FUNDER_ID
from service.rewards.domain.offers import Offer, OfferTerms, OnShelf, Sale, Share, Stock, StoreName
from service.rewards.store.merchants import after_id

_INSERT_OFFER = """
INSERT INTO offer (
    offer_id, merchant_id, kind, title_zh, title_en, terms_zh, terms_en, price_points, face_value_fen,
    sale_starts_at, sale_ends_at, use_days, created_at
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_SHARES = """
INSERT INTO offer_share (offer_id, funder_id, amount_fen)
SELECT %s, share.* FROM unnest(%s::bigint[], %s::bigint[]) AS share
"""
_INSERT_STORES = "INSERT INTO offer_store (offer_id, store_id) SELECT %s, unnest(%s::bigint[])"
_INSERT_STOCK = "INSERT INTO offer_stock (offer_id, total, sold) VALUES (%s, %s, 0)"

_OFFER = """
SELECT offer.offer_id, offer.merchant_id, offer.kind, offer.title_zh, offer.title_en, offer.terms_zh,
       offer.terms_en, offer.price_points, offer.face_value_fen, offer.sale_starts_at, offer.sale_ends_at,
       offer.use_days, offer.created_at, merchant.name_zh, merchant.name_en, stock.total, stock.sold,
       share.rows, store.rows
FROM offer
JOIN merchant ON merchant.merchant_id = offer.merchant_id
JOIN offer_stock AS stock ON stock.offer_id = offer.offer_id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(funder_id, amount_fen) ORDER BY funder_id DESC) AS rows
    FROM offer_share WHERE offer_share.offer_id = offer.offer_id
) AS share
CROSS JOIN LATERAL (
    SELECT json_agg(
        json_build_array(store.store_id, store.code, store.name_zh, store.name_en) ORDER BY store.store_id
    ) AS rows
    FROM offer_store JOIN store ON store.store_id = offer_store.store_id
    WHERE offer_store.offer_id = offer.offer_id
) AS store
"""
_FIND = f"{_OFFER} WHERE offer.offer_id = %s"
_LIST = f"{_OFFER} WHERE offer.offer_id > %s ORDER BY offer.offer_id LIMIT %s"
_LIST_ENDING_AFTER = (
    f"{_OFFER} WHERE offer.offer_id > %s AND offer.sale_ends_at > %s ORDER BY offer.offer_id LIMIT %s"
)

_ON_SHELF = """
SELECT offer.offer_id, offer.merchant_id, offer.title_zh, offer.title_en, offer.face_value_fen,
       offer.price_points, offer.sale_starts_at, offer.sale_ends_at, offer.use_days, stock.total, stock.sold,
       ARRAY(SELECT store_id FROM offer_store WHERE offer_store.offer_id = offer.offer_id ORDER BY store_id)
FROM offer JOIN offer_stock AS stock ON stock.offer_id = offer.offer_id
WHERE offer.offer_id = %s
"""


def insert_offer(session: Session, offer_id: int, terms: OfferTerms, stock_total: int, now: datetime) -> None:
    """Add an offer with its shares, stores and stock."""
    title, text, sale = terms.title, terms.terms, terms.sale
    row = (
        *(offer_id, terms.merchant_id, terms.kind, title.zh, title.en, text.zh, text.en),
        *(sale.price_points, terms.face_value_fen, sale.sale_starts_at, sale.sale_ends_at, sale.use_days, now),
    )
    funders = [PROGRAMME_FUNDER_ID if one.party == "programme" else terms.merchant_id for one in terms.shares]
    amounts = [share.amount_fen for share in terms.shares]
    with pipeline(session) as queue:
        queue.run(_INSERT_OFFER, row, expect=1, label="offer")
        queue.run(_INSERT_SHARES, (offer_id, funders, amounts), expect=len(funders), label="shares")
        queue.run(_INSERT_STORES, (offer_id, list(terms.store_ids)), expect=len(terms.store_ids), label="stores")
        queue.run(_INSERT_STOCK, (offer_id, stock_total), expect=1, label="stock")


def find_offer(session: Session, offer_id: int) -> Offer | None:
    """Return the offer, if there is one."""
    found = fetch_one(session, _FIND, (offer_id,))
    return None if found is None else _offer(found)


def find_on_shelf(session: Session, offer_id: int) -> OnShelf | None:
    """Return what an order needs of the offer, its stock read without a lock."""
    found = fetch_one(session, _ON_SHELF, (offer_id,))
    if found is None:
        return None
    _, merchant_id, title_zh, title_en, face_value_fen, *sale, total, sold, store_ids = found
    return OnShelf(
        offer_id=offer_id,
        merchant_id=merchant_id,
        title=Text(title_zh, title_en),
        face_value_fen=face_value_fen,
        sale=Sale(*sale),
        stock=Stock(total, sold),
        store_ids=tuple(store_ids),
    )


def list_offers(session: Session, page: Page) -> list[Offer]:
    """Return one page of all offers, oldest first."""
    return [_offer(row) for row in fetch_all(session, _LIST, (after_id(page), page.limit))]


def list_offers_ending_after(session: Session, now: datetime, page: Page) -> list[Offer]:
    """Return one page of the offers whose sale is not over, oldest first."""
    rows = fetch_all(session, _LIST_ENDING_AFTER, (after_id(page), now, page.limit))
    return [_offer(row) for row in rows]


def _offer(row: Row) -> Offer:
    offer_id, merchant_id, kind, title_zh, title_en, terms_zh, terms_en = row[:7]
    price, face_value_fen, starts_at, ends_at, use_days, created_at = row[7:13]
    name_zh, name_en, total, sold, shares, stores = row[13:]
    terms = OfferTerms(
        merchant_id=merchant_id,
        kind=kind,
        title=Text(title_zh, title_en),
        terms=Text(terms_zh, terms_en),
        face_value_fen=face_value_fen,
        shares=tuple(Share("merchant" if funder == merchant_id else "programme", fen) for funder, fen in shares),
        sale=Sale(price, starts_at, ends_at, use_days),
        store_ids=tuple(store[0] for store in stores),
    )
    places = tuple(StoreName(store_id, code, Text(zh, en)) for store_id, code, zh, en in stores)
    return Offer(offer_id, terms, Stock(total, sold), Text(name_zh, name_en), places, created_at)
