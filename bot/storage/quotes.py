"""Quotes as stored: they name nobody, and are found by a code that can be read aloud."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.network_schema import collectors, leads, quotes
from calculators.quote import Group, Quote, QuoteRequest, Scenario
from calculators.trail import Source
from handlers.messages import Address
from handlers.quote import GROUP_OF_TIER

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that sounds or looks like another: no 0 O, 1 I L
_LENGTH = 4
_TRIES = 20
# A tier of support is stored, never the group: belonging to an ethnic minority is sensitive data.
_TIER_OF_GROUP = {group: tier for tier, group in GROUP_OF_TIER.items()} | {Group.ISLAND: "tier_50"}


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A quote as it was kept; `result` is `Quote.as_json()` without the request."""

    code: str
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    law_on: date
    expires_on: date | None

    def in_brief(self) -> dict[str, str | int | None]:
        """Return what a collector needs at a glance (VND a month): nothing of groups, shares or the past."""
        change, pension = self.result["next_change"], self.result["pension"]
        amount = (pension["amounts"] or {}).get(Scenario.INCOME_KEPT.value)
        return {
            "quote_code": self.code,
            "to_pay": self.result["contribution"]["per_month"]["to_pay"],
            "changes_in": change["on"][:7] if change else None,
            "to_pay_then": change["contribution"]["per_month"]["to_pay"] if change else None,
            "pension": amount,
            "pension_from": pension["starts"],
        }

    def texts(self) -> tuple[Source, ...]:
        """Return the texts its figures rest on, without their articles: those would tell the group."""
        lines = self.result["trail"]
        return tuple(dict.fromkeys(Source(text["document"]) for line in lines for text in line["because"]))

    def terms(self) -> dict[str, Any]:
        """Return the method that was priced and the amount of one payment (VND)."""
        priced = self.result["contribution"]
        return {"method": priced["method"], "amount": priced["per_payment"]["to_pay"]}


_COLUMNS = (quotes.c.code, quotes.c.request, quotes.c.result, quotes.c.law_on, quotes.c.expires_on)
NOT_QUOTED: Mapping[str, str | int | None] = {
    "quote_code": None, "to_pay": None, "changes_in": None, "to_pay_then": None, "pension": None,
    "pension_from": None,
}  # fmt: skip
"""What `in_brief` would say of no quote."""


async def save(
    connection: AsyncConnection,
    cipher: Cipher,
    quote: Quote,
    province: str | None,
    *,
    rng: Random,
    at: datetime,
    chat: Address | None = None,
    referrer: str | None = None,
) -> str:
    """Keep a quote under a new code, `LS-7K2P` for a province named Lạng Sơn; return the code.

    `chat` is the one she had it worked out in, or `referrer` the code of the collector who did it for her.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    result = quote.as_json()
    request = result.pop("request")
    row = {
        "request": _without_group(quote.request, request),
        "result": result,
        "law_on": quote.request.on,
        "expires_on": quote.expires_on,
        "saved_at": at,
        "referrer": referrer,
        "chat_index": cipher.index(_whole(chat)) if chat else None,
    }
    for _ in range(_TRIES):
        code = f"{initials(province)}-{''.join(rng.choices(ALPHABET, k=_LENGTH))}"
        row |= {"code": code, "chat": cipher.seal(_whole(chat), place(code)) if chat else None}
        kept = await connection.execute(dialect.insert(quotes).values(row).on_conflict_do_nothing())
        if kept.rowcount == 1:
            return code
    raise RuntimeError(f"{_TRIES} codes in a row are taken; make quote codes longer")


async def forget(connection: AsyncConnection, codes: Collection[str]) -> None:
    """Delete quotes, but those somebody's lead was made with."""
    used = exists().where(leads.c.quote_code == quotes.c.code)
    await connection.execute(delete(quotes).where(quotes.c.code.in_(codes), ~used))


async def of_chats(
    connection: AsyncConnection, cipher: Cipher, chats: Iterable[Address]
) -> Sequence[StoredQuote]:
    """Return the quotes that were worked out in these chats, by code."""
    query = select(*_COLUMNS).where(_worked_out_in(cipher, chats)).order_by(quotes.c.code)
    return [StoredQuote(*row) for row in await connection.execute(query)]


async def forget_chats(connection: AsyncConnection, cipher: Cipher, chats: Collection[Address]) -> None:
    """Delete the quotes that were worked out in these chats; those of a lead are its own from now on."""
    await forget(connection, [quote.code for quote in await of_chats(connection, cipher, chats)])
    await leave_chats(connection, cipher, chats)


async def leave_chats(connection: AsyncConnection, cipher: Cipher, chats: Iterable[Address]) -> None:
    """Forget in which chat quotes were worked out: from now on they are nobody's."""
    nobody = {"chat": None, "chat_index": None}
    await connection.execute(update(quotes).where(_worked_out_in(cipher, chats)).values(nobody))


async def referrer(connection: AsyncConnection, code: str) -> int | None:
    """Return the collector who worked a quote out with somebody, or None."""
    sent = select(collectors.c.id).join(quotes, quotes.c.referrer == collectors.c.code)
    return (await connection.execute(sent.where(quotes.c.code == code.upper()))).scalar_one_or_none()


async def find(connection: AsyncConnection, code: str) -> StoredQuote | None:
    """Return a quote by its code, in whatever case it is typed; None when there is none."""
    row = (await connection.execute(select(*_COLUMNS).where(quotes.c.code == code.upper()))).one_or_none()
    return StoredQuote(*row) if row else None


def place(code: str) -> str:
    """The place the chat of a quote is sealed for."""
    return f"quotes.chat:{code}"


def _worked_out_in(cipher: Cipher, chats: Iterable[Address]) -> ColumnElement[bool]:
    return quotes.c.chat_index.in_([index for chat in chats for index in cipher.indexes(_whole(chat))])


def _whole(chat: Address) -> str:
    return "\x1f".join((chat.channel, chat.account, chat.person))


def initials(province: str | None) -> str:
    """Return the first letters of a province's name, two of a single word: LS, HCM, HU; VN for none."""
    plain = unicodedata.normalize("NFD", (province or "").replace("Đ", "D"))
    words = "".join(c for c in plain if c.isascii()).upper().split()
    if not words:
        return "VN"
    return "".join(word[0] for word in words) if len(words) > 1 else words[0][:2]


def _without_group(asked: QuoteRequest, request: Any) -> dict[str, Any]:  # noqa: ANN401 - plain JSON
    kept = {name: value for name, value in request.items() if name != "group"}
    return {**kept, "tier": _TIER_OF_GROUP[asked.group]}
