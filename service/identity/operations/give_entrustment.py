"""Give an entrustment."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.refusals import FieldProblem
from service.core.texts import Text
from service.identity.domain.consent import ENTRUSTMENT_VERSION, Entrustment
from service.identity.refusals import EntrustmentNotAccepted, EntrustmentVersionUnknown
from service.identity.store import citizens, consent


def give_entrustment(context: Context, citizen_id: int, version: str, *, accepted: bool) -> Entrustment:
    """Put the entrustment in force; giving the same version again changes nothing.

    Raises:
        EntrustmentNotAccepted: ``accepted`` is not true.
        EntrustmentVersionUnknown: It is not the version that is offered now.
    """
    if not accepted:
        raise EntrustmentNotAccepted(errors=[_problem("accepted", EntrustmentNotAccepted.code)])
    if version != ENTRUSTMENT_VERSION:
        problem = _problem("version", EntrustmentVersionUnknown.code)
        raise EntrustmentVersionUnknown(errors=[problem], current=ENTRUSTMENT_VERSION)

    def give(session: Session) -> Entrustment:
        now = context.now()
        citizens.lock_citizen(session, citizen_id)
        in_force = consent.find_entrustment(session, citizen_id)
        if in_force is not None and in_force.version == version:
            return in_force
        consent.withdraw_entrustment(session, citizen_id, now)
        consent.insert_entrustment(session, citizen_id, context.new_id(), version, now)
        return Entrustment(version, now, None)

    return transact(context, give)


def _problem(field: str, code: str) -> FieldProblem:
    detail = Text("请以 GET 返回的委托书为准。", "See the entrustment that GET answers with.")
    return FieldProblem(f"#/{field}", code, detail)
