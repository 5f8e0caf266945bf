import json
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from service import ledger
from service.core.checks import Finding, NamedCheck
from service.core.database import execute
from service.core.opening import Opening
from service.core.texts import Text
from tests.ledger.bookings import Books

NOVEMBER = date(2028, 11, 30)
SOME = "(SELECT transfer_id FROM transfer WHERE owner_id = 7 AND kind = '{}' LIMIT 1)"


@pytest.fixture
def damage(committed_books: Books, owner_session: Session) -> Callable[..., None]:
    """Return what writes past the service, as the owner of the tables, into books of three people."""
    for owner_id in (7, 8, 9):
        committed_books.earn(owner_id, points=100, mg=100_000)
        committed_books.redeem(owner_id, committed_books.spend(owner_id, 40))
    committed_books.pay(-1003, 1_500)

    def write(*statements: str) -> None:
        for statement in statements:
            assert execute(owner_session, statement) >= 1
        owner_session.commit()

    return write


def run(books: Books, *arguments: str, checks: tuple[NamedCheck, ...] = ledger.CHECKS) -> Result:
    command = ledger.commands(lambda: Opening(lambda: books.context, checks))[0]
    return CliRunner().invoke(command, arguments)


def transfer_of(books: Books, kind: str) -> str:
    [[transfer_id]] = books.rows(SOME.format(kind)[1:-1])
    return str(transfer_id)


@pytest.mark.usefixtures("damage")
def test_sound_books_hold(committed_books: Books) -> None:
    result = run(committed_books)

    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.output.splitlines()] == [
        "ok     legal_pairs",
        "ok     accounts_not_below_zero",
        "ok     wallets_equal_transfers",
        "ok     lots_equal_transfers",
        "ok     lots_equal_wallets",
        "ok     nothing_in_transit",
        "账本一致",
    ]


def test_a_changed_amount_is_found(committed_books: Books, damage: Callable[..., None]) -> None:
    damage(f"UPDATE transfer SET amount = 101 WHERE transfer_id = {SOME.format('earn_points')}")

    assert committed_books.findings() == [
        ("wallets_equal_transfers", "7 active_points", 61, 60),
        ("wallets_equal_transfers", "7 earned_points", 101, 100),
        ("lots_equal_transfers", f"7 {NOVEMBER} -1", 61, 60),
    ]


def test_a_deleted_transfer_is_found(committed_books: Books, damage: Callable[..., None]) -> None:
    damage(f"DELETE FROM transfer WHERE transfer_id = {SOME.format('spend')}")

    assert committed_books.findings() == [
        ("accounts_not_below_zero", f"7 voucher_outstanding {NOVEMBER} -1", 0, -40),
        ("wallets_equal_transfers", "7 active_points", 100, 60),
        ("wallets_equal_transfers", "7 spent_points", 0, 40),
        ("lots_equal_transfers", f"7 {NOVEMBER} -1", 100, 60),
    ]


def test_a_changed_account_is_found(committed_books: Books, damage: Callable[..., None]) -> None:
    transfer_id = transfer_of(committed_books, "earn_reduction")
    damage(f"UPDATE transfer SET to_account = 'redeemed' WHERE transfer_id = '{transfer_id}'")

    assert committed_books.findings() == [
        ("legal_pairs", f"7 {transfer_id}: earn_reduction mg reductions -> redeemed", 1, 0),
        ("wallets_equal_transfers", "7 provisional_mg", 0, 100_000),
    ]


def test_a_kind_on_the_wrong_side_of_the_house_is_found(
    committed_books: Books, damage: Callable[..., None]
) -> None:
    [[transfer_id]] = committed_books.rows("SELECT transfer_id FROM transfer WHERE owner_id = -1003")
    damage(f"UPDATE transfer SET owner_id = 1003 WHERE transfer_id = '{transfer_id}'")

    assert committed_books.findings() == [
        ("legal_pairs", f"1003 {transfer_id}: pay fen in_transit -> payable", 1, 0)
    ]


def test_a_constraint_that_was_dropped_is_proved_all_the_same(
    committed_books: Books, damage: Callable[..., None], owner_session: Session
) -> None:
    transfer_id = transfer_of(committed_books, "redeem")
    execute(owner_session, "ALTER TABLE transfer DROP CONSTRAINT transfer_amount_check")
    damage(f"UPDATE transfer SET amount = -1 WHERE transfer_id = '{transfer_id}'")

    assert committed_books.findings() == [
        ("legal_pairs", f"7 {transfer_id}: redeem points voucher_outstanding -> redeemed", 1, 0),
        ("accounts_not_below_zero", f"7 redeemed {NOVEMBER} -1", 0, -1),
    ]


