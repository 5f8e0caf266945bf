"""Programmes: reference data that is written once."""

from psycopg.types.json import Jsonb
from sqlmodel import Session

from service.activities.domain.place import Area
from service.activities.domain.programme import Programme
from service.activities.domain.refusals import ProgrammeNotFound
from service.core.database import execute, fetch_one
from service.core.texts import Text

_COLUMNS = "code, name_zh, name_en, polygon, starts_on, ends_on, max_age_days"
_GET = f"SELECT {_COLUMNS} FROM programme WHERE code = %s"
_INSERT = f"INSERT INTO programme ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING"


def get_programme(session: Session, code: str) -> Programme:
    """Return a programme.

    Raises:
        ProgrammeNotFound: There is none of this code.
    """
    found = fetch_one(session, _GET, (code,))
    if found is None:
        raise ProgrammeNotFound(programme_code=code)
    _, name_zh, name_en, polygon, starts_on, ends_on, max_age_days = found
    area = Area(tuple((lng, lat) for lng, lat in polygon))
    return Programme(code, Text(name_zh, name_en), area, starts_on, ends_on, max_age_days)


def insert_programme(session: Session, programme: Programme) -> bool:
    """Write a programme; ``False`` when its code exists."""
    values = (
        programme.code,
        programme.name.zh,
        programme.name.en,
        Jsonb([list(corner) for corner in programme.area.corners]),
        programme.starts_on,
        programme.ends_on,
        programme.max_age_days,
    )
    return execute(session, _INSERT, values) == 1
