"""What a conversation may ask of the world; `bot` answers, inside the transaction of the update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from calculators.quote import Quote, QuoteRequest
from handlers.reading import Candidate
from handlers.reading.dates import When

SPEAKS = "speaks"  # in a note: a language tells of somebody's people, and is kept like her name


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """What a citizen asks for when she books: who to call, where, when, about which quote.

    `starts_at` is the id of an offered slot; `consent` names the version of the sentence she agreed to. What
    `note` says is sealed with her name; under SPEAKS the language she asked to be called in.
    """

    ward: str
    starts_at: str
    name: str
    phone: str
    quote_code: str | None
    consent: str
    note: Mapping[str, Any]


class World(Protocol):
    """The effects and look-ups conversations have; each works for the person who is talking."""

    async def free_slots(
        self, ward: str, wanted: When | None = None, *, speaks: str = ""
    ) -> Sequence[Candidate]:
        """Return the next callback times of collectors who serve the ward, soonest first, at most 4.

        With `wanted` those she named; When() is as soon as possible. With `speaks` only of who speaks it.

        raw: ISO local start; facts: starts_at, ends_at (ISO local).
        """
        ...

    async def nobody_then(self, ward: str, wanted: When, but: str = "") -> Mapping[str, Any]:
        """Return why nobody is free to call at a time she named, `but` at that hour she has already.

        {why: a code of handlers.call_hours.WHY_NOBODY, last: the last day that can be booked (ISO), useless:
        the choices of CALL_TIME at which nobody is free either}.
        """
        ...

    async def languages(self, ward: str) -> Sequence[str]:
        """Return the languages beside Vietnamese that somebody near who has free time speaks, as codes."""
        ...

    async def hold(self, ward: str, starts_at: str, speaks: str = "") -> bool:
        """Keep an hour for her for 5 minutes, with `speaks` of one who speaks it; False when it was taken."""
        ...

    async def book(self, wish: CallbackWish) -> Mapping[str, Any] | None:
        """Book the callback and notify the collector; None when the slot has just been taken.

        {"refused": "said_no"} when whoever has the number refused calls, and this is no chat of hers or she
        refused twice.
        Returns lead, call_code, collector {name, code, organisation, point}, starts_at, ends_at, and as
        `my_call` speaks and spoken.
        """
        ...

    async def my_call(self) -> Mapping[str, Any] | None:
        """Return her call that is to come or was missed, None when there is none.

        {lead, ward, starts_at (ISO local), call_code, collector {…} or None while the office looks, over:
        whether its hour is past, link: of a calendar file, or "", speaks: the language she asked for, or "",
        spoken: whether who calls speaks it}.
        """
        ...

    async def move_call(self, starts_at: str) -> Mapping[str, Any] | None:
        """Move her call to an offered hour; return it as `my_call` does, None when the hour is taken."""
        ...

    async def change_number(self, phone: str, consent: str) -> Mapping[str, Any] | None:
        """Have her call made to another number (E.164), which she agreed to in the words of this version.

        Returns the call as `my_call` does and whether the number is the `same`, None when there is no call;
        {"refused": "said_no"} as `book`.
        """
        ...

    async def call_in(self, speaks: str) -> Mapping[str, Any] | None:
        """Note the language she asks to be called in, "" for any; return her call as `my_call` does.

        Whoever speaks it and is free at its hour calls then, if who was to call does not.
        """
        ...

    async def cancel_call(self) -> None:
        """Call her call off, and tell the collector."""
        ...

    async def call_again(self) -> Mapping[str, Any]:
        """Nobody called: put her first, with another; {"starts_at": the new hour, "" for the office}."""
        ...

    async def asked_how(self) -> int | None:
        """Return the call she was asked about by a notice, if she has written nothing since, else None."""
        ...

    async def rate_call(self, rating: str, lead: int | None = None) -> Mapping[str, Any]:
        """Keep how her last call went, or that of a `lead` of hers ("good", "fair", "bad"); a call is rated
        once: {"rated": whether it is kept, "already": whether it was rated before}; neither for no such call.
        """
        ...

    async def deny_call(self) -> str:
        """Keep that nobody called her though her last lead ended by a call, and tell the office, once.

        "told" the first time, "before" from then on, "" where her last lead did not end so.
        """
        ...

    async def last_ended(self) -> str:
        """Return how her last lead ended: "called", "wrong_number" (she was told), "" for anything else."""
        ...

    async def number_anew(self) -> bool:
        """Tell whether the number she left last was wrong, so that it is asked for anew: true once."""
        ...

    async def save_quote(self, request: QuoteRequest, found: Quote) -> str:
        """Keep a quote, which names nobody; return its readable code (`LS-7K2P`)."""
        ...

    async def find_quote(self, code: str) -> Mapping[str, Any] | None:
        """Return what a quote says at a glance, for whoever has its code; None when there is none.

        quote_code, to_pay, changes_in, to_pay_then, pension, pension_from (VND a month; months as YYYY-MM),
        law_on and expires_on as dates, and whether it has expired.
        """
        ...

    async def find_collector(self, code: str) -> Mapping[str, Any] | None:
        """Return the collector of a code who works today: {name, code, organisation, point}, or None."""
        ...

    async def report_scam(self, said: str) -> Mapping[str, Any]:
        """Keep what she reports for an officer; return {"report": number}."""
        ...

    async def collect_question(self, text: str, alike: str) -> None:
        """Keep a question nobody has written an answer to, for the officers, and count it.

        `text` holds nothing that identifies a person; what has the same `alike` is the same question.
        """
        ...

    async def forget(self) -> Mapping[str, Any]:
        """Delete what is kept about this person; return what had to stay: {"kept": [reason codes]}."""
        ...

    async def my_data(self) -> Mapping[str, Any]:
        """Return what is kept about this person, for her to see: {leads, quotes, consents, news, link}.

        leads: each {lead, state, ward, name, phone, starts_at, note}; quotes: their codes; consents: how many
        proofs are kept; news: whether she is kept informed; link: where she gets it all as a file, "" for
        nowhere.
        """
        ...

    async def keep_informed(self, *, given: bool, version: str) -> None:
        """Keep her yes or no to news, with the very words she read."""
        ...

    async def explain(self, lead: int, why: str) -> None:
        """Keep why the talking collector gave a lead away: a choice of handlers.collector.WHY_NOT."""
        ...

    async def desk(self) -> Sequence[Candidate]:
        """Return what the talking collector can do now, the card sent last first; then what he may name but
        is not shown, with the fact handlers.collector.BEYOND: further leads, and what others took over.

        raw: "<action>-<lead>"; facts: action, lead, last_card, and the lead's card, or beyond its starts_at.
        """
        ...

    async def settle(self, action: str, lead: int, terms: Mapping[str, Any]) -> Mapping[str, Any]:
        """Perform a collector's action on one of his leads; return {"result": code, …}.

        `terms` are what goes with it: starts_at (ISO local); method and amount (VND or None); follow_up.
        """
        ...

    async def my_hours(self) -> Sequence[Candidate]:
        """Return hours the talking collector is free, to move a call to; as `free_slots`."""
        ...

    async def my_code(self) -> str:
        """Return the talking collector's code; empty for anybody else."""
        ...

    async def agenda(self) -> Mapping[str, Any]:
        """Return the talking collector's calls of today and tomorrow: {"days": [{day, cards}]}."""
        ...

    async def my_month(self) -> Mapping[str, Any]:
        """Return his month: month (YYYY-MM), offered, reached, joined, rank among how many of his own."""
        ...

    async def days_off(self) -> Sequence[Candidate]:
        """Return the days off the talking collector has ahead, the next first; facts: first, last."""
        ...

    async def work_again(self, first: date) -> Mapping[str, Any]:
        """Take back the days off of his that begin on a day; first, last."""
        ...

    async def take_off(self, first: date, last: date) -> Mapping[str, Any]:
        """Note his days off, both included, and hand on his calls on them; first, last, moved (how many)."""
        ...

    async def terms(self, lead: int) -> Sequence[Candidate]:
        """Return how the person of a lead may pay, as quoted first; facts: method, amount (VND or None)."""
        ...

    async def link_code(self) -> tuple[str, str]:
        """Return a new code that links another chat with this one, for 10 minutes, and whose that becomes:
        a citizen's ("citizen"), a collector's ("collector") or the office's ("office").
        """
        ...

    async def link(self, code: str) -> str:
        """Link this chat by a code from another; return linked, linked_staff, linked_office, link_unknown or
        link_same.
        """
        ...

    async def with_office(self) -> Sequence[Candidate]:
        """Return what is with the talking officer's office: raw: the lead; facts: lead, ward, starts_at, …"""
        ...

    async def takers(self, lead: int) -> Sequence[Candidate]:
        """Return the collectors a lead of the office may be given to; raw: the code; facts: who he is."""
        ...

    async def office_act(self, what: str, lead: int, terms: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a lead of the office to the "code" of `terms`, take it to call oneself, or close it by its
        outcome, with its "follow_up"; {"result": code, …}.
        """
        ...