@pytest.mark.parametrize(
    ("statement", "findings"),
    [
        (
            "UPDATE wallet SET active_points = 61 WHERE owner_id = 8",
            [
                ("wallets_equal_transfers", "8 active_points", 60, 61),
                ("lots_equal_wallets", "8", 61, 60),
            ],
        ),
        (
            "UPDATE wallet SET lapsed_points = 3, creditable_mg = 5 WHERE owner_id = 8",
            [
                ("wallets_equal_transfers", "8 lapsed_points", 0, 3),
                ("wallets_equal_transfers", "8 creditable_mg", 0, 5),
            ],
        ),
        (
            "INSERT INTO wallet VALUES (10, 0, 5, 0, 0, 0, 0, 0)",
            [("wallets_equal_transfers", "10 earned_points", 0, 5)],
        ),
        (
            "DELETE FROM wallet WHERE owner_id = 9",
            [
                ("wallets_equal_transfers", "9 active_points", 60, 0),
                ("wallets_equal_transfers", "9 earned_points", 100, 0),
                ("wallets_equal_transfers", "9 spent_points", 40, 0),
                ("wallets_equal_transfers", "9 provisional_mg", 100_000, 0),
                ("lots_equal_wallets", "9", 0, 60),
            ],
        ),
        (
            "UPDATE lot SET expires_on = '2029-01-31' WHERE owner_id = 8",
            [
                ("lots_equal_transfers", f"8 {NOVEMBER} -1", 60, 0),
                ("lots_equal_transfers", "8 2029-01-31 -1", 0, 60),
            ],
        ),
        (
            "INSERT INTO lot VALUES (11, '2029-01-31', -1, 5)",
            [("lots_equal_transfers", "11 2029-01-31 -1", 0, 5), ("lots_equal_wallets", "11", 0, 5)],
        ),
    ],
)
def test_a_wallet_or_a_lot_that_was_touched_is_found(
    committed_books: Books,
    damage: Callable[..., None],
    statement: str,
    findings: list[tuple[str, str, int, int]],
) -> None:
    damage(statement)

    assert committed_books.findings() == findings


def test_money_that_never_arrived_is_found(committed_books: Books, damage: Callable[..., None]) -> None:
    [[movement_id]] = committed_books.rows("SELECT DISTINCT movement_id FROM transfer WHERE unit = 'fen'")
    damage("DELETE FROM transfer WHERE owner_id = -1003")

    assert committed_books.findings() == [("nothing_in_transit", str(movement_id), 0, 1_500)]


def test_the_command_names_the_first_broken_rows_and_ends_with_one(
    committed_books: Books, damage: Callable[..., None]
) -> None:
    damage("UPDATE wallet SET creditable_mg = 5")

    result = run(committed_books, "--limit", "2", "--language", "en")

    assert result.exit_code == 1
    assert result.output.splitlines()[2:7] == [
        "BROKEN wallets_equal_transfers: Every figure of every wallet is the sum of its transfers.",
        "       7 creditable_mg: expected 0, found 5",
        "       8 creditable_mg: expected 0, found 5",
        "       ... and more",
        "ok     lots_equal_transfers: What is left in every lot is the sum of its transfers.",
    ]
    assert result.output.splitlines()[-1] == "the books do not agree"


def test_the_command_answers_in_json_and_runs_the_checks_of_every_context(books: Books) -> None:
    def never(_session: Session) -> object:
        return iter([Finding("higher", "a", 1, 2)])

    checks = (ledger.CHECKS[0], NamedCheck("higher", Text("上层的检查。", "A context above."), never))  # type: ignore[arg-type]

    result = run(books, "--json", "--language", "en", checks=checks)

    assert result.exit_code == 1
    assert json.loads(result.output) == {
        "holds": False,
        "checks": [
            {
                "check": "legal_pairs",
                "proves": "Every transfer is between a pair of accounts its kind allows.",
                "holds": True,
                "findings": [],
                "more": False,
            },
            {
                "check": "higher",
                "proves": "A context above.",
                "holds": False,
                "findings": [{"check": "higher", "subject": "a", "expected": 1, "found": 2}],
                "more": False,
            },
        ],
    }
