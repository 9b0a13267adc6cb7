"""What the Official Account's webhook says, parsed: shapes differ between sources, so keys are looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.channels.zalo.wire import moment

LONGEST_NAME = 60  # characters of an event's name that are told
_MOST_RECEIPTS = 100
_PHONE = re.compile(r"84\d{9}", re.ASCII)  # ids of people are longer


class Sort(StrEnum):
    """What an event is to us."""

    SAID = "said"  # she wrote, or tapped a button of oa.query.*
    SENT = "sent"  # she sent something that is no text
    CONTACT = "contact"  # she shared what was asked for with request_user_info
    FOLLOW = "follow"
    OPENED = "opened"  # she tapped "Nhắn tin"
    UNFOLLOW = "unfollow"
    ECHO = "echo"  # the account wrote to her: we did, or a person in the OA Manager
    RECEIVED = "received"
    SEEN = "seen"
    DELIVERED = "delivered"  # a template reached a phone
    IGNORED = "ignored"  # known, and nothing to do
    UNKNOWN = "unknown"


class MalformedError(Exception):
    """The body is no event: no object, or without what its kind needs."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `person` is the user's id at this account; `at` when Zalo says it happened."""

    name: str
    sort: Sort
    account: str
    person: str
    at: datetime
    text: str = ""
    messages: tuple[str, ...] = ()
    phone: str = ""
    tracking: str = ""

    @property
    def message(self) -> str:
        """The id of the message it is about, or nothing."""
        return self.messages[0] if self.messages else ""

    @property
    def identity(self) -> str:
        """What makes a redelivery the same event."""
        if self.sort in (Sort.SAID, Sort.SENT) and self.message:
            return f"m:{self.message}"
        return f"{self.name}:{self.message or self.person}:{int(self.at.timestamp() * 1000)}"


_SENT = ("image", "link", "audio", "video", "sticker", "gif", "location", "business_card", "file")
_ECHOED = ("text", "image", "gif", "list", "file", "sticker", "template")
_SORTS: Mapping[str, Sort] = {
    "user_send_text": Sort.SAID,
    **{f"user_send_{what}": Sort.SENT for what in _SENT},
    "user_submit_info": Sort.CONTACT,
    "follow": Sort.FOLLOW,
    "user_click_chatnow": Sort.OPENED,
    "unfollow": Sort.UNFOLLOW,
    **{f"oa_send_{what}": Sort.ECHO for what in _ECHOED},
    "user_received_message": Sort.RECEIVED,
    "user_seen_message": Sort.SEEN,
}
_IGNORED = frozenset(
    (
        "add_user_to_tag", "user_reacted_message", "oa_reacted_message", "user_feedback",
        "oa_send_consent", "user_reply_consent", "oa_call_user", "user_call_oa",
        "change_template_status", "change_template_quality", "change_template_quota",
        "change_oa_daily_quota", "change_oa_template_tags",
    )
)  # fmt: skip
_IGNORED_KINDS = ("anonymous_send_", "oa_send_anonymous_", "event_journey_")
_NEED_PERSON = frozenset(Sort) - {Sort.IGNORED, Sort.UNKNOWN}
_NEED_MESSAGE = frozenset((Sort.SAID, Sort.SENT, Sort.ECHO, Sort.RECEIVED, Sort.SEEN, Sort.DELIVERED))


def parse(body: object) -> Event:
    """Return the event of a body. Raises MalformedError."""
    if not isinstance(body, dict):
        raise MalformedError("not an object")
    name = body.get("event_name")
    if not isinstance(name, str) or not name:
        raise MalformedError("no event_name")
    message = _object(body, "message")
    sort = _sort(name, body, message)
    account, person = _who(body, sort)
    event = Event(
        name[:LONGEST_NAME],
        sort,
        account,
        person,
        moment(body.get("timestamp")),
        text=_text(message.get("text")),
        messages=_messages(message),
        phone=_phone(body),
        tracking=_id(message.get("tracking_id"))[:48],
    )
    if sort in _NEED_PERSON and not person:
        raise MalformedError(f"{event.name} without a person")
    if sort in _NEED_MESSAGE and not event.message:
        raise MalformedError(f"{event.name} without a message id")
    return event


def _sort(name: str, body: Mapping[str, Any], message: Mapping[str, Any]) -> Sort:
    """What was received is a template where it has our label, or went to a phone."""
    sort = _SORTS.get(name)
    by_phone = _PHONE.fullmatch(_text(_object(body, "recipient").get("id")))
    if sort is Sort.RECEIVED and (message.get("tracking_id") or by_phone):
        return Sort.DELIVERED
    if sort is not None:
        return sort
    known = name in _IGNORED or name.startswith(_IGNORED_KINDS) or "_group" in name
    return Sort.IGNORED if known else Sort.UNKNOWN


def _who(body: Mapping[str, Any], sort: Sort) -> tuple[str, str]:
    """The account and the person: a sender and a recipient, a follower, or flat."""
    sender, recipient = _object(body, "sender").get("id"), _object(body, "recipient").get("id")
    if sort in (Sort.ECHO, Sort.RECEIVED, Sort.SEEN, Sort.DELIVERED):
        sender, recipient = recipient, sender
    follower = _object(body, "follower").get("id")
    person = _id(sender or follower or body.get("user_id"))
    account = _id(recipient or body.get("oa_id") or body.get("oaId"))
    return account[:80], person[:100]


def _messages(message: Mapping[str, Any]) -> tuple[str, ...]:
    many = message.get("msg_ids")
    ids = many[:_MOST_RECEIPTS] if isinstance(many, list) else [message.get("msg_id")]
    return tuple(text[:100] for text in map(_id, ids) if text)


def _phone(body: Mapping[str, Any]) -> str:
    """The number of user_submit_info: of both shapes, as a number or as text; local form."""
    phone = _text(_object(body, "info").get("phone")).lstrip("+")
    return f"0{phone[2:]}" if phone.startswith("84") and len(phone) >= 11 else phone[:20]


def _object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def _id(value: object) -> str:
    """An id as it is. Raises MalformedError for one that could not be stored, now or any other time."""
    text = _plain(value)
    if not text.isprintable():
        raise MalformedError("an id that cannot be kept")
    return text


def _text(value: object) -> str:
    """A text; halves of characters become "?"."""
    return _plain(value).encode("utf-8", "replace").decode()


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
