"""Show one activity and how its figure comes about."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from service import methodology
from service.activities.domain.refusals import ActivityNotFound
from service.activities.store.activities import Activity, find_activity
from service.activities.store.partners import partner_names
from service.core.context import Context
from service.core.database import transact
from service.core.texts import Text


@dataclass(frozen=True, slots=True)
class Explained:
    """An activity with its method and the steps that lead to its figure."""

    activity: Activity
    partner: Text
    method: methodology.Method
    steps: tuple[methodology.Step, ...]


def show_activity(
    context: Context, catalogue: methodology.Catalogue, citizen_id: int, activity_id: UUID
) -> Explained:
    """Return an activity, explained by the very method version that quantified it.

    Raises:
        ActivityNotFound: The citizen has no activity of this id.
    """

    def work(session: Session) -> tuple[Activity, Text]:
        found = find_activity(session, citizen_id, activity_id)
        if found is None:
            raise ActivityNotFound
        return found, partner_names(session, [found.partner_id])[found.partner_id]

    activity, partner = transact(context, work)
    method = catalogue.get(activity.method_id, activity.method_version)
    inputs = {"distance_m": activity.distance_m, "duration_s": activity.duration_s}
    return Explained(activity, partner, method, method.explain(inputs, activity.evidence))
