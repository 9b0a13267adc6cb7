"""The product without a wire: engine, words and a fake world, the state stored as JSON between messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from calculators.law import Law
from calculators.quote import Quote, QuoteRequest
from calculators.territory import Territory
from calculators.trail import Source
from handlers.dialogue import Dialogue
from handlers.faq import Faq
from handlers.messages import Address, Incoming, Kind
from handlers.ports import CallbackWish
from handlers.questions import Questions
from handlers.reading import Candidate
from handlers.state import State
from handlers.welcome import CITIZEN
from handlers.wording import Words

TODAY = date(2026, 11, 23)
SLOTS = ("2026-11-24T09:00+07:00", "2026-11-24T14:00+07:00", "2026-11-25T11:00+07:00")


class FakeWorld:
    """A world with one collector and three free hours; the last is of who speaks Tày, Nùng and Dao."""

    def __init__(self) -> None:
        self.quotes: dict[str, Quote] = {}
        self.booked: list[CallbackWish] = []
        self.forgotten = 0
        self.collected: list[tuple[str, str]] = []
        self.news = False
        self.reported: list[str] = []

    async def languages(self, ward: str) -> Sequence[str]:
        return ["tay", "nung", "dao"]

    async def free_slots(self, ward: str, wanted: Any = None, *, speaks: str = "") -> Sequence[Candidate]:
        taken = {wish.starts_at for wish in self.booked}
        hours = SLOTS if not speaks else SLOTS[-1:] if speaks in await self.languages(ward) else ()
        return [
            Candidate(start, {"starts_at": start, "ends_at": start.replace(":00+", ":59+")})
            for start in hours
            if start not in taken and ward != "06637"
        ]

    async def nobody_then(self, ward: str, wanted: Any, but: str = "") -> Mapping[str, Any]:
        return {"why": "no_hours_then", "last": "2026-12-07", "useless": []}

    async def book(self, wish: CallbackWish) -> Mapping[str, Any] | None:
        self.booked.append(wish)
        collector = {"name": "Hương", "code": "LS0001", "organisation": "Bưu điện", "point": "Kỳ Lừa"}
        return {
            "lead": 1482,
            "call_code": "4821",
            "collector": collector,
            "starts_at": wish.starts_at,
            "ends_at": wish.starts_at,
            **self.asked(wish),
        }

    def asked(self, wish: CallbackWish) -> dict[str, Any]:
        speaks = wish.note.get("speaks", "")
        return {"speaks": speaks, "spoken": speaks in ("tay", "nung", "dao")}

    async def my_call(self) -> Mapping[str, Any] | None:
        if not self.booked:
            return None
        collector = {"name": "Hương", "code": "LS0001", "organisation": "Bưu điện", "point": "Kỳ Lừa"}
        return {"lead": 1482, "ward": self.booked[-1].ward, "starts_at": self.booked[-1].starts_at,
                "call_code": "4821", "collector": collector, "over": False,
                "link": "https://tuvan.example.vn/call/x.ics", **self.asked(self.booked[-1])}  # fmt: skip

    async def move_call(self, starts_at: str) -> Mapping[str, Any] | None:
        self.booked.append(replace(self.booked.pop(), starts_at=starts_at))
        return await self.my_call()

    async def change_number(self, phone: str, consent: str) -> Mapping[str, Any] | None:
        if not self.booked:
            return None
        self.booked.append(replace(self.booked.pop(), phone=phone, consent=consent))
        return await self.my_call()

    async def call_in(self, speaks: str) -> Mapping[str, Any] | None:
        note = {"speaks": speaks} if speaks else {}
        self.booked.append(replace(self.booked.pop(), note=note))
        return await self.my_call()

    async def cancel_call(self) -> None:
        self.booked.pop()

    async def call_again(self) -> Mapping[str, Any]:
        return {"starts_at": SLOTS[1]}

    async def asked_how(self) -> int | None:
        return None

    async def rate_call(self, rating: str, lead: int | None = None) -> Mapping[str, Any]:
        return {"rated": bool(self.booked), "already": False}

    async def deny_call(self) -> str:
        return ""

    async def last_ended(self) -> str:
        return ""

    async def number_anew(self) -> bool:
        return False

    async def save_quote(self, request: QuoteRequest, found: Quote) -> str:
        code = f"LS-222{len(self.quotes) + 2}"
        self.quotes[code] = found
        return code

    async def find_quote(self, code: str) -> Mapping[str, Any] | None:
        quote = self.quotes.get(code)
        if quote is None:
            return None
        return {
            "quote_code": code,
            "to_pay": quote.contribution.per_month.to_pay,
            "changes_in": None,
            "to_pay_then": None,
            "pension": None,
            "pension_from": None,
            "law_on": quote.request.on,
            "expires_on": quote.expires_on,
            "expired": False,
            "because": (Source("Luật 41/2024/QH15"), Source("Nghị định 159/2025/NĐ-CP")),
        }

    async def find_collector(self, code: str) -> Mapping[str, Any] | None:
        who = {"name": "Hương", "code": "LS0001", "organisation": "Bưu điện", "point": "Kỳ Lừa"}
        return who if code == "LS0001" else None

    async def report_scam(self, said: str) -> Mapping[str, Any]:
        self.reported.append(said)
        return {"report": len(self.reported)}

    async def collect_question(self, text: str, alike: str) -> None:
        self.collected.append((text, alike))

    async def forget(self) -> Mapping[str, Any]:
        self.forgotten += 1
        return {"kept": ["consent_record", "call_record"] if self.booked else []}

    async def my_data(self) -> Mapping[str, Any]:
        booked = [
            {"lead": 1482, "state": "offered", "ward": wish.ward, "name": wish.name, "phone": "0912 345 678",
             "starts_at": wish.starts_at, "note": dict(wish.note)}
            for wish in self.booked
        ]  # fmt: skip
        link = "https://tuvan.example.vn/my-data/x"
        return {"leads": booked, "quotes": [], "consents": len(booked), "news": self.news, "link": link}

    async def keep_informed(self, *, given: bool, version: str) -> None:
        self.news = given

    async def desk(self) -> Sequence[Candidate]:
        return []

    async def hold(self, ward: str, starts_at: str, speaks: str = "") -> bool:
        return starts_at in SLOTS

    async def link_code(self) -> tuple[str, str]:
        return "NK-7K2P-M4XW", "citizen"

    async def link(self, code: str) -> str:
        return "linked" if code == "NK-7K2P-M4XW" else "link_unknown"


@cache
def words() -> Words:
    """The words, compiled once: they do not change."""
    return Words(Territory.load())


@cache
def citizens() -> Dialogue:
    """The citizen's conversation, built once: what is said is kept by the chat."""
    questions = Questions(Faq.load())
    return Dialogue(CITIZEN, law=Law.load(), territory=Territory.load(), home="20", questions=questions)


class EngineChat:
    """Talks to the citizen's conversation with nothing between."""

    def __init__(self, world: Any = None, dialogue: Dialogue | None = None) -> None:
        self.world = world or FakeWorld()
        self.words = words()
        self.dialogue = dialogue or citizens()
        self.today = TODAY
        self.stored = json.dumps(State(started_on=TODAY).as_json())
        self.events = 0

    @property
    def state(self) -> State:
        return State.from_json(json.loads(self.stored))

    async def send(self, kind: Kind, text: str = "", turn: int | None = None) -> dict[str, Any]:
        self.events += 1
        state = self.state
        incoming = Incoming(
            Address("test", "a", "p"), str(self.events), kind, datetime(2026, 11, 23, tzinfo=UTC), text, turn
        )
        put = await self.dialogue.hear(state, incoming, self.today, self.world)
        message = self.words.outgoing(put, state, text).as_json() if put else {}
        self.stored = json.dumps(state.as_json())
        return message

    async def type(self, text: str) -> dict[str, Any]:
        return await self.send(Kind.TEXT, text)

    async def tap(self, option: str) -> dict[str, Any]:
        return await self.send(Kind.CHOICE, option, self.state.turn)
