"""A newcomer tries a platform: he starts it, runs the line it prints as printed, and plays the phone."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from tests.channels.servers import PATIENCE, until
from tests.conftest import SECRET

ANSINH = str(Path(sys.executable).with_name("ansinh"))
BOOKING = ("đặt lịch gọi", "Đông Kinh", "1", "Lành", "0912345678", "1")


class Newcomer:
    """Somebody with terminals, a browser, and an empty computer."""

    def __init__(self, folder: Path, session: ClientSession, database: str) -> None:
        self.session, self.port = session, unused_port()
        self.environment = {
            **os.environ,
            "ANSINH_DATA_DIR": str(folder),
            "ANSINH_DATABASE_URL": database,
            "ANSINH_SECRET_KEY": SECRET,
        }

    @asynccontextmanager
    async def terminal(self, typed: str, until_said: str) -> AsyncIterator[str]:
        """Type a line in a terminal of its own; give what was said, up to the line that says something."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", f"exec env {typed}", env=self.environment, stdout=pipe, stderr=pipe
        )
        assert process.stdout is not None
        said = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while until_said not in said.rpartition("\n")[0] and (
                    line := await process.stdout.readline()
                ):
                    said += line.decode()
            yield said
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.communicate()

    async def run(self, typed: str) -> tuple[int, str, str]:
        """Type a line and wait for its end; return the status and what it said."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", typed, env=self.environment, stdout=pipe, stderr=pipe
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode or 0, out.decode(), err.decode()

    @asynccontextmanager
    async def playing(self, platform: str) -> AsyncIterator[list[str]]:
        """Have a platform and our server as it says; give the addresses of its phones."""
        start = f"{ANSINH} simulate {platform} --port 0 --server http://127.0.0.1:{self.port}"
        async with self.terminal(start, "In another terminal: ") as said:
            [line] = re.findall(r"^In another terminal: (.+)$", said, re.MULTILINE)
            async with self.terminal(line, "Channels: ") as greeting:
                assert f"An Sinh is at http://127.0.0.1:{self.port}/" in greeting
                yield re.findall(r"is simulated at (\S+)/ ", said)

    async def somebody(self, phones: str) -> str:
        """Add a person on the page."""
        async with self.session.post(f"{phones}/__sim/users", json={}) as answer:
            return str((await answer.json())["id"])

    async def say(self, phones: str, user: str, text: str, *, start: bool = False) -> str:
        """Write on the page, and return what comes back."""
        before = len(await self.heard(phones, user))
        kind = {"kind": "start"} if start else {"kind": "text", "text": text}
        async with self.session.post(f"{phones}/__sim/inject", json={"user": user, **kind}) as done:
            assert done.status == 200, await done.text()
        await until(lambda: self._more(phones, user, before))
        return (await self.heard(phones, user))[-1]

    async def aimed(self, phones: str) -> bool:
        """Tell whether the platform was told where to deliver; what came before may never reach us."""
        async with self.session.get(f"{phones}/__sim/journal") as answer:
            return "setWebhook" in await answer.text()

    async def heard(self, phones: str, user: str) -> list[str]:
        """What a phone got from us."""
        async with self.session.get(f"{phones}/__sim/outbox", params={"user": user}) as answer:
            shown: Any = await answer.json()
        return [each["text"] for each in shown if each["who"] == "bot"] if isinstance(shown, list) else []

    async def _more(self, phones: str, user: str, than: int) -> bool:
        return len(await self.heard(phones, user)) > than


@pytest.fixture
async def newcomer(databases: Any, tmp_path: Path) -> AsyncIterator[Newcomer]:
    async with ClientSession() as session:
        yield Newcomer(tmp_path, session, databases.make("sqlite", demo=True))


@pytest.mark.parametrize("platform", ["telegram", "zalo-oa", "zalo-bot"])
async def test_the_printed_line_answers_the_phone(platform: str, newcomer: Newcomer) -> None:
    async with newcomer.playing(platform) as [phones]:
        if platform != "zalo-oa":  # its console was told, not its API
            await until(lambda: newcomer.aimed(phones))
        user = await newcomer.somebody(phones)
        said = await newcomer.say(phones, user, "xin chào", start=platform == "telegram")
        assert "Em là trợ lý tự động" in said


async def test_news_of_a_call_arrives_as_a_template(newcomer: Newcomer) -> None:
    """The template host does nothing without the account: both are played, and one line serves both."""
    async with newcomer.playing("zalo-zbs") as [account, templates]:
        user = await newcomer.somebody(account)
        for text in BOOKING:
            said = await newcomer.say(account, user, text)
        assert "Đã hẹn xong" in said
        code = "LS0002" if "LS0001" in said else "LS0001"
        status, _, wrong = await newcomer.run(f"{ANSINH} leads give 1 {code}")
        assert (status, wrong) == (0, "")
        await until(lambda: newcomer.heard(templates, "84912345678"))
        assert f"collector: {code}" in (await newcomer.heard(templates, "84912345678"))[0]


@pytest.mark.parametrize(
    ("verb", "remedy"),
    [("serve", "ANSINH_PORT="), ("simulate telegram --port {port}", "--port 0")],
)
async def test_a_port_that_is_taken_is_named_with_the_remedy(
    verb: str, remedy: str, newcomer: Newcomer
) -> None:
    """He has it running already, in a terminal he forgot."""
    with socket.create_server(("127.0.0.1", newcomer.port)):
        typed = f"ANSINH_PORT={newcomer.port} {ANSINH} {verb.format(port=newcomer.port)}"
        status, _, said = await newcomer.run(typed)
    assert status == 1
    assert f"ansinh: port {newcomer.port} is taken" in said
    assert remedy in said
    assert "Traceback" not in said
