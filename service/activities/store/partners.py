"""Partners: who may report what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.activities.domain.batches import Partner
from service.core.database import Row, execute, fetch_all, fetch_one
from service.core.texts import Text

_COLUMNS = "partner_id, code, name_zh, name_en, programme_code, activity_types, key_id"
_NEXT_ID = "SELECT nextval('partner_partner_id_seq')"
_INSERT = f"""
INSERT INTO partner ({_COLUMNS}, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code) DO NOTHING
"""
_CODE_TAKEN = "SELECT 1 FROM partner WHERE code = %s"
_LIST = f"SELECT {_COLUMNS} FROM partner WHERE partner_id > %s ORDER BY partner_id LIMIT %s"
_GET = f"SELECT {_COLUMNS} FROM partner WHERE partner_id = %s"
_NAMES = "SELECT partner_id, name_zh, name_en FROM partner WHERE partner_id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class NewPartner:
    """What an operator declares of a partner."""

    code: str
    name: Text
    programme_code: str
    activity_types: tuple[str, ...]


def next_partner_id(session: Session) -> int:
    """Return an id that no partner has."""
    found = fetch_one(session, _NEXT_ID)
    return int(found[0]) if found else 0


def insert_partner(session: Session, partner: Partner, now: datetime) -> bool:
    """Write a partner; ``False`` when its code is taken."""
    values = (
        partner.partner_id,
        partner.code,
        partner.name.zh,
        partner.name.en,
        partner.programme_code,
        list(partner.activity_types),
        partner.key_id,
        now,
    )
    return execute(session, _INSERT, values) == 1


def is_code_taken(session: Session, code: str) -> bool:
    """Tell whether a partner has this code."""
    return fetch_one(session, _CODE_TAKEN, (code,)) is not None


def list_partners(session: Session, after_id: int, limit: int) -> list[Partner]:
    """Return partners in the order they were registered."""
    return [_partner(row) for row in fetch_all(session, _LIST, (after_id, limit))]


def get_partner(session: Session, partner_id: int) -> Partner:
    """Return the partner that a machine key belongs to."""
    found = fetch_one(session, _GET, (partner_id,))
    if found is None:
        message = f"no partner {partner_id}"
        raise LookupError(message)
    return _partner(found)


def partner_names(session: Session, partner_ids: Sequence[int]) -> dict[int, Text]:
    """Return the names of some partners."""
    return {row[0]: Text(row[1], row[2]) for row in fetch_all(session, _NAMES, (list(partner_ids),))}


def _partner(row: Row) -> Partner:
    partner_id, code, name_zh, name_en, programme_code, activity_types, key_id = row
    return Partner(partner_id, code, Text(name_zh, name_en), programme_code, tuple(activity_types), key_id)
