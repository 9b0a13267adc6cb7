"""Deleting: who she was is nowhere to be read, and what stays names nobody."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import exporting
from bot.storage.hotpath import body_place, lock_states
from bot.storage.network_schema import leads, quotes
from bot.storage.privacy_schema import consents
from bot.storage.schema import failures, outbox
from bot.storage.tables import metadata
from handlers.commands import command_in
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


WORKED_OUT = ("bắt đầu lại", "tôi muốn tính mức đóng", "6/1981", "nữ", "chưa đóng", "Vân Nham",
              "không thuộc diện nào", "thu nhập 2 triệu", "từng tháng")  # fmt: skip


async def quote_codes(town):
    return [code for (code,) in await town.house.rows(quotes.c.code)]


async def test_every_quote_of_a_chat_goes_with_it_not_only_the_last(database_url):
    async with town_on(database_url) as town:
        await town.say(citizen(), "xin chào", *WORKED_OUT, *WORKED_OUT, "bắt đầu lại")
        await town.say(citizen(2), "xin chào", *WORKED_OUT)
        assert len(await quote_codes(town)) == 3
        await town.say(citizen(), "xoá dữ liệu", "1")
        [anothers] = await quote_codes(town)
        assert anothers in await town.say(citizen(2), "dữ liệu của tôi")


async def test_the_quotes_of_her_other_chats_go_too(database_url):
    async with town_on(database_url) as town:
        await town.say(citizen(2), "xin chào", *WORKED_OUT)
        [code] = re.findall(r"NK-\w{4}-\w{4}", await town.say(citizen(2), "liên kết"))
        await town.say(citizen(), "xin chào", *WORKED_OUT, code, "xoá dữ liệu", "1")
        assert await quote_codes(town) == []


async def test_she_sees_the_quotes_that_are_kept_of_her(database_url):
    async with town_on(database_url) as town:
        await town.say(citizen(), "xin chào", *WORKED_OUT, *WORKED_OUT)
        codes = sorted(await quote_codes(town))
        assert f"• phiếu tính {', '.join(codes)}: không ghi tên" in await town.say(
            citizen(), "dữ liệu của tôi"
        )
        async with town.house.engine.connect() as connection:
            data = await exporting.collect(connection, town.house.cipher, citizen())
        assert [(one["code"], one["request"]["born"]) for one in data["quotes"]] == [
            (code, "1981-06") for code in codes
        ]


async def test_a_quote_somebody_else_is_called_about_stays_with_her_call_and_is_nobody_elses(database_url):
    async with house_on(database_url, "LS0001") as house:
        code = await house.save_quote()  # in the first chat
        await house.book(2, at(25, 11), quote_code=code)
        await house.forget(1)
        assert await house.rows(quotes.c.code, quotes.c.chat, quotes.c.chat_index) == [(code, None, None)]
        await house.forget(2)
        assert await house.rows(quotes.c.code) == []


async def test_what_a_collector_works_out_for_somebody_is_no_quote_of_his(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(inbox("LS0001"), "tính", *WORKED_OUT[2:])
        assert await town.house.rows(quotes.c.referrer, quotes.c.chat_index) == [("LS0001", None)]


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
        await house.at_its_hour(2)
        assert (await house.settle("LS0002", "call", 2))["phone"] == "0912 345 678"


async def test_a_closed_lead_is_erased_too(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
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
        await town.house.at_its_hour()
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
        await town.house.at_its_hour()
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
    """She has two quotes worked out, books, is called, and has everything deleted; return the codes."""
    await town.say(citizen(), "xin chào", *WORKED_OUT, *WORKED_OUT, "bắt đầu lại")
    codes = await quote_codes(town)
    assert len(codes) == 2
    await town.say(citizen(), *BOOKING)
    await town.house.at_its_hour()
    await town.say(inbox("LS0001"), "1", "gọi", "5")
    await town.say(citizen(), "xoá dữ liệu", "1")
    assert await town.house.rows(failures.c.id) == []
    return codes


TRACES = (NAME, "Lành", "0912345678", "0912 345 678", PHONE, "912345678", "xin chào")


async def test_no_table_ever_held_her_name_her_number_or_her_words_in_the_clear(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        await town.house.at_its_hour()
        await town.say(inbox("LS0001"), "1", "gọi")
        for table in metadata.sorted_tables:
            for row in await town.house.rows(*table.columns):
                held = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                assert not [trace for trace in TRACES if trace.encode() in held], table.name


async def test_no_file_of_the_database_holds_her_or_what_she_could_be_looked_up_by(databases):
    url = databases.make("sqlite")
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    async with town_on(url, "LS0001") as town:
        codes = await a_whole_story(town)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        held = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert town.house.cipher.index(PHONE) not in held
        assert not [trace for trace in (*TRACES, *codes, "1981-06") if trace.encode() in held]


DELETES = "Xoá rồi không lấy lại được"
WISHES = (
    "xoá dữ liệu của tôi", "xóa dữ liệu của tôi", "xoa het du lieu", "xóa hết thông tin của chị",
    "xoá dữ liệu giúp chị", "xoá số điện thoại của chị đi", "xoa het thong tin cua toi",
    "xoá số của chị đi em", "em xoá giúp chị tên và số điện thoại nhé", "cho chị xoá hết dữ liệu cá nhân",
    "please delete my information",
)  # fmt: skip
BEFORE = (("xin chào",), ("xin chào", "hẹn gọi lại", "p ky lua"), BOOKING[:4], BOOKING[:-1], BOOKING)
NOT_WISHED = (
    "xoá số cũ, số mới là 0987654321", "xoá số cũ", "xoá dữ liệu là gì", "xoá dữ liệu thì sao",
    "không xoá dữ liệu đâu", "đừng xoá dữ liệu của chị", "xoá lịch", "đóng bao nhiêu thì xoá thông tin",
)  # fmt: skip


@pytest.mark.parametrize("words", WISHES)
@pytest.mark.parametrize("before", [BEFORE[0], BEFORE[-1]])
async def test_the_wish_to_delete_may_be_put_in_any_words(before, words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert DELETES in await town.say(citizen(), *before, words)
        assert "Em đã xoá dữ liệu" in await town.say(citizen(), "có")


@pytest.mark.parametrize("before", BEFORE)
async def test_the_wish_to_delete_is_heard_anywhere(before, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert DELETES in await town.say(citizen(), *before, "xoá số điện thoại của chị đi")


@pytest.mark.parametrize("words", NOT_WISHED)
def test_what_only_speaks_of_deleting_deletes_nothing(words):
    assert command_in(words, menu=True) is None
