"""Activities as the citizen reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from service.core.database import fetch_all, fetch_one

_COLUMNS = (
    "activity_id, recorded_on, recorded_at, partner_id, event_no, activity_type, evidence, started_at, ended_at,"
    " distance_m, vehicle_no, method_id, method_version, reduction_mg, mg_account, points"
)
_FIRST_PAGE = f"""
SELECT {_COLUMNS} FROM activity WHERE citizen_id = %s
ORDER BY recorded_on DESC, activity_id DESC LIMIT %s
"""
_NEXT_PAGE = f"""
SELECT {_COLUMNS} FROM activity WHERE citizen_id = %s AND (recorded_on, activity_id) < (%s, %s)
ORDER BY recorded_on DESC, activity_id DESC LIMIT %s
"""
_FIND = f"SELECT {_COLUMNS} FROM activity WHERE citizen_id = %s AND activity_id = %s"


@dataclass(frozen=True, slots=True)
class Activity:
    """A credited activity."""

    activity_id: UUID
    recorded_on: date
    recorded_at: datetime
    partner_id: int
    event_no: str
    activity_type: str
    evidence: str
    started_at: datetime
    ended_at: datetime
    distance_m: int
    vehicle_no: str | None
    method_id: str
    method_version: int
    reduction_mg: int
    mg_account: str
    points: int

    @property
    def duration_s(self) -> int:
        """How long it took, in whole seconds."""
        passed = self.ended_at - self.started_at
        return passed.days * 86_400 + passed.seconds


def list_activities(
    session: Session, citizen_id: int, after: tuple[date, UUID] | None, limit: int
) -> list[Activity]:
    """Return a citizen's activities, the last recorded first."""
    if after is None:
        rows = fetch_all(session, _FIRST_PAGE, (citizen_id, limit))
    else:
        rows = fetch_all(session, _NEXT_PAGE, (citizen_id, *after, limit))
    return [Activity(*row) for row in rows]


def find_activity(session: Session, citizen_id: int, activity_id: UUID) -> Activity | None:
    """Return one of the citizen's own activities."""
    found = fetch_one(session, _FIND, (citizen_id, activity_id))
    return None if found is None else Activity(*found)
