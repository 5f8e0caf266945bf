from itertools import permutations
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.context import Context
from tests.activities.conftest import NewPartner
from tests.activities.intake import Partner, Ride, books, delivery, ride, undone
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import CitizenClient

ONE = (1, 185_400, 185)
REUSED = ("EVENT_NO_REUSED", "#/event_no")
SAME_EVENT = ("SAME_EVENT", "#/event_no")
SAME_ACT = ("SAME_ACT_ALREADY_CREDITED", "#")
ACCEPTED = (None, None)
CHUNKS = pytest.mark.parametrize("chunk_lines", [1, 2, 5_000])


@CHUNKS
def test_the_same_record_again_changes_nothing(
    chunk_lines: int, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", [ride(1), ride(1)], chunk_lines)
    before = books(context)
    partner.deliver("B-2", delivery([ride(1)], "ndjson", "gzip"), chunk_lines)

    assert partner.verdicts("B-1") == [ACCEPTED, SAME_EVENT]
    assert partner.results("B-2")[0]["outcome"] == "duplicate"
    assert books(context) == {**before, "lines": (3,)}
    assert before["activities"] == ONE


@CHUNKS
def test_an_event_number_stands_for_one_record(
    chunk_lines: int, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    other = ride(1, distance_m=3001)

    partner.deliver("B-1", [ride(1), other, ride(1)], chunk_lines)
    partner.deliver("B-2", [other], chunk_lines)

    assert partner.verdicts("B-1") == [ACCEPTED, REUSED, SAME_EVENT]
    assert partner.verdicts("B-2") == [REUSED]
    assert books(context)["activities"] == ONE


@CHUNKS
def test_one_act_is_credited_once_under_whatever_number(
    chunk_lines: int, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    again = ride(1, event_no="E-other", started_at="2026-11-19T08:01:59+08:00")

    partner.deliver("B-1", [ride(1), again], chunk_lines)
    partner.deliver("B-2", [{**again, "event_no": "E-third"}], chunk_lines)

    assert partner.verdicts("B-1") == [ACCEPTED, SAME_ACT]
    assert partner.verdicts("B-2") == [SAME_ACT]
    assert books(context)["activities"] == ONE


def test_one_act_is_credited_once_whoever_reports_it(
    partner: Partner, new_partner: NewPartner, rider: CitizenClient, context: Context
) -> None:
    other = new_partner("other")
    world.bind(rider, other.client, "the-same-person")

    partner.deliver("B-1", [ride(1)])
    other.deliver("B-1", [ride(1, subject_token="the-same-person", distance_m=2900)])

    assert other.verdicts("B-1") == [SAME_ACT]
    assert books(context)["activities"] == ONE


def test_two_partners_may_use_the_same_event_number(
    partner: Partner, new_partner: NewPartner, rider: CitizenClient, context: Context
) -> None:
    other = new_partner("other")
    world.bind(rider, other.client, "rider-1")

    partner.deliver("B-1", [ride(1)])
    other.deliver("B-1", [ride(1, started_at="2026-11-19T07:30:00+08:00", ended_at="2026-11-19T07:45:00+08:00")])

    assert other.verdicts("B-1") == [ACCEPTED]
    assert books(context)["activities"][0] == 2


def test_a_refused_record_may_come_again_mended_under_its_number(
    partner: Partner, app: Flask, rider: CitizenClient, context: Context
) -> None:
    stranger = ride(2, subject_token="rider-2")
    partner.deliver("B-1", [ride(1, distance_m=12.9), stranger, ride(1)])
    second = world.citizen(app, context, 2)
    world.bind(second, partner.client, "rider-2")
    partner.deliver("B-2", [stranger])

    assert partner.verdicts("B-1") == [
        ("NOT_AN_INTEGER", "#/distance_m"),
        ("SUBJECT_UNKNOWN", "#/subject_token"),
        ACCEPTED,
    ]
    assert partner.verdicts("B-2") == [ACCEPTED]
    assert books(context)["activities"][0] == 2


def test_a_record_sent_again_is_recognised_even_when_it_would_be_refused_by_now(
    partner: Partner, rider: CitizenClient, context: Context, clock: MovingClock
) -> None:
    partner.deliver("B-1", [ride(1)])
    clock.advance(days=40)
    partner.deliver("B-2", [ride(1), ride(2)])

    assert partner.verdicts("B-2") == [SAME_EVENT, ("TOO_OLD", "#/started_at")]


# Rides of two citizens in which acts, events and whole records repeat; what repeats an act is worth the same, so
# that the totals cannot depend on which of them came first.
some_rides = st.lists(
    st.builds(
        lambda event, act, rider: ride(act, event_no=f"E-{event}-{act}-{rider}", subject_token=f"rider-{rider}"),
        event=st.integers(0, 1),
        act=st.integers(1, 4),
        rider=st.integers(1, 3),
    ),
    min_size=1,
    max_size=10,
)


def totals(context: Context) -> dict[str, tuple[int, ...]]:
    return {name: found for name, found in books(context).items() if name != "lines"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rides=some_rides,
    chunk_lines=st.integers(1, 11),
    cut=st.integers(0, 10),
    seed=st.randoms(use_true_random=False),
)
def test_any_chunk_size_and_any_order_of_lines_end_in_the_same_totals(
    rides: list[Ride],
    chunk_lines: int,
    cut: int,
    seed: Random,
    partner: Partner,
    rider: CitizenClient,
    context: Context,
) -> None:
    start = partner.seq, partner.prev_digest
    with undone(context):
        partner.deliver("B-1", rides)
        whole = totals(context), partner.verdicts("B-1")
        partner.seq, partner.prev_digest = start
    with undone(context):
        partner.deliver("B-1", rides, chunk_lines)
        in_chunks = totals(context), partner.verdicts("B-1")
        partner.seq, partner.prev_digest = start
    shuffled = seed.sample(rides, len(rides))
    with undone(context):
        for number, some in enumerate((shuffled[:cut], shuffled[cut:])):
            if some:
                partner.deliver(f"B-{number}", some, chunk_lines)
        in_any_order = totals(context)
        partner.seq, partner.prev_digest = start

    assert in_chunks == whole
    assert in_any_order == whole[0]


def test_three_witnesses_of_one_act_in_every_order_credit_it_once(
    partner: Partner, rider: CitizenClient, context: Context
) -> None:
    witnesses = [ride(1), ride(1), ride(1, event_no="E-other")]
    for number, order in enumerate(permutations(witnesses)):
        with undone(context):
            start = partner.seq, partner.prev_digest
            partner.deliver(f"B-{number}", list(order), 1)
            partner.seq, partner.prev_digest = start

            assert books(context)["activities"] == ONE
