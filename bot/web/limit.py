"""A limit on how often one address may ask: the generic cell rate algorithm, in memory."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

MOST_KEYS = 10_000
WHOLE_HOUSE = 64  # bits of an IPv6 address that one customer gets: the rest is his to change
CLIENT = web.RequestKey("client", str)
"""Whom a request is counted for: every request carries what `client_of` said."""


class RateLimit:
    """Lets `per_minute` requests a minute through for each key, after a burst."""

    def __init__(self, per_minute: int, burst: int | None = None) -> None:
        """`per_minute` is at least 1; `burst` is a fifth of it unless given."""
        self._gap = 60.0 / per_minute
        self._slack = (max(1.0, per_minute / 5 if burst is None else burst) - 1) * self._gap
        self._next: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Return 0 and count the request, or the seconds until one would be let through."""
        due = max(self._next.get(key, now), now)
        if due - now > self._slack:
            return due - now - self._slack
        self._next[key] = due + self._gap
        self._next.move_to_end(key)
        if len(self._next) > MOST_KEYS:
            self._next.popitem(last=False)
        return 0.0


def client_of(request: web.Request, proxies: int) -> str:
    """Return what to count a request by: the address it came from, seen from behind `proxies` of ours.

    Each proxy appends to X-Forwarded-For whom it was asked by; what stands before that anybody can write.
    """
    said = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    chain = [part.strip() for part in said if part.strip()] + [request.remote or ""]
    address = chain[max(0, len(chain) - 1 - proxies)]
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:40]
    return str(ip_network((ip, WHOLE_HOUSE), strict=False)) if isinstance(ip, IPv6Address) else str(ip)
