"""`ansinh chat`: a conversation on standard input and output, through the same engine and storage."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any, TextIO

from bot.app import App, open_app
from bot.channels import Capabilities
from bot.demo import load_demo
from bot.sender import Sender
from bot.settings import Settings
from bot.storage import network
from handlers.messages import Address, Incoming, Kind, Outgoing

LONGEST_LINE = 1_000_000


@dataclass(slots=True)
class TerminalChannel:
    """Writes messages to a stream: numbered options for people, JSON lines for scripts."""

    out: TextIO
    as_json: bool
    name: str = "terminal"
    able: Capabilities = field(default=Capabilities(text_limit=8_000))

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Write one message."""
        del to, key
        if self.as_json:
            self.out.write(json.dumps(message.as_json(), ensure_ascii=False) + "\n")
        else:
            options = "".join(f"\n  {n}. {option.label}" for n, option in enumerate(message.options, 1))
            self.out.write(f"\n{message.text}{options}\n\n")
        self.out.flush()


class Terminal:
    """One person at a terminal."""

    def __init__(self, app: App, address: Address, out: TextIO, *, as_json: bool) -> None:
        """Messages to `address` are written to `out`."""
        self._app, self._address, self._out, self._json = app, address, out, as_json
        channel = TerminalChannel(out, as_json)
        self._sender = Sender(
            app.engine,
            app.cipher,
            {channel.name: channel},
            app.clock,
            app.woken,
            rng=SystemRandom(),
            accounts=[address.account],
        )

    async def start(self) -> None:
        """Open the conversation, as tapping START does."""
        await self._hear(Kind.START, "", None)

    async def line(self, line: str) -> None:
        """Take one line of input: plain words, or a JSON object with `text` or `choice`."""
        if not self._json:
            await self._hear(Kind.TEXT, line, None)
            return
        try:
            kind, text, turn = _event(line)
        except ValueError as wrong:
            error = {"code": "bad_line", "field": "", "message": str(wrong)}
            self._out.write(json.dumps({"error": error}) + "\n")
            self._out.flush()
            return
        await self._hear(kind, text, turn)

    async def _hear(self, kind: Kind, text: str, turn: int | None) -> None:
        event = secrets.token_hex(12)
        await self._app.converse.hear(
            Incoming(self._address, event, kind, self._app.clock(), text[:LONGEST_LINE], turn)
        )
        await self._sender.drain()


def _event(line: str) -> tuple[Kind, str, int | None]:
    """Read one JSON line. Raises ValueError saying what a line looks like."""
    form = 'a line is {"text": "…"} or {"choice": "id"}'
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON: {form}") from None
    if not isinstance(data, dict) or not set(data) <= {"text", "choice", "turn"}:
        raise ValueError(form)
    turn = data.get("turn")
    if turn is not None and (not isinstance(turn, int) or isinstance(turn, bool)):
        raise ValueError("turn is a whole number")
    if isinstance(data.get("choice"), str) and "text" not in data:
        return Kind.CHOICE, data["choice"], turn
    if isinstance(data.get("text"), str) and "choice" not in data:
        return Kind.TEXT, data["text"], turn
    raise ValueError(form)


async def chat(role: str, *, as_json: bool) -> int:
    """Talk as a citizen or a collector until the end of input; return 2 for a role that does not exist."""
    async with open_app(Settings()) as app:
        async with app.engine.begin() as connection:
            await load_demo(connection, app.cipher, app.territory)
        try:
            address = await address_of(app, role)
        except ValueError as wrong:
            sys.stderr.write(f"ansinh chat: {wrong}\n")
            return 2
        terminal = Terminal(app, address, sys.stdout, as_json=as_json)
        if not as_json:
            await terminal.start()
        await _read(sys.stdin, terminal.line)
    return 0


async def _read(stream: TextIO, take: Callable[[str], Any]) -> None:
    while line := await asyncio.to_thread(stream.readline):
        if line.strip():
            await take(line.rstrip("\n"))


async def address_of(app: App, role: str) -> Address:
    """Return the terminal address of "citizen", "citizen:NAME" or "collector:CODE". Raises ValueError."""
    kind, _, name = role.partition(":")
    if kind == "citizen" and len(name) <= 60:
        person = name or secrets.token_hex(8)
        return Address("terminal", f"citizen:{person}", person)
    if kind == "collector" and name:
        async with app.engine.begin() as connection:
            collector = await network.collector_by_code(connection, name)
            if collector is None:
                raise ValueError(f"no collector has the code {name[:20]}")
            address = Address("terminal", f"collector:{name}", name)
            await network.link_chat(connection, address, collector.id)
            return address
    raise ValueError("--as citizen, citizen:NAME or collector:CODE")
