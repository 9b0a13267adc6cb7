"""Who must not be called unasked: the national register, and who said no. Decree 91/2020/NĐ-CP art. 7, 13."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.privacy_schema import do_not_call

REGISTER, SAID_NO = "register", "said_no"
PHONE_PLACE = "do_not_call.phone"
ROWS_AT_ONCE = 1_000


async def add(
    connection: AsyncConnection, cipher: Cipher, phones: Iterable[str], source: str, *, at: datetime
) -> int:
    """Note numbers (E.164) as not to be called from `at` on; return how many there are.

    Each no is a row of its own, beside the register's.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted = sorted(set(phones))
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        rows = [
            {
                "phone_index": cipher.index(phone),
                "phone": cipher.seal(phone, PHONE_PLACE),
                "source": source,
                "at": at,
            }
            for phone in wanted[start : start + ROWS_AT_ONCE]
        ]
        await connection.execute(dialect.insert(do_not_call).values(rows).on_conflict_do_nothing())
    return len(wanted)


async def take_back(connection: AsyncConnection, cipher: Cipher, phone: str, *, at: datetime) -> None:
    """Take back the no a number said `at` this moment: what it said before, and the register, stay."""
    the_one = do_not_call.c.source == SAID_NO, do_not_call.c.at == at
    same = do_not_call.c.phone_index.in_(cipher.indexes(phone))
    await connection.execute(delete(do_not_call).where(same, *the_one))


async def replace_register(
    connection: AsyncConnection, cipher: Cipher, phones: Iterable[str], *, at: datetime
) -> int:
    """Put today's register in the place of the last one; who said no stays. Return how many are on it."""
    await connection.execute(delete(do_not_call).where(do_not_call.c.source == REGISTER))
    return await add(connection, cipher, phones, REGISTER, at=at)


async def source_of(connection: AsyncConnection, cipher: Cipher, phone: str) -> str | None:
    """Return why a number must not be called unasked, its own no first; None when it may be."""
    query = select(do_not_call.c.source).where(do_not_call.c.phone_index.in_(cipher.indexes(phone)))
    sources = set(await connection.scalars(query))
    return SAID_NO if SAID_NO in sources else next(iter(sources), None)


async def noes(connection: AsyncConnection, cipher: Cipher, phone: str) -> int:
    """Return how often a number said no to us."""
    said = do_not_call.c.phone_index.in_(cipher.indexes(phone)), do_not_call.c.source == SAID_NO
    return int(await connection.scalar(select(func.count()).select_from(do_not_call).where(*said)) or 0)


async def forget(connection: AsyncConnection, indexes: Collection[bytes]) -> None:
    """Forget that these numbers said no, for whoever has everything about her deleted; the register stays."""
    hers = do_not_call.c.phone_index.in_(indexes), do_not_call.c.source == SAID_NO
    await connection.execute(delete(do_not_call).where(*hers))
