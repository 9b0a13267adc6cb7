"""The processes of the server, one of which is killed again and again, behind one address."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.channels.servers import Server

DROPPED = {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Content-Encoding", "Accept-Encoding"}
BACK_AFTER = 1.0  # seconds a killed process stays away


class Gate:
    """What stands in front: passes a request to a process that is up, and to the other when that one dies."""

    def __init__(self, rng: Random) -> None:
        self.servers: list[Server] = []
        self.kills = 0
        self._rng = rng
        self._app = web.Application(client_max_size=4 << 20)
        self._app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=1)

    async def open(self) -> str:
        self.session = ClientSession(timeout=ClientTimeout(total=30), auto_decompress=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        for server in self.servers:
            await server.stop(signal.SIGTERM)
        await self._runner.cleanup()
        await self.session.close()

    async def kill_again_and_again(self, every: float) -> None:
        """Kill one process after the other, each in the middle of what it does."""
        place = 0
        while True:
            await asyncio.sleep(every)
            server = self.servers[place % len(self.servers)]
            place += 1
            await server.stop(signal.SIGKILL)
            self.kills += 1
            await asyncio.sleep(BACK_AFTER)
            await server.start(self.session)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name not in DROPPED}
        up = [server for server in self.servers if server.up]
        for server in self._rng.sample(up, len(up)):
            url = f"http://127.0.0.1:{server.port}{request.rel_url}"
            with suppress(ClientError, TimeoutError, OSError):
                async with self.session.request(
                    request.method, url, data=body, headers=headers, allow_redirects=False
                ) as answer:
                    kept = {name: value for name, value in answer.headers.items() if name not in DROPPED}
                    return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        if request.transport is not None:
            request.transport.abort()  # as a platform sees a server that is away
        return web.Response(status=502)
