"""Assignment: who may take a lead at an hour, in which order, and why the others do not get it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import LOCAL
from bot.diary import SLOT, Diary, Span
from bot.storage import bookings, skips, teams
from bot.storage.crypt import Cipher
from bot.storage.skips import Skip
from bot.storage.teams import Worker
from calculators.turns import Place, in_turn
from handlers.messages import Address

CHOSEN, NEXT_IN_TURN = "chosen", "later_turn"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is looked for: somebody for a ward at an hour, on behalf of the person at `me`.

    `before` are collectors who come first: whom she knows, or who sent her. `not_again` had the lead already.
    With `heads` only the heads of points are asked. `language` is the one she chats in: it counts among the
    equally near. `speaks` is the one she asked to be called in, "" for none: it counts before nearness and
    acquaintance, and others come into question when nobody who speaks it can, where she `may_do_without`.
    """

    ward: str
    starts_at: datetime
    me: Address | None = None
    language: str = "vi"
    before: tuple[int, ...] = ()
    not_again: Collection[int] = ()
    heads: bool = False
    speaks: str = ""
    may_do_without: bool = True

    def span(self, now: datetime) -> Span:
        """Return the one hour; she chose it, so it may be one she agreed to."""
        return Span(self.starts_at, self.starts_at + SLOT, now, self.me, agreed=True)


@dataclass(frozen=True, slots=True)
class Considered:
    """Somebody who came into question: in which ring, where in the order of turns, and what came of it."""

    worker: int
    ring: str
    why: str
    place: Place


@dataclass(slots=True)
class Found:
    """Who got the hour, if anybody, and everybody who came into question until then."""

    collector: int | None = None
    considered: list[Considered] = field(default_factory=list)


async def claim(
    connection: AsyncConnection,
    diary: Diary,
    ask: Ask,
    *,
    now: datetime,
    held_until: datetime | None = None,
) -> Found:
    """Take the hour of the first in turn who can; with `held_until` only hold it for the person until then.

    Call leads.alone() before: whoever is found free is free until the commit.
    """
    found = Found()
    if ask.speaks:
        found = await _look(connection, diary, ask, now=now, held_until=held_until)
    if found.collector is None and ask.may_do_without:
        found = await _look(connection, diary, replace(ask, speaks=""), now=now, held_until=held_until)
    return found


async def _look(
    connection: AsyncConnection, diary: Diary, ask: Ask, *, now: datetime, held_until: datetime | None
) -> Found:
    """Look ring by ring for the first in turn who can, and who speaks what she asked for."""
    found = Found()
    async for ring, team in _rings(connection, diary, ask, now):
        places = {p.waiting.id: p for p in in_turn(await teams.waiting(connection, team, _DAY), now)}
        whys = dict(await _whys(connection, diary, ask, team, now))
        able = [identity for identity in places if not whys[identity]]
        whys |= dict.fromkeys(able, NEXT_IN_TURN)
        for identity in able:
            if await bookings.book(
                connection, identity, ask.starts_at, at=now, me=ask.me, held_until=held_until
            ):
                found.collector, whys[identity] = identity, CHOSEN
                break
            whys[identity] = "busy"
        found.considered += [Considered(one, ring, whys[one], place) for one, place in places.items()]
        if found.collector is not None:
            break
    return found


async def in_question(connection: AsyncConnection, diary: Diary, ask: Ask, *, now: datetime) -> list[int]:
    """Return who comes into question for a lead whatever the hour, in the order they would be asked."""
    found: list[int] = []
    async for _, team in _rings(connection, diary, ask, now):
        places = in_turn(await teams.waiting(connection, team, _DAY), now)
        found += [place.waiting.id for place in places if place.waiting.id not in ask.not_again]
    return found


async def write_down(
    connection: AsyncConnection, cipher: Cipher, lead: int, considered: Sequence[Considered], *, at: datetime
) -> None:
    """Keep why each who came into question for a lead got it or did not, sealed."""
    told = [
        Skip(
            collector=one.worker,
            ring=one.ring,
            why=one.why,
            place=one.place.number,
            last_turn=one.place.waiting.since.isoformat(),
            share=one.place.waiting.share,
            mates=one.place.mates,
        )
        for one in considered
    ]
    await skips.keep(connection, cipher, lead, told, at=at)


async def _rings(
    connection: AsyncConnection, diary: Diary, ask: Ask, now: datetime
) -> AsyncIterator[tuple[str, Sequence[Worker]]]:
    """Yield who comes into question, ring by ring, nobody twice: whom she knows, then those near her."""
    span = ask.span(now)
    day = diary.day(span.since)
    known = await teams.named(connection, ask.before, day, day)
    for worker in sorted(known, key=lambda worker: ask.before.index(worker.id)):
        yield "knows", [worker]
    async for ring, team in diary.rings(connection, ask.ward, span):
        rest = [worker for worker in team if worker.id not in ask.before]
        if rest:
            yield ring, rest


async def _whys(
    connection: AsyncConnection, diary: Diary, ask: Ask, team: Sequence[Worker], now: datetime
) -> Mapping[int, str]:
    """What keeps each from the hour, "" for who can.

    The language of her chat counts while somebody in the ring speaks it; the one she asked for always.
    """
    whys = dict(await diary.hindrances(connection, team, ask.span(now)))
    for worker in team:
        if worker.id in ask.not_again:
            whys[worker.id] = "had_it"
        elif ask.heads and not worker.heads_point:
            whys[worker.id] = "not_head"
    able = [worker for worker in team if not whys[worker.id]]
    wanted = ask.speaks or ask.language
    if ask.speaks or any(wanted in worker.languages for worker in able):
        whys |= {worker.id: "language" for worker in able if wanted not in worker.languages}
    return whys


_DAY = datetime(2026, 1, 1, tzinfo=LOCAL)  # any local moment
