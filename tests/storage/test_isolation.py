"""Nobody pays for another's trouble: whatever is wrong with one update, its neighbours are taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.storage import failures
from bot.storage.schema import conversations, outbox
from bot.storage.schema import failures as failures_table
from handlers.flow import AskAgain, Pending, Question
from handlers.messages import Kind
from handlers.reading import Candidate
from tests.storage.rig import Rig, rig_on

PATIENCE = 20.0  # seconds after which a test is taken to hang; nothing waits so long


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rig_on(database_url) as made:
        yield made


async def together(rig: Rig, *events: tuple[str, str, str]) -> list[BaseException | None]:
    """Hear (person, text, event id) at once; return what each caller was told to be wrong."""
    async with asyncio.timeout(PATIENCE):
        heard = (rig.converse.hear(rig.event(*each)) for each in events)
        told = await asyncio.gather(*heard, return_exceptions=True)
    return [each if isinstance(each, BaseException) else None for each in told]


def failing(rig: Rig, person: str, problem: BaseException) -> None:
    """Have the world raise for one person."""
    was = rig.converse._open_world

    def open_world(connection: Any, address: Any, now: Any, post: Any) -> Any:
        if address.person == person:
            raise problem
        return was(connection, address, now, post)

    rig.converse._open_world = open_world


async def test_a_stored_conversation_that_was_swapped_harms_its_owner_alone(rig: Rig) -> None:
    await rig.say("lanh", "xin chào")
    await rig.say("quang", "xin chào")
    other = select(conversations.c.state).where(conversations.c.person == "quang").scalar_subquery()
    async with rig.engine.begin() as connection:
        await connection.execute(
            update(conversations).where(conversations.c.person == "lanh").values(state=other)
        )
    assert await together(rig, ("lanh", "3", "e1"), ("quang", "3", "e2")) == [None, None]
    await rig.sender.drain()
    said = dict(rig.wire.sent)
    assert "Xin lỗi" in said["lanh"].text
    assert said["quang"].question == "birth_date"
    assert await rig.rows(failures_table.c.person, failures_table.c.error) == [("lanh", "SealError")]


@pytest.mark.parametrize("problem", [Pending(Question("x", read=str), {}), AskAgain(Question("x", read=str))])
async def test_a_conversation_that_lets_its_engine_s_signals_out_is_a_failure(
    rig: Rig, problem: BaseException
) -> None:
    failing(rig, "lanh", problem)
    assert await together(rig, ("lanh", "3", "e1"), ("quang", "3", "e2")) == [None, None]
    stored = await rig.rows(failures_table.c.person, failures_table.c.error)
    assert stored == [("lanh", type(problem).__name__)]


async def test_an_answer_that_cannot_be_stored_is_a_failure(rig: Rig) -> None:
    class World:
        async def my_call(self) -> None:
            return None

        async def number_anew(self) -> bool:
            return False

        async def languages(self, ward: str) -> list[str]:
            return []

        async def free_slots(self, ward: str, wanted: Any = None, *, speaks: str = "") -> list[Candidate]:
            start, end = "2026-11-25T11:00+07:00", "2026-11-25T12:00+07:00"
            return [Candidate(start, {"starts_at": start, "ends_at": end, "by": object()})]

    rig.world = World()
    await rig.say("lanh", "xin chào", "4")
    assert await together(rig, ("lanh", "p ky lua", "e1"), ("quang", "xin chào", "e2")) == [None, None]
    assert await rig.rows(failures_table.c.person, failures_table.c.error) == [("lanh", "TypeError")]
    assert (await rig.state("lanh")).turn == 2


async def test_halves_of_characters_are_read_like_any_other_nonsense(rig: Rig) -> None:
    assert await together(rig, ("lanh", "\ud83d", "e1"), ("quang", "xin chào", "e2")) == [None, None]
    assert await rig.rows(failures_table.c.id) == []
    assert (await rig.state("lanh")).turn == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b", "a\ud800b", "a\nb"])
async def test_a_key_that_cannot_be_stored_is_refused_alone(rig: Rig, key: str) -> None:
    told = await together(rig, ("lanh", "xin chào", key), ("quang", "xin chào", "e2"))
    assert isinstance(told[0], ValueError)
    assert told[1] is None


async def test_one_event_id_for_two_people_is_one_event(rig: Rig) -> None:
    assert await together(rig, ("lanh", "3", "e1"), ("quang", "3", "e1")) == [None, None]
    await rig.sender.drain()
    assert len(rig.wire.sent) == 1


async def test_what_a_failed_turn_wrote_is_undone_and_the_neighbour_s_is_kept(rig: Rig) -> None:
    async with rig.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE notes (person VARCHAR(20))"))

    def roles_of(was: Any) -> Any:
        async def roles(connection: Any, addresses: Any) -> Any:
            notes = [{"person": address.person} for address in addresses]
            await connection.execute(text("INSERT INTO notes VALUES (:person)"), notes)
            return await was(connection, addresses)

        return roles

    rig.converse._roles = roles_of(rig.converse._roles)
    rig.broken = {"lanh"}
    assert await together(rig, ("lanh", "3", "e1"), ("quang", "3", "e2"), ("mai", "3", "e3")) == [None] * 3
    async with rig.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT person FROM notes ORDER BY 1"))).scalars().all()
    assert rows == ["mai", "quang"]


async def test_a_clash_in_the_database_is_told_to_the_caller_and_is_no_failure(rig: Rig) -> None:
    clash = OperationalError("", {}, Exception(), connection_invalidated=True)
    failing(rig, "lanh", clash)
    assert await together(rig, ("lanh", "3", "e1")) == [clash]
    rig.converse = rig.another_process()
    assert await together(rig, ("lanh", "3", "e1")) == [None]
    assert await rig.rows(failures_table.c.id) == []


async def test_a_commit_that_fails_is_told_to_every_caller_and_heard_when_it_comes_again(rig: Rig) -> None:
    events = ("lanh", "xin chào", "e1"), ("quang", "xin chào", "e2")

    def full(_: object) -> None:
        raise OSError("disk full")

    event.listen(rig.engine.sync_engine, "commit", full)
    told = await together(rig, *events)
    event.remove(rig.engine.sync_engine, "commit", full)
    assert [str(problem) for problem in told] == ["disk full", "disk full"]
    assert await rig.outbox() == []
    assert await together(rig, *events) == [None, None]
    assert len(await rig.outbox()) == 2


async def test_a_person_s_flood_waits_behind_the_others(rig: Rig) -> None:
    flood = [("mai", "???", f"m{number}") for number in range(200)]
    assert set(await together(rig, *flood, ("lanh", "xin chào", "e1"))) == {None}
    people = sorted(await rig.rows(outbox.c.id, outbox.c.person))
    assert [person for _, person in people].index("lanh") < 2
    assert (await rig.state("mai")).turn == 200


async def test_a_failure_asked_for_by_two_is_replayed_once(rig: Rig) -> None:
    rig.broken = {"lanh"}
    await rig.converse.hear(rig.event("lanh", "3", "e1", kind=Kind.TEXT))
    rig.broken = set()
    [(identity,)] = await rig.rows(failures_table.c.id)
    await asyncio.gather(rig.converse.replay(identity), rig.another_process().replay(identity))
    assert (await rig.state("lanh")).turn == 1
    assert [row[0] for row in await rig.outbox()] == ["lanh", "lanh"]


async def test_a_failure_that_fails_again_is_kept_again(rig: Rig) -> None:
    rig.broken = {"lanh"}
    await rig.converse.hear(rig.event("lanh", "3", "e1"))
    [(first,)] = await rig.rows(failures_table.c.id)
    assert await rig.converse.replay(first)
    stored = sorted(await rig.rows(failures_table.c.id, failures_table.c.replayed_at))
    assert [at is None for _, at in stored] == [False, True]
    rig.broken = set()
    assert await rig.converse.replay(stored[1][0])
    assert (await rig.state("lanh")).turn == 1


@pytest.mark.parametrize(
    ("statement", "passing"),
    [("SELECT 1 FROM nowhere", False), ("INSERT INTO seen (channel) VALUES ('x')", False)],
)
async def test_a_fault_of_ours_is_not_taken_for_trouble_of_the_database(
    rig: Rig, statement: str, passing: bool
) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with rig.engine.begin() as connection:
            await connection.execute(text(statement))
    assert failures.is_passing(raised.value) is passing
    assert not failures.is_passing(IntegrityError("", {}, Exception()))


async def test_a_database_that_cannot_be_written_to_is_passing_trouble(rig: Rig) -> None:
    sqlite = rig.engine.dialect.name == "sqlite"
    refuse = "PRAGMA query_only=ON" if sqlite else "SET LOCAL lock_timeout = 1"
    async with rig.engine.connect() as other:
        if not sqlite:  # there a lock that is not given; here a file that is only read
            await other.execute(text("LOCK TABLE seen"))
        async with rig.engine.connect() as connection:
            await connection.execute(text(refuse))
            with pytest.raises(DBAPIError) as raised:
                await connection.execute(text("DELETE FROM seen"))
    assert failures.is_passing(raised.value)


async def test_no_parameter_of_a_statement_is_in_what_the_database_raises(rig: Rig) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with rig.engine.begin() as connection:
            await connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "0912345678"})
    assert "0912345678" not in str(raised.value)
