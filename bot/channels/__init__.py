"""What a channel is: a way to reach a person, able to do this and not that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.messages import Address, Outgoing

Failure = Literal["retry", "stopped", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets us write. It is kept for all processes together, in the database."""

    apart: float = 0.0  # seconds between two messages to one person
    a_second: int = 0  # messages of the whole account in any second; 0: as many as there are


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; `bot.channels.plain` makes every message fit it.

    `buttons` is how many options a message can carry as buttons: 0 where they can only be typed, None where
    the channel shows options in a way of its own and gets messages as they are. An idempotent channel
    delivers a key once, however often it is sent. Lengths are code points after NFC.
    """

    text_limit: int
    buttons: int | None = None
    label_limit: int = 100  # of a button; longer labels are written out in the text
    menu_always: bool = False  # the numbered menu is in the text even where there are buttons
    idempotent: bool = False
    contact_request: bool = False
    contact_stays: bool = False  # the key for it stays under her text field until a message takes it away
    files: bool = False  # images and documents can be sent
    pace: Pace = Pace()


class SendFailed(Exception):
    """A message was not delivered.

    `retry`: try again, after `retry_after` seconds if given; `stopped`: the person left; `rejected`: this
    message will never be taken; `unknown`: it may have arrived.
    """

    def __init__(
        self,
        kind: Failure,
        *,
        retry_after: float | None = None,
        account: bool = False,
        human: bool = False,
        code: str = "",
    ) -> None:
        """The kind decides what the sender does next.

        With `account` it is not about this message: everything of the account waits, and no attempt is
        counted. `human` says that waiting does not help and somebody must act. `code` names what happened,
        for whoever runs it: it tells nothing of a person and holds no secret.
        """
        super().__init__(code or kind)
        self.kind: Failure = kind
        self.retry_after, self.account, self.human, self.code = retry_after, account, human, code or kind


class Channel(Protocol):
    """A wire. What comes in becomes `Incoming` in the channel's own routes."""

    name: str
    able: Capabilities

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Deliver one message that fits `able`; `key` is the same on every attempt. Raises SendFailed."""
        ...
