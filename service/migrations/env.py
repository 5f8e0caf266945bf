"""Alembic's environment: the connection is handed in by service.migrations.run."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from service.core.tables import metadata


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401, ARG001 - alembic's signature
    """Write plain SQLAlchemy types, so that history does not depend on SQLModel."""
    if kind == "type" and type(item).__module__.startswith("sqlmodel"):
        return "sa.Text()"
    return False


def ours(name: str | None, kind: str, parents: Any) -> bool:  # noqa: ANN401, ARG001 - alembic's signature
    """Compare our own tables only."""
    return not (kind == "table" and name == "alembic_version")


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    include_name=ours,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
