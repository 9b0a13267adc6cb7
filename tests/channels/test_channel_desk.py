"""`ansinh channels` and its live check, as whoever runs it reads them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.storage import accounts
from handlers.messages import Outgoing
from tests.channels.phones import TELEGRAM, TOKEN, House, house_of


async def run(monkeypatch: pytest.MonkeyPatch, house: House | None, *arguments: str) -> int:
    """Run the command as another process would: with settings of its own, in a loop of its own."""
    monkeypatch.chdir(house.app.settings.data_dir if house else Path("/"))
    if house:
        for name in ("database_url", "data_dir", "public_url", "telegram_api"):
            monkeypatch.setenv(f"ANSINH_{name.upper()}", str(getattr(house.app.settings, name)))
        monkeypatch.setenv("ANSINH_TELEGRAM_TOKEN", TOKEN)
        monkeypatch.setenv("ANSINH_SECRET_KEY", house.app.settings.secret_key.get_secret_value())
    return await asyncio.to_thread(main, arguments)


async def test_what_is_written_down_is_shown(
    databases: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with house_of(TELEGRAM, databases.make("sqlite", demo=True), tmp_path) as house:
        user = house.person()
        await house.say(user, "chào")
        await house.act(user, kind="unknown", name="some_news")
        [delivery] = await house.held((user, {"kind": "text", "text": "x"}))
        await house.session.post(house.processes[0].hook, data=delivery.body)
        assert await run(monkeypatch, house, "channels") == 0
        shown = capsys.readouterr().out
        for line in ("telegram 42: on", "1 sent", "unknown:some_news ×1", "refused: 1", "@ansinh_sim_bot"):
            assert line in shown
        now = house.clock()
        async with house.app.engine.begin() as connection:
            await accounts.hold(connection, "telegram", "42", until=now, code="bad_token", human=True, at=now)
        assert await run(monkeypatch, house, "channels") == 1
        assert "SOMEBODY MUST ACT" in capsys.readouterr().out
        assert TOKEN not in shown


async def test_the_check_says_what_to_fix(
    databases: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with house_of(TELEGRAM, databases.make("sqlite", demo=True), tmp_path) as house:
        assert await run(monkeypatch, house, "channels", "check") == 0
        assert "BAD" not in capsys.readouterr().out
        await house.put((house.person(), Outgoing("x")))
        house.simulator.faults.add("error", "getMe", code=401)
        assert await run(monkeypatch, house, "channels", "check") == 1
        assert "BotFather" in capsys.readouterr().out


async def test_a_channel_that_is_off_says_how_to_switch_it_on(
    databases: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANSINH_DATABASE_URL", databases.make("sqlite"))
    monkeypatch.setenv("ANSINH_DATA_DIR", str(tmp_path))
    assert await run(monkeypatch, None, "channels") == 0
    assert "set ANSINH_TELEGRAM_TOKEN" in capsys.readouterr().out
