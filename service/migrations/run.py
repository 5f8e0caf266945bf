"""Runs the migrations as the owner, and makes the restricted role they grant rights to."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from service.migrations.rights import IDENTIFIER, ROLE_ATTRIBUTE

APP_ROLE = "tanhui_app"
LOCK_KEY = 0x74616E687569  # "tanhui"
LOCK_TIMEOUT = "2s"


def alembic_config(connection: sa.Connection, role: str) -> Config:
    """Return Alembic's configuration, made in code."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    config.attributes[ROLE_ATTRIBUTE] = role
    return config


def migrate(owner_url: str, *, app_url: str | None = None) -> str:
    """Bring the database up to the newest schema; safe to run by several at once.

    Args:
        owner_url: The database, as its owner.
        app_url: The same database as the restricted role; its user is the role that gets the rights.

    Returns:
        The revision the database is at.
    """
    app = None if app_url is None else make_url(app_url)
    role = APP_ROLE if app is None or not app.username else app.username
    engine = sa.create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        # One migration at a time: the lock lives as long as the connection. The SETs are committed at once,
        # because a transaction that is open before Alembic begins would be rolled back at the end.
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        _ensure_role(connection, role, None if app is None else app.password)
        connection.commit()
        config = alembic_config(connection, role)
        command.upgrade(config, "head")
        connection.commit()
        head = ScriptDirectory.from_config(config).get_current_head()
    engine.dispose()
    return str(head)


def _ensure_role(connection: sa.Connection, role: str, password: str | None) -> None:
    if not IDENTIFIER.fullmatch(role):
        message = f"not a plain role name: {role!r}"
        raise ValueError(message)
    known = connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    if known is None:
        secret = "" if password is None else " PASSWORD " + _literal(connection, password)
        connection.execute(sa.text(f"CREATE ROLE {role} LOGIN{secret}"))
    database = connection.execute(sa.text("SELECT quote_ident(current_database())")).scalar_one()
    connection.execute(sa.text(f"GRANT CONNECT ON DATABASE {database} TO {role}"))
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {role}"))


def _literal(connection: sa.Connection, text: str) -> str:
    quoted = connection.execute(sa.text("SELECT quote_literal(:text)"), {"text": text}).scalar_one()
    return str(quoted).replace(":", r"\:")
