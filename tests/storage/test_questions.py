"""What nobody has written an answer to: counted, sealed, bounded, listed, and deleted in time."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import retention
from bot.questiondesk import grouped, print_groups
from bot.storage import questions
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.question_schema import questions as table
from bot.storage.questions import Unanswered, collect, unanswered
from calculators.law import Law
from handlers.faq import Faq
from tests.conftest import SECRET


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url)
    yield engine
    await engine.dispose()


AT = datetime(2026, 11, 25, 3, tzinfo=UTC)


async def test_a_question_asked_again_is_counted_and_kept_sealed(engine) -> None:
    cipher = Cipher(SECRET)
    async with engine.begin() as connection:
        for text in ("giá vàng bao nhiêu", "gia vang bn"):
            await collect(connection, cipher, text, "baonhieu gia vang", at=AT)
        await collect(connection, cipher, "trời mưa không", "mua troi", at=AT + timedelta(days=1))
        kept = await unanswered(connection, cipher)
        bodies = (await connection.scalars(select(table.c.text))).all()
    assert [(one.text, one.times) for one in kept] == [("giá vàng bao nhiêu", 2), ("trời mưa không", 1)]
    assert not [body for body in bodies if "vàng".encode() in body]


async def test_the_same_question_is_counted_across_a_change_of_keys(engine) -> None:
    older, newer = Cipher(SECRET), Cipher("another secret of some length", SECRET)
    async with engine.begin() as connection:
        for cipher in (older, newer):
            await collect(connection, cipher, "giá vàng", "gia vang", at=AT)
        assert [one.times for one in await unanswered(connection, newer)] == [2]


async def test_a_flood_of_new_questions_is_bounded(engine, monkeypatch) -> None:
    monkeypatch.setattr(questions, "MOST", 3)
    cipher = Cipher(SECRET)
    async with engine.begin() as connection:
        for number in range(6):
            await collect(connection, cipher, f"q{number}", f"q{number}", at=AT)
        await collect(connection, cipher, "q0", "q0", at=AT)
        kept = [(one.text, one.times) for one in await unanswered(connection, cipher)]
    assert kept[0] == ("q0", 2)
    assert len(kept) == 3


async def test_what_nobody_asked_for_ninety_days_is_deleted(engine) -> None:
    cipher = Cipher(SECRET)
    async with engine.begin() as connection:
        await collect(connection, cipher, "cũ", "cu", at=AT - timedelta(days=91))
        await collect(connection, cipher, "mới", "moi", at=AT - timedelta(days=89))
    done = await retention.sweep(engine, cipher, Law.load(), AT)
    async with engine.connect() as connection:
        assert [one.text for one in await unanswered(connection, cipher)] == ["mới"]
    assert done["questions"] == 1


def test_the_officer_reads_what_is_asked_often_first_and_alike_ones_together() -> None:
    terms = Faq.load().terms
    found = [
        Unanswered("giá xăng hôm nay bao nhiêu", 3, AT),
        Unanswered("gia xang hom nay the nao", 2, AT + timedelta(days=1)),
        Unanswered("làm hộ chiếu mất mấy ngày", 1, AT),
    ]
    out = io.StringIO()
    print_groups(grouped(found, terms), out)
    assert out.getvalue().splitlines() == [
        "asked 5 times or more:",
        "     5  26/11/2026  giá xăng hôm nay bao nhiêu",
        "asked less often:",
        "     1  25/11/2026  làm hộ chiếu mất mấy ngày",
    ]
    out = io.StringIO()
    print_groups([], out)
    assert "every question had an answer" in out.getvalue()
