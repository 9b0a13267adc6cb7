"""Every sealed column, and how it is sealed anew with the newest key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import failures, leads, network, quotes, reports, skips, strays
from bot.storage.crypt import Cipher
from bot.storage.do_not_call import PHONE_PLACE
from bot.storage.hotpath import body_place, state_place
from bot.storage.network_schema import collectors, lead_skips
from bot.storage.network_schema import leads as leads_table
from bot.storage.network_schema import quotes as quotes_table
from bot.storage.privacy_schema import do_not_call, scam_reports
from bot.storage.question_schema import place as question_place
from bot.storage.question_schema import questions
from bot.storage.schema import conversations, outbox
from bot.storage.schema import failures as failures_table
from bot.storage.schema import strays as strays_table
from bot.storage.web_schema import place as message_place
from bot.storage.web_schema import web_messages
from bot.storage.zalo_schema import echo_place, token_place, zalo_echoes, zalo_tokens
from handlers.messages import Address

ROWS_AT_ONCE = 200  # rows of one transaction: nobody waits long for it

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column: `place` names from a row what it was sealed for; `index` is of the same value."""

    column: Column[Any]
    place: Callable[[Row], str]
    index: Column[Any] | None = None

    @property
    def table(self) -> Table:
        """The table it is a column of."""
        table: Table = self.column.table
        return table

    @property
    def name(self) -> str:
        """The column as table.column."""
        return f"{self.table.name}.{self.column.name}"


def _address(row: Row) -> Address:
    return Address(row["channel"], row["account"], row["person"])


def _lead(column: Column[Any], index: Column[Any] | None = None) -> Sealed:
    return Sealed(column, lambda row: leads.place(column.name, row["id"]), index)


SEALED: tuple[Sealed, ...] = (
    Sealed(conversations.c.state, lambda row: state_place(_address(row))),
    Sealed(outbox.c.body, lambda row: body_place(row["cause"], row["n"])),
    Sealed(failures_table.c.body, lambda row: failures.place(_address(row), row["event_id"])),
    Sealed(strays_table.c.body, lambda row: strays.place(row["channel"], row["kind"])),
    Sealed(web_messages.c.body, lambda row: message_place(row["key"])),
    Sealed(collectors.c.phone, lambda row: network.phone_place(row["code"])),
    Sealed(zalo_tokens.c.access, lambda row: token_place("access", row["oa_id"])),
    Sealed(zalo_tokens.c.refresh, lambda row: token_place("refresh", row["oa_id"])),
    Sealed(zalo_echoes.c.text, lambda row: echo_place(row["account"], row["message_id"])),
    Sealed(questions.c.text, lambda row: question_place(row["alike"])),
    _lead(leads_table.c.name),
    _lead(leads_table.c.phone, leads_table.c.phone_index),
    _lead(leads_table.c.note),
    Sealed(lead_skips.c.considered, lambda row: skips.place(row["lead_id"])),
    Sealed(quotes_table.c.chat, lambda row: quotes.place(row["code"]), quotes_table.c.chat_index),
    Sealed(scam_reports.c.said, lambda row: reports.place(_address(row))),
    Sealed(do_not_call.c.phone, lambda _: PHONE_PLACE, do_not_call.c.phone_index),
)
"""Whoever adds a sealed column names it here: a rule of the repository checks that none is missing."""


async def counts(connection: AsyncConnection, newest: bytes) -> dict[str, tuple[int, int]]:
    """Return for each sealed column how many values the newest key sealed, and how many older ones did."""
    found = {}
    for sealed in SEALED:
        key = func.substr(sealed.column, 1, 1)
        each = select(key, func.count()).where(sealed.column.is_not(None)).group_by(key)
        tally: Counter[bool] = Counter()
        for identity, count in await connection.execute(each):
            tally[bytes(identity) == newest] += count
        found[sealed.name] = tally[True], tally[False]
    return found


async def rotate(engine: AsyncEngine, cipher: Cipher) -> int:
    """Seal every value that an older key sealed anew with the newest; return how many.

    It may be stopped and begun again at any time, and others may write meanwhile: each batch is a
    transaction, and a value that changed meanwhile is left as it is. Raises SealError for one no key opens.
    """
    done = 0
    for sealed in SEALED:
        while True:
            async with engine.begin() as connection:
                batch = await _batch(connection, cipher, sealed)
            done += batch
            if batch < ROWS_AT_ONCE:
                break
    return done


async def _batch(connection: AsyncConnection, cipher: Cipher, sealed: Sealed) -> int:
    table, column = sealed.table, sealed.column
    older = func.substr(column, 1, 1) != cipher.newest
    found = select(table).where(column.is_not(None), older).limit(ROWS_AT_ONCE).with_for_update()
    rows = (await connection.execute(found)).mappings().all()
    for row in rows:
        place = sealed.place(dict(row))
        plain = cipher.open(row[column.name], place)
        fresh = {column.name: cipher.seal(plain, place)}
        if sealed.index is not None:
            fresh[sealed.index.name] = cipher.index(plain)
        same = and_(*(key == row[key.name] for key in table.primary_key), column == row[column.name])
        await connection.execute(update(table).where(same).values(fresh))
    return len(rows)
