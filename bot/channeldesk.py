"""`ansinh channels`: how each channel stands, from what was written down; `check` asks the platforms."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App, open_app
from bot.channels.platform import Platform
from bot.clock import LOCAL
from bot.platforms import SWITCHES, platforms
from bot.settings import Settings
from bot.storage import accounts, strays
from bot.storage.engine import reading
from bot.storage.schema import outbox

_STATES = {
    "sent": "sent",
    "waiting": "waiting",
    "claimed": "under way",
    "unknown": "that may have arrived",
    "dead": "given up",
}


async def show() -> int:
    """Print the state of every channel; return 1 when one waits for somebody to act."""
    async with open_app(Settings()) as app:
        found = {platform.channel.name: platform for platform in platforms(app)}
        bad = False
        async with reading(app.engine) as connection:
            _write("web: on", [_outbox(await _counts(connection, "web"))])
            for name, switch in SWITCHES.items():
                if name not in found:
                    _write(f"{name}: off", [f"to switch it on, set {switch} (see .env.example)"])
                    continue
                state = await accounts.state(connection, name, found[name].account)
                bad = bad or state.human
                title = f"{name} {found[name].account}: {'on' if not state.human else 'SOMEBODY MUST ACT'}"
                _write(title, await _lines(app, connection, name, state))
    return int(bad)


async def check() -> int:
    """Ask every platform that is switched on; print what is not as it should be and what to do."""
    async with open_app(Settings()) as app:
        found = platforms(app)
        if not found:
            sys.stdout.write(f"no platform is switched on: set {' or '.join(SWITCHES.values())}\n")
        results = [await _checked(platform) for platform in found]
    return int(not all(results))


async def _checked(platform: Platform) -> bool:
    """Print a platform's findings; tell whether all are fine."""
    try:
        findings = await platform.look()
    finally:
        await platform.stop()
    lines = [
        f"{'ok ' if finding.fine else 'BAD'} {finding.what}: {finding.found}"
        + ("" if finding.fine else f"\n      {finding.fix}")
        for finding in findings
    ]
    _write(f"{platform.channel.name} {platform.account}", lines)
    return all(finding.fine for finding in findings)


async def _lines(app: App, connection: AsyncConnection, name: str, state: accounts.AccountState) -> list[str]:
    lines = [_outbox(await _counts(connection, name))]
    if state.held_until is not None and state.held_until > app.clock():
        lines.append(f"sends nothing before {state.held_until.astimezone(LOCAL):%H:%M:%S}")
    if state.trouble and state.trouble_at:
        lines.append(f"last trouble: {state.trouble}, {state.trouble_at.astimezone(LOCAL):%d/%m/%Y %H:%M}")
    if state.refused:
        lines.append(f"deliveries refused: {state.refused} were not signed as they should be")
    lines += [f"{key}: {value}" for key, value in sorted(state.facts.items())]
    kept = await strays.counts(connection, name)
    if kept:
        kinds = ", ".join(f"{kind} ×{count}" for kind, count in sorted(kept.items()))
        lines.append(f"deliveries nobody could read: {kinds}")
    return lines


async def _counts(connection: AsyncConnection, channel: str) -> Mapping[str, int]:
    query = select(outbox.c.state, func.count()).where(outbox.c.channel == channel).group_by(outbox.c.state)
    return {row[0]: row[1] for row in await connection.execute(query)}


def _outbox(counts: Mapping[str, int]) -> str:
    told = [f"{counts[state]} {words}" for state, words in _STATES.items() if state in counts]
    return f"messages: {', '.join(told) or 'none'}"


def _write(title: str, lines: Iterable[str]) -> None:
    sys.stdout.write(title + "\n" + "".join(f"  {line}\n" for line in lines))
