"""The book checks of activities: what was taken, what was credited and what was counted agree."""

from collections.abc import Iterator
from typing import Any, cast

from sqlmodel import Session

from service.core.checks import BookCheck, Finding, NamedCheck
from service.core.database import driver

FETCHED_ROWS = 500

_EVENTS = """
SELECT format('activity %s', activity_id), 1, (reported_event.activity_id IS NOT NULL)::integer
    + (activity.activity_id IS NOT NULL)::integer - 1
FROM reported_event FULL JOIN activity USING (activity_id, citizen_id, partner_id, event_no)
WHERE reported_event.activity_id IS NULL OR activity.activity_id IS NULL
"""
_ACTS = """
SELECT format('activity %s', activity_id), 1, 0
FROM credited_act FULL JOIN activity USING (activity_id, citizen_id)
WHERE credited_act.activity_id IS NULL OR activity.activity_id IS NULL
"""
_TALLIES = """
SELECT format('batch %s %s: %s %s', partner_id, batch_no, outcome, code),
    coalesce(counted.lines, 0), coalesce(batch_tally.lines, 0)
FROM (SELECT partner_id, batch_no, outcome, code, count(*) AS lines
    FROM batch_line GROUP BY partner_id, batch_no, outcome, code) AS counted
FULL JOIN batch_tally USING (partner_id, batch_no, outcome, code)
WHERE coalesce(counted.lines, 0) <> coalesce(batch_tally.lines, 0)
"""
_DONE = """
SELECT format('batch %s %s', partner_id, batch_no), batch.lines_done, coalesce(counted.lines, 0)
FROM batch LEFT JOIN (SELECT partner_id, batch_no, sum(lines) AS lines
    FROM batch_tally GROUP BY partner_id, batch_no) AS counted USING (partner_id, batch_no)
WHERE batch.lines_done <> coalesce(counted.lines, 0) OR (batch.state = 'done' AND batch.lines_done <> batch.lines)
"""
_ACCEPTED = """
SELECT format('partner %s', partner_id), coalesce(counted.lines, 0), coalesce(credited.activities, 0)
FROM (SELECT partner_id, sum(lines) AS lines
    FROM batch_tally WHERE outcome = 'accepted' GROUP BY partner_id) AS counted
FULL JOIN (SELECT partner_id, count(*) AS activities
    FROM activity GROUP BY partner_id) AS credited USING (partner_id)
WHERE coalesce(counted.lines, 0) <> coalesce(credited.activities, 0)
"""


def _streaming(name: str, sql: str) -> BookCheck:
    def run(session: Session) -> Iterator[Finding]:
        with driver(session).cursor(name=f"check_{name}") as cursor:
            cursor.itersize = FETCHED_ROWS
            cursor.execute(sql)
            for subject, expected, found in cast("Iterator[tuple[Any, Any, Any]]", cursor):
                yield Finding(name, subject, int(expected), int(found))

    return run


def _proof(name: str, proves: str, sql: str) -> NamedCheck:
    return NamedCheck(name, proves, _streaming(name, sql))


CHECKS: tuple[NamedCheck, ...] = (
    _proof("events_equal_activities", "Every event taken is one activity, and the other way round.", _EVENTS),
    _proof("acts_equal_activities", "Every act credited is one activity, and the other way round.", _ACTS),
    _proof("tallies_equal_lines", "The counts of every batch are those of its lines.", _TALLIES),
    _proof("progress_equals_tallies", "Every batch has counted each line it has done.", _DONE),
    _proof("accepted_equal_activities", "Every accepted line is one activity.", _ACCEPTED),
)
