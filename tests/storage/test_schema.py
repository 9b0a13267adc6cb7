"""One schema on both databases, and the files that lead to it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from bot.storage.engine import make_engine
from bot.storage.migrate import current, migrate, newest
from bot.storage.tables import metadata
from tests.conftest import Databases


async def test_the_migrations_lead_to_the_tables_of_the_code(database_url: str) -> None:
    engine = make_engine(database_url)

    def differences(connection: object) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await current(engine) == newest()
    await engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_every_step_of_the_schema_can_be_taken_back_and_again(kind: str, databases: Databases) -> None:
    engine = make_engine(databases.empty(kind))
    await migrate(engine)
    await migrate(engine, "base")
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert set(left) <= {"alembic_version", "sqlite_sequence"}
    await migrate(engine)
    assert await current(engine) == newest()
    await engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x", "postgresql://x", ""])
def test_a_database_without_its_driver_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite\+aiosqlite:// or postgresql\+asyncpg://"):
        make_engine(url)
