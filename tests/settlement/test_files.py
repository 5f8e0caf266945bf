"""The file of a statement: whatever people write into a cell, totals add up and no spreadsheet runs it."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.core.texts import Text
from service.core.units import AmountFen
from service.settlement.domain import (
    COLUMNS,
    GUARDED,
    TEXT_COLUMNS,
    Statement,
    chain,
    guard_cell,
    read_cell,
    read_file,
    write_file,
)
from service.settlement.operations.fetch_statement_file import fetch_statement_file
from service.settlement.operations.show_statement import show_statement
from tests.clock import TEN_O_CLOCK, MovingClock
from tests.rewards.market import Market, at, open_shop

FRIDAY = date(2026, 11, 20)
PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=30)
DANGEROUS = PLAIN | st.builds(str.__add__, st.sampled_from(list(GUARDED)), PLAIN)
INJECTIONS = (
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "'=1",
    "＝1+1",
    '"quoted", and comma',
    "a\u2028b",
)


@given(DANGEROUS)
@example("=cmd")
@example("'")
@example("''=1")
def test_a_guarded_cell_never_begins_like_a_formula_and_reads_back_as_written(text: str) -> None:
    cell = guard_cell(text)

    assert cell[0] not in "=+-@＝＋－＠\t\r"
    assert read_cell(cell) == text


def test_an_empty_cell_stays_empty() -> None:
    assert guard_cell("") == ""


@given(st.lists(st.tuples(DANGEROUS, DANGEROUS, st.integers(0, 10**9)), max_size=8))
def test_a_written_file_reads_back_whole(rows: list[tuple[str, str, int]]) -> None:
    lines = [
        ("V", "2026", "VERIFY", "S", "T", clerk, 1, title, "r", "v", fen, 0, fen) for clerk, title, fen in rows
    ]

    content = write_file(lines)

    read = read_file(content)
    assert [(row["clerk"], row["title"], int(row["settle_fen"])) for row in read] == rows
    assert sum(int(row["settle_fen"]) for row in read) == sum(fen for _, _, fen in rows)
    cells = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert all(not row[name].startswith(tuple("=+-@")) for row in cells for name in TEXT_COLUMNS)


def test_the_chain_covers_every_figure() -> None:
    statement = Statement(
        merchant_id=-1000,
        day=FRIDAY,
        closing_no=1,
        rows=2,
        total_fen=AmountFen(800),
        size_bytes=9,
        sha256=b"\x01" * 32,
        prev_sha256=None,
        chain_sha256=b"",
        prev_chain_sha256=None,
        created_at=TEN_O_CLOCK,
    )
    changed = [
        replace(statement, merchant_id=-1001),
        replace(statement, day=date(2026, 11, 21)),
        replace(statement, rows=3),
        replace(statement, total_fen=AmountFen(801)),
        replace(statement, sha256=b"\x02" * 32),
    ]

    links = {chain(None, one) for one in (statement, *changed)} | {chain(b"\x03" * 32, statement)}

    assert len(links) == 7


@pytest.mark.parametrize("injected", INJECTIONS)
def test_the_database_writes_the_same_file_as_the_rule(market: Market, clock: MovingClock, injected: str) -> None:
    shop = open_shop(market, title=Text(injected, "x"))
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    verified = market.verify(shop.terminal_id, market.prepared(shop.terminal_id, citizen_id), clerk=injected)
    clock.set(at(1, day=21))
    market.close(FRIDAY)

    content, digest = fetch_statement_file(market.context, shop.merchant_id, FRIDAY)

    line = verified["verification"]["vouchers"][0]
    ((store_code, terminal_code),) = market.rows(
        "SELECT store.code, terminal.code FROM store JOIN terminal USING (store_id)"
    )
    row = dict(
        zip(
            COLUMNS,
            (
                *(verified["verification"]["verify_no"], "2026-11-20T10:00:00.000000+08:00", "VERIFY"),
                *(store_code, terminal_code, injected, shop.offer_id, injected),
                *(line["redemption_id"], line["voucher_id"], 500, 100, 400),
            ),
            strict=True,
        )
    )
    assert content == write_file([list(row.values())])
    assert read_file(content) == [{name: str(value) for name, value in row.items()}]
    summary = show_statement(market.context, shop.merchant_id, FRIDAY)["statement"]
    assert summary["sha256"] == digest.hex()
    assert market.findings() == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(sold=st.lists(st.tuples(st.integers(0, 2), DANGEROUS), max_size=6))
def test_totals_of_statements_are_those_of_the_tills(
    market: Market, clock: MovingClock, sold: list[tuple[int, str]]
) -> None:
    clock.set(TEN_O_CLOCK)
    with market.context.open_session() as session:
        savepoint = session.connection().begin_nested()
        shops = [open_shop(market, title=Text(f"店{n}", "x")) for n in range(3)]
        clock.advance(minutes=2)
        citizen_id = market.citizen(points=1_000)
        answers = []
        for n, clerk in sold:
            market.order(citizen_id, shops[n].offer_id)
            prepared = market.prepared(shops[n].terminal_id, citizen_id)
            answers.append(market.verify(shops[n].terminal_id, prepared, clerk=clerk))
        clock.set(at(1, day=21))

        closing = market.close(FRIDAY)["closing"]

        total_fen = sum(answer["verification"]["settle_fen"] for answer in answers)
        assert (closing["rows"], closing["total_fen"]) == (len(sold), total_fen)
        for n, shop in enumerate(shops):
            rows = read_file(fetch_statement_file(market.context, shop.merchant_id, FRIDAY)[0])
            assert sorted(row["clerk"] for row in rows) == sorted(clerk for place, clerk in sold if place == n)
            summary = show_statement(market.context, shop.merchant_id, FRIDAY)["statement"]
            assert (summary["rows"], summary["total_fen"]) == (
                len(rows),
                sum(int(row["settle_fen"]) for row in rows),
            )
        assert market.findings() == []
        savepoint.rollback()
