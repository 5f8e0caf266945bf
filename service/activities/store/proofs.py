"""The book checks of activities: what was taken, what was credited and what was counted agree."""

from service import ledger
from service.core.checks import NamedCheck, proof_by_sql
from service.core.texts import Text

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

_BOOKED = f"""
SELECT format('citizen %s: %s', citizen_id, figure.name), figure.counted, figure.booked
FROM (SELECT citizen_id, sum(reduction_mg) AS mg, sum(points) AS points FROM activity GROUP BY citizen_id) AS acts
FULL JOIN (
    SELECT owner_id AS citizen_id, coalesce(sum(amount) FILTER (WHERE unit = 'mg'), 0) AS mg,
        coalesce(sum(amount) FILTER (WHERE unit = 'points'), 0) AS points
    FROM ({ledger.BOOKED_TRANSFERS}) AS booked_transfer WHERE source_kind = 'activity' GROUP BY owner_id
) AS books USING (citizen_id)
CROSS JOIN LATERAL (VALUES
    ('mg', coalesce(acts.mg, 0), coalesce(books.mg, 0)),
    ('points', coalesce(acts.points, 0), coalesce(books.points, 0))
) AS figure (name, counted, booked)
WHERE figure.counted <> figure.booked
"""

CHECKS: tuple[NamedCheck, ...] = (
    proof_by_sql(
        "events_equal_activities",
        Text(
            "每个已收事件恰好对应一条行为，反之亦然。",
            "Every event taken is one activity, and the other way round.",
        ),
        _EVENTS,
    ),
    proof_by_sql(
        "acts_equal_activities",
        Text(
            "每次已计入的行为恰好对应一条行为记录，反之亦然。",
            "Every act credited is one activity, and the other way round.",
        ),
        _ACTS,
    ),
    proof_by_sql(
        "tallies_equal_lines",
        Text("每个批次的计数等于其逐行结果。", "The counts of every batch are those of its lines."),
        _TALLIES,
    ),
    proof_by_sql(
        "progress_equals_tallies",
        Text("每个批次已处理的每一行都已计数。", "Every batch has counted each line it has done."),
        _DONE,
    ),
    proof_by_sql(
        "accepted_equal_activities",
        Text("每条被接受的记录恰好是一条行为。", "Every accepted line is one activity."),
        _ACCEPTED,
    ),
    proof_by_sql(
        "activities_equal_earnings",
        Text(
            "每位市民的行为所计减排量与积分，等于账本为其记入的。",
            "The reductions and points of every citizen's activities are what the books booked for them.",
        ),
        _BOOKED,
    ),
)
