"""Keeping and listing what nobody has written an answer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.question_schema import place, questions

MOST = 5_000  # different questions kept: a flood of new ones beyond that is not


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question, how often it was asked, and when last."""

    text: str
    times: int
    last_at: datetime


async def collect(
    connection: AsyncConnection, cipher: Cipher, text: str, alike: str, *, at: datetime
) -> None:
    """Keep a question, or count it once more when one alike is kept."""
    known = questions.c.alike.in_([index.hex() for index in cipher.indexes(alike)])
    again = update(questions).where(known).values(times=questions.c.times + 1, last_at=at)
    if (await connection.execute(again)).rowcount:
        return
    kept = await connection.scalar(select(func.count()).select_from(questions))
    if kept is None or kept >= MOST:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    index = cipher.index(alike).hex()
    row = {
        "alike": index,
        "text": cipher.seal(text, place(index)),
        "times": 1,
        "first_at": at,
        "last_at": at,
    }
    insert = dialect.insert(questions).values(row)
    await connection.execute(
        insert.on_conflict_do_update(
            index_elements=["alike"], set_={"times": questions.c.times + 1, "last_at": at}
        )
    )


async def unanswered(connection: AsyncConnection, cipher: Cipher) -> Sequence[Unanswered]:
    """Return every question kept, the most asked first."""
    order = (questions.c.times.desc(), questions.c.last_at.desc(), questions.c.id)
    columns = (questions.c.alike, questions.c.text, questions.c.times, questions.c.last_at)
    rows = await connection.execute(select(*columns).order_by(*order))
    return [Unanswered(cipher.open(text, place(alike)), times, at) for alike, text, times, at in rows]
