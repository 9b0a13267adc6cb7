"""Deleting: who she was is nowhere to be read, and what stays names nobody."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.hotpath import body_place, lock_states
from bot.storage.network_schema import leads, quotes
from bot.storage.privacy_schema import consents
from bot.storage.schema import failures, outbox
from bot.storage.tables import metadata
from tests.network.house import NAME, PHONE, at, citizen, house_on, inbox
from tests.network.town import BOOKING, town_on

LEFT = (leads.c.name, leads.c.phone, leads.c.phone_index, leads.c.note, leads.c.person, leads.c.quote_code)


async def test_a_forgotten_lead_is_cancelled_and_names_nobody(database_url):
    async with house_on(database_url, "LS0001") as house:
        code = await house.save_quote()
        await house.book(1, at(25, 11), quote_code=code)
        assert await house.forget(1) == {"kept": ["consent_record", "call_record"]}
        assert await house.lead(1) == ("cancelled", "LS0001")
        assert await house.rows(*LEFT) == [(None,) * len(LEFT)]
        assert len(await house.rows(consents.c.id)) == 1
        assert (await house.events(1))[-1] == ("citizen", "cancel", "forgotten")
        assert house.told(inbox("LS0001"))[-1].startswith("[Huỷ #1]")


async def test_the_quote_she_was_called_about_goes_with_her_and_no_other(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        hers, another = await house.save_quote(), await house.save_quote()
        await house.book(1, at(25, 11), quote_code=hers)
        await house.book(2, at(25, 11), quote_code=another)
        await house.forget(1)
        assert await house.rows(quotes.c.code) == [(another,)]


async def test_the_quote_of_a_chat_goes_with_the_chat(database_url):
    async with town_on(database_url) as town:
        await town.say(
            citizen(), "xin chào", "tôi muốn tính mức đóng", "6/1981", "nữ", "chưa đóng", "Vân Nham"
        )
        await town.say(citizen(), "không thuộc diện nào", "thu nhập 2 triệu", "từng tháng")
        assert len(await town.house.rows(quotes.c.code)) == 1
        await town.say(citizen(), "xoá dữ liệu", "1")
        assert await town.house.rows(quotes.c.code) == []


async def test_the_hour_she_gives_back_can_be_booked_again(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.forget(1)
        assert (await house.book(2, at(25, 11)))["lead"] == 2


async def test_who_never_booked_leaves_nothing(database_url):
    async with house_on(database_url, "LS0001") as house:
        assert await house.forget(1) == {"kept": []}


async def test_forgetting_twice_is_harmless_and_touches_nobody_else(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        await house.book(1, at(25, 11))
        await house.book(2, at(25, 11))
        await house.forget(1)
        assert await house.forget(1) == {"kept": []}
        assert await house.lead(2) == ("offered", "LS0002")
        await house.settle("LS0002", "accept", 2)
        assert (await house.settle("LS0002", "call", 2))["phone"] == "0912 345 678"


async def test_a_closed_lead_is_erased_too(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        for action in ("accept", "call", "joined"):
            await house.settle("LS0001", action, 1)
        await house.forget(1)
        assert await house.lead(1) == ("won", "LS0001")
        assert await house.rows(*LEFT) == [(None,) * len(LEFT)]


async def everything_readable(town):
    """What whoever holds the key can read: every chat, and every message still in the outbox."""
    read = [message.text for who in (citizen(), inbox("LS0001")) for message in await town.seen(who)]
    for cause, n, body in await town.house.rows(outbox.c.cause, outbox.c.n, outbox.c.body):
        read.append(town.house.cipher.open(body, body_place(cause, n)))
    return "\n".join(read)


async def test_what_collectors_were_sent_of_her_is_erased_with_her_own_messages(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        await town.say(inbox("LS0001"), "1", "gọi")
        before = await everything_readable(town)
        assert "Lành" in before
        assert "0912 345 678" in before
        await town.say(citizen(), "xoá dữ liệu", "1")
        after = await everything_readable(town)
        assert "Lành" not in after
        assert "345" not in after
        assert "Em đã xoá dữ liệu của anh/chị" in after
        assert (await town.seen(inbox("LS0001")))[-1].text.startswith("[Huỷ #1]")


async def test_the_next_word_after_deletion_finds_no_trace_of_the_conversation(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING, "xoá dữ liệu", "1")
        house = town.house
        async with house.engine.begin() as connection:
            states = await lock_states(
                connection, [citizen()], house.cipher, at=house.now, today=house.now.date()
            )
        kept = str(states[citizen()].as_json())
        assert "Lành" not in kept
        assert "345678" not in kept.replace(" ", "")


@pytest.mark.parametrize("asked", ["joined-1", "thinking-1", "later-1"])
async def test_a_collector_who_was_being_asked_about_her_keeps_no_name_of_hers(asked, database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        await town.say(inbox("LS0001"), "1", "gọi")
        await town.tap(inbox("LS0001"), asked)
        house = town.house
        async with house.engine.begin() as connection:
            states = await lock_states(
                connection, [inbox("LS0001")], house.cipher, at=house.now, today=house.now.date()
            )
        kept = states[inbox("LS0001")]
        assert kept.answers, "he is not being asked anything"
        assert "Lành" not in str(kept.as_json())


async def a_whole_story(town):
    """She books, is called, and has everything deleted."""
    await town.say(citizen(), *BOOKING)
    await town.say(inbox("LS0001"), "1", "gọi", "5")
    await town.say(citizen(), "xoá dữ liệu", "1")
    assert await town.house.rows(failures.c.id) == []


TRACES = (NAME, "Lành", "0912345678", "0912 345 678", PHONE, "912345678", "xin chào")


async def test_no_table_ever_held_her_name_her_number_or_her_words_in_the_clear(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        await town.say(inbox("LS0001"), "1", "gọi")
        for table in metadata.sorted_tables:
            for row in await town.house.rows(*table.columns):
                held = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                assert not [trace for trace in TRACES if trace.encode() in held], table.name


async def test_no_file_of_the_database_holds_her_or_what_she_could_be_looked_up_by(databases):
    url = databases.make("sqlite")
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    async with town_on(url, "LS0001") as town:
        await a_whole_story(town)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        held = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert town.house.cipher.index(PHONE) not in held
        assert not [trace for trace in TRACES if trace.encode() in held]
