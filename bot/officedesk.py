"""`ansinh leads`: what waits for the officer, why a lead went where it went, giving it to somebody."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import office
from bot.app import App, open_app
from bot.clock import LOCAL
from bot.dispatch import STAFF_LANGUAGE, Dispatch
from bot.office import Waits
from bot.settings import Settings
from bot.storage import leads
from bot.storage.hotpath import enqueue
from bot.storage.leads import Lead
from calculators.territory import Territory
from handlers.leads import Move
from handlers.messages import Address, Outgoing
from handlers.reading.languages import language_names

_FILE = Path(__file__).parent.parent / "templates" / "office" / "reasons.toml"


async def show_waiting() -> int:
    """Print the leads that are the officer's: number, ward, hour, since when, why. Nothing of the person."""
    async with open_app(Settings()) as app, app.engine.connect() as connection:
        for one in await office.waiting(connection, app.worlds.diary, app.clock()):
            sys.stdout.write(waiting_line(one, app.territory))
    return 0


def waiting_line(one: Waits, territory: Territory) -> str:
    """Return the line of a lead that is the officer's; what waits too long is marked."""
    overdue = _words()["line"]["overdue"] if one.overdue else ""
    ward, starts_at = territory.ward_name(one.lead.ward), _local(one.lead.starts_at)
    facts = {"lead": one.lead.id, "since": _local(one.since), "why": one.why, "overdue": overdue}
    return _line("waiting", ward=ward, starts_at=starts_at, **facts)


async def show_why(number: int) -> int:
    """Print what happened to a lead, and each who came into question with the reason he got it or not."""
    words = _words()
    async with open_app(Settings()) as app, app.engine.connect() as connection:
        events = await office.history(connection, number)
        for at, who, what, state, why in events:
            _say("event", at=_local(at), who=who, what=what, state=state, why=f"({why})" if why else "")
        for one in await office.stood(connection, app.cipher, number):
            _say(
                "stood",
                at=_local(one.at),
                code=one.code,
                organisation=one.organisation,
                why=words["why"][one.skip.why],
                ring=words["rings"][one.skip.ring],
                place=1 + one.skip.place,
                since=_local(datetime.fromisoformat(one.skip.last_turn)),
                share=one.skip.share,
                mates=one.skip.mates,
            )
    return int(not events)


async def give(number: int, code: str, by: str) -> int:
    """Give a lead to a collector; print when he is to call, and whether he speaks what she asked for."""
    asked: dict[str, Any] = {}

    async def do(dispatch: Dispatch) -> Lead:
        lead = await office.give(dispatch, number, code, who=by)
        asked.update(await dispatch.spoken(lead))
        return lead

    async with open_app(Settings()) as app:
        lead = await _act(app, do)
        _say("given", lead=number, code=code, starts_at=_local(lead.starts_at))
        if asked["speaks"]:
            language = language_names(STAFF_LANGUAGE)[asked["speaks"]]
            _say("spoken" if asked["spoken"] else "not_spoken", lead=number, code=code, language=language)
    return 0


async def close(number: int, by: str) -> int:
    """Close a lead of the officer's: the person could not be reached."""
    async with open_app(Settings()) as app:
        await _act(app, lambda dispatch: office.close(dispatch, number, Move.GIVE_UP, who=by, why="office"))
        _say("closed", lead=number)
    return 0


async def _act(app: App, do: Callable[[Dispatch], Awaitable[Lead]]) -> Lead:
    """Do something to a lead in one transaction, with what is told of it. Raises CannotGive."""
    mail: list[tuple[Address, Outgoing]] = []
    now = app.clock()
    async with app.engine.begin() as connection:
        await leads.alone(connection)
        lead = await do(app.worlds.dispatch(connection, now, lambda *one: mail.append(one)))
        cause = f"office-{lead.id}-{now.timestamp():.6f}"
        posts = [(cause, n, to, message) for n, (to, message) in enumerate(mail)]
        await enqueue(connection, posts, app.cipher, at=now)
    return lead


def _words() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def _say(line: str, **facts: object) -> None:
    sys.stdout.write(_line(line, **facts))


def _line(line: str, **facts: object) -> str:
    return str(_words()["line"][line]).format(**facts).rstrip() + "\n"


def _local(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")
