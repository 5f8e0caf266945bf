import pytest
import sqlalchemy as sa
from flask import Flask
from sqlmodel import Session

from service import activities, ledger, methodology
from service.core.context import Context
from service.core.database import transact
from tests.activities.intake import Partner, ride
from tests.identity import world
from tests.identity.world import CitizenClient

DAMAGE = [
    (
        "DELETE FROM activity WHERE event_no = 'E-000001'",
        {
            "events_equal_activities",
            "acts_equal_activities",
            "accepted_equal_activities",
            "activities_equal_earnings",
        },
    ),
    (
        "UPDATE activity SET points = points + 1 WHERE event_no = 'E-000001'",
        {"activities_equal_earnings"},
    ),
    ("DELETE FROM reported_event WHERE event_no = 'E-000001'", {"events_equal_activities"}),
    ("UPDATE credited_act SET citizen_id = citizen_id + 1", {"acts_equal_activities"}),
    ("DELETE FROM batch_line WHERE line_no = 3", {"tallies_equal_lines"}),
    (
        "UPDATE batch_tally SET lines = lines + 1 WHERE outcome = 'rejected'",
        {"tallies_equal_lines", "progress_equals_tallies"},
    ),
    ("UPDATE batch SET lines_done = lines_done - 1", {"progress_equals_tallies"}),
]


def broken(context: Context) -> set[str]:
    def look(session: Session) -> set[str]:
        return {check.name for check in (*ledger.CHECKS, *activities.CHECKS) if list(check.run(session))}

    return transact(context, look)


def test_the_books_agree_after_batches(partner: Partner, rider: CitizenClient, context: Context) -> None:
    partner.deliver("B-1", [ride(1), ride(2), ride(2), ride(3, distance_m=-1)], 2)
    partner.deliver("B-2", [ride(1), ride(4)])

    assert broken(context) == set()


@pytest.mark.parametrize(("damage", "found"), DAMAGE, ids=[sql[:40] for sql, _ in DAMAGE])
def test_planted_damage_is_found(
    damage: str,
    found: set[str],
    committed: Context,
    committed_app: Flask,
    catalogue: methodology.Catalogue,
    owner_session: Session,
) -> None:
    partner = Partner(committed_app, committed, catalogue).register(world.operator(committed_app, committed))
    rider = world.citizen(committed_app, committed)
    world.bind(rider, partner.client, "rider-1")
    partner.deliver("B-1", [ride(1), ride(2), ride(3, distance_m=-1)])

    owner_session.connection().execute(sa.text(damage))
    owner_session.commit()

    assert broken(committed) == found
