"""How things stand, counted: what the whole house shares, whichever process is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import leads, timers
from bot.storage.schema import channel_accounts, failures, outbox
from bot.storage.zalo_schema import zalo_tokens
from handlers.leads import OPEN, LeadState

UNSENT = ("waiting", "claimed", "unknown", "dead")
LATE = timedelta(minutes=1)  # a deadline that is due is done within seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts by channel, state or kind; seconds for ages. Nothing of a person."""

    outbox: Mapping[tuple[str, str], int]  # (channel, state) → messages that are not sent
    oldest: Mapping[str, float]  # channel → seconds since the first of them was due
    human: Mapping[str, int]  # channel → accounts for which somebody must act
    held: Mapping[str, int]  # channel → accounts that send nothing for now
    leads: Mapping[str, int]  # state → leads in which somebody is to be called
    with_office: int
    overdue: int  # deadlines that should have been done
    failures: int  # messages that could not be taken and were not replayed


async def standing(connection: AsyncConnection, now: datetime) -> Standing:
    """Count."""
    return Standing(
        outbox=await _outbox(connection),
        oldest=await _oldest(connection, now),
        human=await _human(connection),
        held=await _held(connection, now),
        leads=await _leads(connection),
        with_office=await _count(connection, leads, leads.c.state == _OFFICE, leads.c.person.is_not(None)),
        overdue=await _count(connection, timers, timers.c.due_at < now - LATE),
        failures=await _count(connection, failures, failures.c.replayed_at.is_(None)),
    )


_OFFICE = LeadState.UNASSIGNED.value


async def _outbox(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    query = select(outbox.c.channel, outbox.c.state, func.count()).where(outbox.c.state.in_(UNSENT))
    rows = await connection.execute(query.group_by(outbox.c.channel, outbox.c.state))
    return {(channel, state): count for channel, state, count in rows}


async def _oldest(connection: AsyncConnection, now: datetime) -> dict[str, float]:
    due = outbox.c.state == "waiting", outbox.c.due_at <= now
    query = select(outbox.c.channel, func.min(outbox.c.due_at)).where(*due).group_by(outbox.c.channel)
    return {channel: (now - first).total_seconds() for channel, first in await connection.execute(query)}


async def _human(connection: AsyncConnection) -> dict[str, int]:
    """Accounts that refuse us, and tokens that cannot be renewed though nothing was sent since."""
    accounts, tokens = channel_accounts.c, zalo_tokens.c
    waits = select(accounts.channel, func.count()).where(accounts.human).group_by(accounts.channel)
    found = await _by_first(connection, waits)
    broken = await _count(connection, zalo_tokens, tokens.broken.is_not(None))
    if broken:
        found["zalo_oa"] = max(found.get("zalo_oa", 0), broken)
    return found


async def _held(connection: AsyncConnection, now: datetime) -> dict[str, int]:
    accounts = channel_accounts.c
    query = select(accounts.channel, func.count()).where(accounts.held_until > now)
    return await _by_first(connection, query.group_by(accounts.channel))


async def _leads(connection: AsyncConnection) -> dict[str, int]:
    states = [state.value for state in OPEN]
    query = select(leads.c.state, func.count()).where(leads.c.state.in_(states)).group_by(leads.c.state)
    found = await _by_first(connection, query)
    return {state: found.get(state, 0) for state in states}


async def _by_first(connection: AsyncConnection, query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in await connection.execute(query)}


async def _count(connection: AsyncConnection, table: Table, *where: ColumnElement[bool]) -> int:
    return await connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
