"""SQL of redemptions: appended by a verification, read by the till that asks again and by settlement."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from service.core.database import Row, fetch_all, pipeline
from service.core.texts import Text
from service.rewards.domain.offers import Terminal
from service.rewards.domain.vouchers import Redemption

_INSERT = """
INSERT INTO redemption (
    merchant_id, day, redemption_id, verify_id, verify_no, terminal_id, store_id, clerk, citizen_id, voucher_id,
    offer_id, points, face_value_fen, settle_fen, verified_at
)
SELECT * FROM unnest(
    %s::bigint[], %s::date[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bigint[], %s::text[],
    %s::bigint[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[]
)
"""
_REDEMPTION = """
SELECT redemption.merchant_id, redemption.day, redemption.redemption_id, redemption.verify_id,
       redemption.verify_no, redemption.terminal_id, redemption.store_id, redemption.clerk, redemption.citizen_id,
       redemption.voucher_id, redemption.offer_id, offer.title_zh, offer.title_en, redemption.points,
       redemption.face_value_fen, redemption.settle_fen, redemption.verified_at
FROM redemption JOIN offer ON offer.offer_id = redemption.offer_id
"""
_TITLE_ZH = 11
"""Where the title stands in a row, Chinese first."""

_OF_NUMBER = f"""
{_REDEMPTION} WHERE redemption.merchant_id = %s AND redemption.terminal_id = %s AND redemption.verify_no = %s
ORDER BY redemption.redemption_id
"""
_OF_DAY = f"""
{_REDEMPTION} WHERE redemption.merchant_id = %s AND redemption.day = %s
ORDER BY redemption.verified_at, redemption.redemption_id
"""


def insert_redemptions(session: Session, redemptions: Sequence[Redemption]) -> None:
    """Append the redemptions of one verification."""
    columns = zip(*(_row(one) for one in redemptions), strict=True)
    with pipeline(session) as queue:
        arrays = [list(column) for column in columns]
        queue.run(_INSERT, arrays, expect=len(redemptions), label="redemptions")


def redemptions_of_number(session: Session, terminal: Terminal, verify_no: str) -> list[Redemption]:
    """Return what a terminal verified under one of its numbers."""
    rows = fetch_all(session, _OF_NUMBER, (terminal.merchant_id, terminal.terminal_id, verify_no))
    return [_redemption(row) for row in rows]


def redemptions_of(session: Session, merchant_id: int, day: date) -> list[Redemption]:
    """Return a merchant's redemptions of one business day, in the order of its statement."""
    return [_redemption(row) for row in fetch_all(session, _OF_DAY, (merchant_id, day))]


def _row(one: Redemption) -> tuple[object, ...]:
    return (
        *(
            one.merchant_id,
            one.day,
            one.redemption_id,
            one.verify_id,
            one.verify_no,
            one.terminal_id,
            one.store_id,
        ),
        *(one.clerk, one.citizen_id, one.voucher_id, one.offer_id, one.points, one.face_value_fen, one.settle_fen),
        one.verified_at,
    )


def _redemption(row: Row) -> Redemption:
    title = Text(row[_TITLE_ZH], row[_TITLE_ZH + 1])
    return Redemption(*[*row[:_TITLE_ZH], title, *row[_TITLE_ZH + 2 :]])
