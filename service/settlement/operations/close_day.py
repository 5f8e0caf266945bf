"""Close a business day (日切) and draw every merchant's statement."""

from datetime import date

from sqlmodel import Session

from service.core import calendar
from service.core.clock import business_day
from service.core.context import Context
from service.core.database import transact
from service.core.refusals import DayClosed, DayNotOver
from service.identity import OperatorCaller
from service.settlement.answers import Answer, closing_answer
from service.settlement.store import draw_statements, find_closing, insert_closing, lift_time_limit


def close_day(context: Context, caller: OperatorCaller, day: date) -> Answer:
    """Freeze the day and draw its statements, in one transaction; closing it again answers the first closing.

    The day is its own number: whoever closes it first is who closed it. The close waits for every verification
    that is being booked on the day, and whatever comes later is booked on the next open one.

    Raises:
        DayNotOver: The day has not ended in Kunming yet.
    """

    def work(session: Session) -> Answer:
        now = context.now()
        if day >= business_day(now):
            raise DayNotOver(day=day)
        first = find_closing(session, day)
        if first is None:
            lift_time_limit(session)
            try:
                calendar.close_day(session, day, now)
            except DayClosed:
                # Somebody else's close ended while ours stood in line.
                first = find_closing(session, day)
                if first is None:
                    raise
        if first is not None:
            return closing_answer(first, replayed=True)
        draw_statements(session, insert_closing(session, day, caller.operator_id, now), day)
        drawn = find_closing(session, day)
        assert drawn is not None, "it was added just now"  # noqa: S101 - for the type checker
        return closing_answer(drawn, replayed=False)

    return transact(context, work, numbered=True)
