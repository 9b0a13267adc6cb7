"""What a channel is: a way to reach a person, able to do this and not that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.messages import Address, Outgoing

Failure = Literal["retry", "stopped", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. An idempotent one delivers a key once, however often it is sent."""

    text_limit: int
    options: bool = True
    idempotent: bool = False
    contact_request: bool = False


class SendFailed(Exception):
    """A message was not delivered.

    `retry`: try again, after `retry_after` seconds if given; `stopped`: the person left; `rejected`: this
    message will never be taken; `unknown`: it may have arrived.
    """

    def __init__(self, kind: Failure, *, retry_after: float | None = None) -> None:
        """The kind decides what the sender does next."""
        super().__init__(kind)
        self.kind: Failure = kind
        self.retry_after = retry_after


class Channel(Protocol):
    """A wire. What comes in becomes `Incoming` in the channel's own routes."""

    name: str
    able: Capabilities

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Deliver one message; `key` is the same on every attempt. Raises SendFailed."""
        ...
