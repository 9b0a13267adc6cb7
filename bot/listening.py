"""Listening on a port, or saying in words why not."""

from __future__ import annotations

import errno
import socket

from aiohttp import web

from bot.errors import CannotListen


async def listen(runner: web.AppRunner, host: str, port: int, remedy: str) -> None:
    """Listen with what was set up. Raises CannotListen, with the remedy in it, and cleans up."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as problem:
        await runner.cleanup()
        if problem.errno == errno.EADDRINUSE:
            raise CannotListen(f"port {port} is taken: stop what listens there, or {remedy}") from None
        if problem.errno == errno.EACCES:
            raise CannotListen(f"port {port} is not for everybody to listen on: {remedy}") from None
        if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
            told = f"{host} is no address of this machine: ANSINH_HOST=127.0.0.1 always is"
            raise CannotListen(told) from None
        raise
