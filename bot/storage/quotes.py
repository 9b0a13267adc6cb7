"""Quotes as stored: anonymous, found by a code that can be read aloud."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import collectors, leads, quotes
from calculators.quote import Group, Quote, QuoteRequest, Scenario
from calculators.trail import Source
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


NOT_QUOTED: Mapping[str, str | int | None] = {
    "quote_code": None, "to_pay": None, "changes_in": None, "to_pay_then": None, "pension": None,
    "pension_from": None,
}  # fmt: skip
"""What `in_brief` would say of no quote."""


async def save(
    connection: AsyncConnection,
    quote: Quote,
    province: str | None,
    *,
    rng: Random,
    at: datetime,
    referrer: str | None = None,
) -> str:
    """Keep a quote under a new code, `LS-7K2P` for a province named Lạng Sơn; return the code.

    `referrer` is the code of the collector who worked it out, if one did.
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
    }
    for _ in range(_TRIES):
        code = f"{initials(province)}-{''.join(rng.choices(ALPHABET, k=_LENGTH))}"
        kept = await connection.execute(
            dialect.insert(quotes).values(code=code, **row).on_conflict_do_nothing()
        )
        if kept.rowcount == 1:
            return code
    raise RuntimeError(f"{_TRIES} codes in a row are taken; make quote codes longer")


async def forget(connection: AsyncConnection, codes: Collection[str]) -> None:
    """Delete quotes, but those somebody's lead was made with."""
    used = exists().where(leads.c.quote_code == quotes.c.code)
    await connection.execute(delete(quotes).where(quotes.c.code.in_(codes), ~used))


async def referrer(connection: AsyncConnection, code: str) -> int | None:
    """Return the collector who worked a quote out with somebody, or None."""
    sent = select(collectors.c.id).join(quotes, quotes.c.referrer == collectors.c.code)
    return (await connection.execute(sent.where(quotes.c.code == code.upper()))).scalar_one_or_none()


async def find(connection: AsyncConnection, code: str) -> StoredQuote | None:
    """Return a quote by its code, in whatever case it is typed; None when there is none."""
    columns = (quotes.c.code, quotes.c.request, quotes.c.result, quotes.c.law_on, quotes.c.expires_on)
    row = (await connection.execute(select(*columns).where(quotes.c.code == code.upper()))).one_or_none()
    return StoredQuote(*row) if row else None


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
