"""Who must not be called unasked: the national register, and who said no. Decree 91/2020/NĐ-CP art. 7, 13."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select
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
    """Note numbers (E.164) as not to be called; return how many were new.

    A number is there once, under whichever key: her own no takes the place of the register's, never the
    other way round.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted, added = sorted(set(phones)), 0
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        some = {phone: cipher.indexes(phone) for phone in wanted[start : start + ROWS_AT_ONCE]}
        known = do_not_call.c.phone_index.in_([index for each in some.values() for index in each])
        if source == SAID_NO:
            await connection.execute(delete(do_not_call).where(known))
        there = set(await connection.scalars(select(do_not_call.c.phone_index).where(known)))
        rows = [
            {
                "phone_index": cipher.index(phone),
                "phone": cipher.seal(phone, PHONE_PLACE),
                "source": source,
                "at": at,
            }
            for phone, indexes in some.items()
            if there.isdisjoint(indexes)
        ]
        if not rows:
            continue
        insert = dialect.insert(do_not_call).values(rows).on_conflict_do_nothing()
        added += len((await connection.execute(insert.returning(do_not_call.c.phone_index))).all())
    return added


async def replace_register(
    connection: AsyncConnection, cipher: Cipher, phones: Iterable[str], *, at: datetime
) -> int:
    """Put today's register in the place of the last one; who said no stays. Return how many it adds."""
    await connection.execute(delete(do_not_call).where(do_not_call.c.source == REGISTER))
    return await add(connection, cipher, phones, REGISTER, at=at)


async def source_of(connection: AsyncConnection, cipher: Cipher, phone: str) -> str | None:
    """Return why a number must not be called unasked; None when it may be."""
    query = select(do_not_call.c.source).where(do_not_call.c.phone_index.in_(cipher.indexes(phone)))
    return (await connection.execute(query)).scalars().first()


async def forget(connection: AsyncConnection, indexes: Collection[bytes]) -> None:
    """Forget that these numbers said no, for whoever has everything about her deleted; the register stays."""
    hers = do_not_call.c.phone_index.in_(indexes), do_not_call.c.source == SAID_NO
    await connection.execute(delete(do_not_call).where(*hers))
