"""What the Official Account's webhook brings becomes messages for a conversation, and deeds."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import meters
from bot.channels.zalo.echoes import CHANNEL, Echoes
from bot.channels.zalo.events import Event, MalformedError, Sort, parse
from bot.channels.zalo.signature import Signing
from bot.intake import Deed, Unreadable
from bot.storage import accounts, sent_templates, zalo
from bot.storage.hotpath import mark_stopped
from handlers.messages import Address, Incoming, Kind

MARK = "#a:"  # what the payload of our buttons begins with
_TAP = re.compile(rf"{MARK}(\d{{1,9}}):(\S{{1,200}})", re.ASCII)
_CAMPAIGN = re.compile(
    r"#((?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{4,12})(?:\s.*)?", re.DOTALL | re.IGNORECASE
)
UNREAD = {"image": "photo", "gif": "photo", "audio": "voice", "sticker": "sticker", "location": "location"}
"""What she sent → what it is called where it is answered."""
CAPTIONED = (
    "image",
    "gif",
    "video",
    "file",
)
"""What comes with her own words; the text of a location is the place's name."""

log = logging.getLogger(__name__)


def payload(turn: int, option: str) -> str:
    """Return what a button sends: it says which turn it was drawn for, since it can be tapped for ever."""
    return f"{MARK}{turn}:{option}"


class OaHook:
    """The deliveries of one Official Account."""

    channel = CHANNEL

    def __init__(self, account: str, signing: Signing, echoes: Echoes) -> None:
        """Which secret the signatures were made with is counted and told: sources disagree which it is."""
        self.account, self._signing, self._echoes = account, signing, echoes
        self._told: set[str] = set()
        self._untold: list[str] = []

    def verified(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Tell whether Zalo signed it; an empty object without a signature is how it probes an address."""
        signature = headers.get("X-ZEvent-Signature", "")
        if not signature and raw.strip() == b"{}":
            return True
        variant = self._signing.variant(raw, signature, headers.get("X-ZEvent-Timestamp", ""))
        if variant is None:
            return False
        meters.SIGNED.labels(*variant.split("/")).inc()
        if variant not in self._told:
            log.info("webhooks are signed with %s", variant)
            self._untold.append(variant)
            self._told.add(variant)
        return True

    def read(self, raw: bytes) -> Sequence[Incoming | Deed]:
        """Return what a delivery says. Raises Unreadable for what nobody here knows."""
        if raw.strip() == b"{}":
            return ()
        try:
            event = parse(json.loads(raw))
        except (MalformedError, ValueError, RecursionError):
            raise Unreadable("malformed") from None
        if event.sort is Sort.UNKNOWN:
            raise Unreadable(f"unknown:{event.name}")
        if event.account and event.account != self.account:
            raise Unreadable("another_account")
        return [*self._news(), *self._said(event)]

    def _news(self) -> list[Deed]:
        """Note which secret signs, where whoever runs it can see it."""
        untold, self._untold = self._untold, []

        async def note(connection: AsyncConnection, at: datetime) -> None:
            del at
            await accounts.note(connection, CHANNEL, self.account, signed_with=untold[-1])

        return [note] if untold else []

    def _said(self, event: Event) -> list[Incoming | Deed]:
        if event.sort is Sort.SAID:
            return [self._incoming(event, *_read_text(event.text))]
        if event.sort is Sort.SENT:
            return [self._incoming(event, *_read_sent(event))]
        if event.sort is Sort.CONTACT:
            return [self._incoming(event, Kind.CONTACT, event.phone)] if event.phone else []
        if event.sort is Sort.FOLLOW:
            return [self._deed(event), self._incoming(event, Kind.START, "")]
        return [self._deed(event)] if event.sort is not Sort.IGNORED else []

    def _incoming(self, event: Event, kind: Kind, text: str, turn: int | None = None) -> Incoming:
        address = Address(CHANNEL, self.account, event.person)
        return Incoming(address, event.identity, kind, event.at, text, turn)

    def _deed(self, event: Event) -> Deed:
        """What an event does that is no message. Each may be done again: events are delivered twice."""

        async def deed(connection: AsyncConnection, at: datetime) -> None:
            if event.sort is Sort.FOLLOW:
                await zalo.follows(connection, self.account, event.person, yes=True)
            elif event.sort is Sort.OPENED:
                await zalo.spoke(connection, [Address(CHANNEL, self.account, event.person)], at)
            elif event.sort is Sort.UNFOLLOW:
                await zalo.follows(connection, self.account, event.person, yes=False)
                await mark_stopped(connection, Address(CHANNEL, self.account, event.person), at=at)
            elif event.sort is Sort.ECHO:
                await self._echoes.heard(connection, event, at)
            elif event.sort is Sort.DELIVERED:
                await sent_templates.reported(
                    connection, self.account, tracking=event.tracking, message_id=event.message, at=at
                )
            else:
                seen = event.sort is Sort.SEEN
                await zalo.receipt(connection, self.account, event.person, event.messages, seen=seen, at=at)

        return deed


def _read_sent(event: Event) -> tuple[Kind, str]:
    """Something that is no text, with what she wrote under it; a link is what she typed."""
    what = event.name.removeprefix("user_send_")
    if what == "link" and event.text:
        return Kind.TEXT, event.text
    caption = event.text if what in CAPTIONED else ""
    return Kind.MEDIA, f"{UNREAD.get(what, 'file')}\n{caption}".strip()


def _read_text(text: str) -> tuple[Kind, str, int | None]:
    """A tap on one of our buttons, a campaign's code as zalo.me/…?text= fills it in, or what she typed."""
    tap = _TAP.fullmatch(text)
    if tap:
        return Kind.CHOICE, tap[2], int(tap[1])
    campaign = _CAMPAIGN.fullmatch(text.strip())
    if campaign:
        return Kind.START, campaign[1].upper(), None
    return Kind.TEXT, text, None
