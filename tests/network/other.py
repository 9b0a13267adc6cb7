"""A process of its own on the same database: it does on a word what people there do, or what is due."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from tests.logbook import join
from tests.network.lives import Life


class Other:
    """The process, as the one that started it sees it: one line in, one line out."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls) -> Other:
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
        )

    async def move_to(self, url: str, seed: int) -> None:
        """Open a house on another database, and leave the one before."""
        await self._ask({"url": url, "seed": seed})

    async def do(self, life: Life, deeds: int, seed: int = 0) -> None:
        """Let so many things happen there at once, or what is due if none; tell the life what came of it."""
        known = {"now": life.now.isoformat(), "made": sorted(life.made), "fresh": life.fresh}
        told = await self._ask({**known, "deeds": deeds, "seed": seed})
        life.made |= set(told["made"])
        life.fresh = max(life.fresh, told["fresh"])
        life.done.update(told["done"])

    async def _ask(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Fails when it has died: it said why."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(said).encode() + b"\n")
        await self.process.stdin.drain()
        line = await self.process.stdout.readline()
        assert line, "the other process died; its traceback is above"
        return dict(json.loads(line))

    async def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        await self.process.wait()


async def _live() -> None:
    join()
    life: Life | None = None
    while line := await asyncio.to_thread(sys.stdin.readline):
        said = json.loads(line)
        if "url" in said:
            if life:
                await life.close()
            life = Life(said["url"], said["seed"], crowded=True)
        assert life
        if "now" in said:
            life.house.now, life.made, life.fresh = (
                datetime.fromisoformat(said["now"]), set(said["made"]), said["fresh"],
            )  # fmt: skip
            life.done.clear()
            deeds = said["deeds"]
            await (life.some_do(Random(said["seed"]), deeds) if deeds else life.house.tick())
        told = {"made": sorted(life.made), "fresh": life.fresh, "done": dict(life.done)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    if life:
        await life.close()


if __name__ == "__main__":
    asyncio.run(_live())
