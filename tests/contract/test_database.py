"""Every table is made for one big PostgreSQL first and for many later."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from service.core.tables import metadata
from service.migrations.run import APP_ROLE, alembic_config
from tests.cluster import Cluster

SERVICE = Path(__file__).parents[2] / "service"
VERSIONS = SERVICE / "migrations" / "versions"
for tables in SERVICE.glob("*/tables.py"):
    import_module(f"service.{tables.parent.name}.tables")
TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
SHARDED = [table for table in TABLES if str(table.info.get("distribution", "")).startswith("sharded:")]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_says_how_it_is_distributed(table: sa.Table) -> None:
    assert re.fullmatch(r"sharded:\w+|reference|local", table.info.get("distribution", ""))


@pytest.mark.parametrize("table", SHARDED, ids=lambda table: table.name)
def test_every_key_of_a_sharded_table_begins_with_its_shard(table: sa.Table) -> None:
    shard = table.info["distribution"].split(":")[1]

    keys = [list(table.primary_key.columns)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]

    assert {key[0].name for key in keys} == {shard}
    assert not table.c[shard].nullable


@pytest.mark.parametrize("table", SHARDED, ids=lambda table: table.name)
def test_a_foreign_key_between_sharded_tables_carries_the_shard(table: sa.Table) -> None:
    shard = table.info["distribution"].split(":")[1]
    for constraint in table.foreign_key_constraints:
        target = constraint.referred_table
        if str(target.info["distribution"]).startswith("sharded:"):
            assert shard in constraint.column_keys


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_is_too_narrow_or_too_loose(table: sa.Table) -> None:
    loose = (sa.Float, sa.Numeric, sa.Enum)
    for column in table.columns:
        narrow = isinstance(column.type, sa.Integer) and not isinstance(column.type, sa.BigInteger)
        assert not narrow, f"{column} is a 32-bit integer"
        assert not isinstance(column.type, loose), f"{column} is {column.type!r}"
        if isinstance(column.type, sa.DateTime):
            assert column.type.timezone, f"{column} has no time zone"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_is_named(table: sa.Table) -> None:
    assert all(constraint.name for constraint in table.constraints)


def test_migrations_are_numbered_without_gap_and_never_import_the_tables(cluster: Cluster) -> None:
    files = sorted(path for path in VERSIONS.glob("*.py") if path.stem != "__init__")
    engine = sa.create_engine(cluster.owner_url("postgres").replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection, APP_ROLE))
    engine.dispose()

    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert scripts.get_heads() == [files[-1].name[:4]]
    assert [path.name for path in files if re.search(r"import .*tables|SQLModel", path.read_text())] == []


def test_tables_and_migrations_agree(cluster: Cluster, worker_name: str) -> None:
    database = f"{worker_name}_drift"
    cluster.clone(database)
    engine = sa.create_engine(cluster.owner_url(database).replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        command.check(alembic_config(connection, APP_ROLE))
    engine.dispose()
    cluster.drop(database)
