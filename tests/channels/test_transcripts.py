"""The same transcripts through every channel, on both databases: a conversation does not know where it is."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.terminal import Terminal
from handlers.messages import Address
from tests.channels.phones import KINDS, Kind, PhoneChat, house_of
from tests.channels.served import FormChat, app_on, served_on, socket_chat
from tests.conversations.transcript import Transcript, all_transcripts, play


def played(transcripts: list[Transcript]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("transcript", transcripts, ids=lambda transcript: transcript.name)


ALIKE = [each for each in all_transcripts() if each.name.startswith("free_words_")]
"""Talks that differ in no more than words: they share a house where each would have one of its own."""
every_transcript = played([each for each in all_transcripts() if each not in ALIKE])


class TerminalChat:
    """Talks to `ansinh chat --json`, line by line."""

    people = itertools.count(1)

    def __init__(self, app: Any) -> None:
        self.out = io.StringIO()
        person = f"p{next(self.people)}"
        address = Address("terminal", f"citizen:{person}", person)
        self.terminal = Terminal(app, address, self.out, as_json=True)

    async def type(self, text: str) -> dict[str, Any]:
        return await self._line({"text": text})

    async def tap(self, option: str) -> dict[str, Any]:
        return await self._line({"choice": option})

    async def _line(self, line: dict[str, str]) -> dict[str, Any]:
        before = len(self.out.getvalue())
        await self.terminal.line(json.dumps(line))
        return json.loads(self.out.getvalue()[before:])


@played(all_transcripts())
async def test_in_the_terminal(transcript: Transcript, network_url: str, tmp_path: Path) -> None:
    async with app_on(network_url, tmp_path) as app:
        await play(transcript, TerminalChat(app))


@every_transcript
async def test_in_the_web_chat(transcript: Transcript, network_url: str, tmp_path: Path) -> None:
    async with served_on(network_url, tmp_path) as served, socket_chat(served) as chat:
        await play(transcript, chat)


@every_transcript
async def test_in_the_web_chat_without_javascript(
    transcript: Transcript, network_url: str, tmp_path: Path
) -> None:
    async with served_on(network_url, tmp_path) as served, ClientSession() as session:
        page = await session.get(f"{served.url}/")
        chat = FormChat(session, f"{served.url}{page.url.path}")
        await chat.open()
        await play(transcript, chat)


async def test_those_alike_in_the_web_chat(network_url: str, tmp_path: Path) -> None:
    async with served_on(network_url, tmp_path) as served:
        for transcript in ALIKE:
            async with socket_chat(served) as chat:
                await play(transcript, chat)
            async with ClientSession() as session:
                page = await session.get(f"{served.url}/")
                form = FormChat(session, f"{served.url}{page.url.path}")
                await form.open()
                await play(transcript, form)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_on_the_phone(kind: Kind, network_url: str, tmp_path: Path) -> None:
    """All in one house, each by a person of her own: what one does is nothing to the others."""
    async with house_of(kind, network_url, tmp_path) as house:
        for transcript in all_transcripts():
            await play(transcript, PhoneChat(house))
