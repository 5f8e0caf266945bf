"""Rights of the restricted role: what a table does not grant, the service cannot do."""

import re

from alembic import op

ROLE_ATTRIBUTE = "app_role"
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def app_role() -> str:
    """Return the role that serve, worker and tests connect as."""
    config = op.get_context().config
    if config is None:
        message = "migrations run through service.migrations.run only"
        raise RuntimeError(message)
    role = str(config.attributes[ROLE_ATTRIBUTE])
    if not IDENTIFIER.fullmatch(role):
        message = f"not a plain role name: {role!r}"
        raise ValueError(message)
    return role


def grant(table: str, *rights: str) -> None:
    """Grant the restricted role exactly ``rights`` (select, insert, update, delete) on ``table``."""
    op.execute(f"GRANT {', '.join(right.upper() for right in rights)} ON {table} TO {app_role()}")


def grant_sequence(sequence: str) -> None:
    """Let the restricted role take the next value of ``sequence``."""
    op.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {app_role()}")
