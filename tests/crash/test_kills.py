"""kill -9 of gunicorn, worker and PostgreSQL within the main job: nothing acknowledged is lost or doubled."""

from collections.abc import Iterator

import pytest

from service.activities.domain.batches import CHUNK_LINES_MAX
from service.app import every_check
from service.demo import processes
from tests.crash.city import City, Plan, city
from tests.served.answers import first_form

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("crash"), pytest.mark.timeout(600)]

PLAN: Plan = {
    ("bind", 100): lambda city: city.processes.kill_database(),
    ("batch", 1): lambda city: city.trap.run(),
    ("part", 2): lambda city: city.processes.kill_web(),
    ("order", 40): lambda city: city.processes.kill_web(),
    ("order", 110): lambda city: city.processes.kill_database(),
    ("verify", 40): lambda city: city.processes.kill_everything(),
}
KILLED = {"web": 3, "worker": 3, "database": 4}
"""What the plan and the trap kill together."""
KILLS_MAX = 100

BOOKED = "SELECT kind, unit, count(*), sum(amount)::bigint FROM transfer GROUP BY kind, unit ORDER BY kind, unit"
CREDITED = "SELECT event_no, reduction_mg, points FROM activity ORDER BY activity_type, event_no"
ANSWERED = "SELECT batch_no, outcome, code, lines FROM batch_tally ORDER BY batch_no, outcome, code"


@pytest.fixture(scope="module")
def calm() -> Iterator[City]:
    """A day on which nothing is killed."""
    with city({}) as undisturbed:
        undisturbed.live()
        yield undisturbed


@pytest.fixture(scope="module")
def killed() -> Iterator[City]:
    """The same day, in which everything is killed again and again."""
    with pytest.MonkeyPatch.context() as patch, city(PLAN) as disturbed:
        patch.setattr(processes, "HEALINGS_MAX", KILLS_MAX)
        patch.setattr(processes, "RESTARTS_MAX", KILLS_MAX)
        disturbed.live()
        yield disturbed


def test_the_kills_hit_what_they_were_aimed_at(killed: City) -> None:
    caught = killed.trap.killed

    assert dict(killed.processes.kills) == KILLED
    assert killed.processes.restarts == KILLED["web"] + KILLED["worker"]
    assert {name: batch.lines_done for name, batch in caught.items()} == {
        "first chunk": 0,
        "second chunk": CHUNK_LINES_MAX,
        "database": 0,
    }


def test_a_day_full_of_kills_comes_to_what_a_calm_day_comes_to(killed: City, calm: City) -> None:
    assert (calm.summary.holds, killed.summary.holds) == (True, True)
    assert killed.summary.figures() == calm.summary.figures()
    for sql in (BOOKED, CREDITED, ANSWERED):
        assert killed.rows(sql) == calm.rows(sql)


def test_every_book_check_holds_after_the_kills(killed: City) -> None:
    proof = killed.proof()

    found = {check["check"]: check["findings"] for check in proof["checks"]}
    assert found == {check.name: [] for check in every_check()}
    assert proof["holds"] is True


def test_what_was_acknowledged_is_there_exactly_once_and_nothing_else_is(killed: City) -> None:
    orders = [(number, known.answer["order"]["order_id"]) for number, known in killed.known("order").items()]
    verified = [
        (number, voucher["redemption_id"], voucher["voucher_id"])
        for number, known in killed.known("verify").items()
        for voucher in known.answer["verification"]["vouchers"]
    ]
    batches = [(number, "done", known.asked["lines"]) for number, known in killed.known("batch").items()]

    assert sorted(killed.rows("SELECT order_no, order_id::text FROM citizen_order")) == sorted(orders)
    assert sorted(
        killed.rows("SELECT verify_no, redemption_id::text, voucher_id::text FROM redemption")
    ) == sorted(verified)
    assert sorted(killed.rows("SELECT batch_no, state, lines_done FROM batch")) == sorted(batches)
    assert killed.rows("SELECT count(*), count(DISTINCT order_id) FROM voucher") == [(len(orders), len(orders))]
    assert killed.rows("SELECT count(*) FROM voucher WHERE state = 'used'") == [(len(verified),)]


def test_what_was_acknowledged_is_answered_the_same_when_asked_again_and_books_nothing(killed: City) -> None:
    before = killed.rows(BOOKED)

    for kind, answers in killed.ask_again().items():
        assert len(answers) == len(killed.known(kind)) > 0
        assert all(answer.replayed for answer in answers.values())
        assert {number: first_form(answer.body) for number, answer in answers.items()} == {
            number: first_form(known.answer) for number, known in killed.known(kind).items()
        }
    assert killed.rows(BOOKED) == before


def test_what_the_operator_set_up_is_there_once(killed: City, calm: City) -> None:
    for table in ("partner", "merchant", "store", "terminal", "offer", "citizen", "binding"):
        count = f"SELECT count(*) FROM {table}"
        assert killed.rows(count) == calm.rows(count)


def test_every_file_completed_again_is_found_whole(killed: City) -> None:
    before = killed.rows(ANSWERED), killed.rows(BOOKED)

    states = killed.complete_again()

    assert states == dict.fromkeys(killed.known("batch"), (True, "done"))
    assert (killed.rows(ANSWERED), killed.rows(BOOKED)) == before
