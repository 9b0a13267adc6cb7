"""One schema on both databases, and the files that lead to it."""

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import StatementError

from bot.storage.do_not_call import REGISTER, SAID_NO
from bot.storage.engine import make_engine
from bot.storage.migrate import SchemaError, current, migrate, newest
from bot.storage.network_schema import bookings, timers
from bot.storage.privacy_schema import do_not_call
from bot.storage.schema import seen
from bot.storage.tables import metadata
from tests.conftest import Databases
from tests.network.house import at, house_on

BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])


async def test_the_migrations_lead_to_the_tables_of_the_code(database_url: str) -> None:
    engine = make_engine(database_url)

    def differences(connection: object) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await current(engine) == newest()
    await engine.dispose()


@BOTH
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


@BOTH
async def test_processes_that_start_at_once_on_an_empty_database_all_start(
    kind: str, databases: Databases
) -> None:
    url = databases.empty(kind)
    engines = [make_engine(url) for _ in range(3)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    assert [await current(engine) for engine in engines] == [newest()] * 3
    for engine in engines:
        await engine.dispose()


async def test_a_database_of_a_later_version_is_refused_with_a_remedy(database_url: str) -> None:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"9999.*start the version that moved it"):
        await migrate(engine)
    await engine.dispose()


def test_a_start_with_nothing_to_migrate_does_not_load_the_tools_for_it(databases: Databases) -> None:
    code = (
        "import asyncio, sys\n"
        "from bot.storage.engine import make_engine\n"
        "from bot.storage.migrate import migrate\n"
        f"asyncio.run(migrate(make_engine({databases.make('sqlite')!r})))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


async def test_a_moment_comes_back_as_it_was_in_utc_and_one_without_a_zone_is_refused(
    database_url: str,
) -> None:
    engine = make_engine(database_url)
    moment = datetime(2026, 7, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    row = {"channel": "test", "account": "a", "event_id": "e"}
    async with engine.begin() as connection:
        await connection.execute(seen.insert().values(**row, at=moment))
        [found] = (await connection.execute(select(seen.c.at))).scalars()
        with pytest.raises(StatementError, match="a moment needs a time zone"):
            await connection.execute(seen.update().values(at=datetime(2026, 7, 1)))  # noqa: DTZ001 - the point
    assert found == moment
    assert found.isoformat() == "2026-06-30T17:00:00+00:00"
    await engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x", "postgresql://x", ""])
def test_a_database_without_its_driver_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite\+aiosqlite:// or postgresql\+asyncpg://"):
        make_engine(url)


async def test_what_lay_with_the_office_before_it_was_reminded_is_reminded_too(database_url: str) -> None:
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.settle("LS0001", "decline", 1)
        await migrate(house.engine, "0012")
        assert await house.rows(timers.c.kind) == []
        await migrate(house.engine)
        assert await house.rows(timers.c.kind, timers.c.lead_id) == [("give", 1)]


async def test_a_step_back_leaves_her_last_no_of_all_that_is_known_of_a_number(database_url: str) -> None:
    async with house_on(database_url) as house:
        said = [(b"hers", REGISTER, 2), (b"hers", SAID_NO, 0), (b"hers", SAID_NO, 1), (b"his", REGISTER, 0)]
        rows = [
            {"phone_index": whose, "phone": b"", "source": source, "at": house.now + timedelta(days=days)}
            for whose, source, days in said
        ]
        async with house.engine.begin() as connection:
            await connection.execute(do_not_call.insert(), rows)
        await migrate(house.engine, "0016")
        await migrate(house.engine)
        left = await house.rows(do_not_call.c.phone_index, do_not_call.c.source, do_not_call.c.at)
    assert sorted(left) == [
        (b"hers", SAID_NO, house.now + timedelta(days=1)),
        (b"his", REGISTER, house.now),
    ]


async def test_what_was_declined_before_it_was_told_apart_is_no_call_of_his_day_either(
    database_url: str,
) -> None:
    async with house_on(database_url, "LS0001") as house:
        for number, hour in ((1, 9), (2, 11)):
            await house.book(number, at(25, hour))
        await house.hold(3, at(25, 14))
        await house.settle("LS0001", "decline", 1)
        await migrate(house.engine, "0017")
        await migrate(house.engine)
        found = await house.rows(bookings.c.starts_at, bookings.c.fills)
        assert [fills for _, fills in sorted(found)] == [False, True, True]
