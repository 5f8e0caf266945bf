"""The book checks of settlement."""

from service.core.checks import NamedCheck, proof_by_sql
from service.core.texts import Text
from service.rewards import REDEMPTION_LINES

_LINES = f"""
SELECT merchant_id, day, count(*) AS rows, sum(settle_fen) AS total_fen
FROM ({REDEMPTION_LINES}) AS line GROUP BY merchant_id, day
"""
_TOTALS = f"""
SELECT format('merchant %s on %s: %s', merchant_id, day, figure.name), figure.drawn, figure.written
FROM closing
JOIN (
    SELECT merchant_id, day, drawn.rows AS drawn_rows, drawn.total_fen AS drawn_fen,
        written.rows AS written_rows, written.total_fen AS written_fen
    FROM (SELECT merchant_id, day, rows, total_fen FROM statement) AS drawn
    FULL JOIN ({_LINES}) AS written USING (merchant_id, day)
) AS both_sides USING (day)
CROSS JOIN LATERAL (VALUES
    ('rows', coalesce(drawn_rows, -1), coalesce(written_rows, 0)),
    ('fen', coalesce(drawn_fen, -1), coalesce(written_fen, 0))
) AS figure (name, drawn, written)
WHERE figure.drawn <> figure.written
"""

_HASHES = """
SELECT format('merchant %s on %s', merchant_id, day), 1, 0 FROM statement WHERE sha256 <> sha256(content)
"""

_CHAIN = r"""
SELECT format('merchant %s on %s', merchant_id, day), 1, 0
FROM (
    SELECT statement.*,
        lag(sha256) OVER chain AS last_sha256, lag(chain_sha256) OVER chain AS last_chain_sha256
    FROM statement WINDOW chain AS (PARTITION BY merchant_id ORDER BY closing_no)
) AS linked
WHERE prev_sha256 IS DISTINCT FROM last_sha256
OR chain_sha256 <> sha256(convert_to(concat(
    encode(last_chain_sha256, 'hex'), E'\n', merchant_id, E'\n', to_char(day, 'YYYY-MM-DD'), E'\n',
    rows, E'\n', total_fen, E'\n', encode(sha256, 'hex'), E'\n'
), 'UTF8'))
"""

CHECKS: tuple[NamedCheck, ...] = (
    proof_by_sql(
        "statements_equal_redemptions",
        Text(
            "每个已日切之日，每家商户对账单的笔数与金额等于其核销。",
            "Every closed day's statement of every merchant has the rows and the fen of its redemptions.",
        ),
        _TOTALS,
    ),
    proof_by_sql(
        "statement_hashes",
        Text("每份对账单的摘要就是其文件的摘要。", "Every statement's hash is that of its file."),
        _HASHES,
    ),
    proof_by_sql(
        "statement_chain",
        Text(
            "每份对账单都指明前一份，链条相符。", "Every statement names the one before it, and the chain adds up."
        ),
        _CHAIN,
    ),
)
