"""A process of its own on the same database: it does on a word what people there do, or what is due."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.logbook import join


class Other:
    """The process, as the one that started it sees it: one line in, one line out."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, url: str, seed: int) -> Other:
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, url, str(seed), stdin=pipe, stdout=pipe
            )
        )

    async def do(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Let things happen there; return what it made and did. Fails when it has died: it said why."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(known).encode() + b"\n")
        await self.process.stdin.drain()
        line = await self.process.stdout.readline()
        assert line, "the other process died; its traceback is above"
        return dict(json.loads(line))

    async def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        await self.process.wait()


async def _live(url: str, seed: int) -> None:
    from tests.network.model import Life  # it starts this module

    join()
    life = Life(url, seed, alone=True)
    [house] = life.houses
    while line := await asyncio.to_thread(sys.stdin.readline):
        known = json.loads(line)
        house.now, life.fresh = datetime.fromisoformat(known["now"]), known["fresh"]
        life.made = set(known["made"])
        life.done.clear()
        await (life.happen(known["things"]) if known["things"] else house.tick())
        told = {"made": sorted(life.made), "fresh": life.fresh, "done": dict(life.done)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    await life.close()


if __name__ == "__main__":
    asyncio.run(_live(sys.argv[1], int(sys.argv[2])))
