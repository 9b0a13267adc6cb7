"""Messages as conversations know them: what came in and what goes out, on any channel."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

TEXT_LIMIT = 2_000  # characters after NFC of one outgoing text: the narrowest channel (Zalo)


class Kind(StrEnum):
    """What a person did."""

    START = "start"  # opened the chat, or followed a link that carries `text`
    TEXT = "text"
    CHOICE = "choice"  # tapped an option: `text` is the option's id
    CONTACT = "contact"  # shared her own phone number: `text` is the number
    MEDIA = "media"  # nothing we can read: `text` is photo, voice, location, file, or sticker with its emoji,
    # and after a line break what she wrote under it
    UNSUPPORTED = "unsupported"  # `text` is another_s_number for a contact that is not her own, else empty


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One person on one channel account: the key of a conversation."""

    channel: str
    account: str
    person: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What a helper takes words for that nobody read: an answer of `step`, or a question of the FAQ."""

    kind: Literal["answer", "question"]
    value: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event from a person. `event_id` is unique within (channel, account): the key of dedupe.

    `turn` is the turn a tapped option was drawn for; None when the channel cannot tell. A `hint` is only
    ever put to the person to confirm.
    """

    address: Address
    event_id: str
    kind: Kind
    at: datetime
    text: str = ""
    turn: int | None = None
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A choice a person can tap, or type by number or label."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Attached:
    """An image or a document that goes with a message: at most a megabyte."""

    kind: Literal["image", "document"]
    name: str  # of the file, with its ending
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a person.

    `question` or `outcome` is the key of what was put (None for a notice); `turn` stamps the options;
    `heard` are the person's own words (or the label she tapped), for channels that show both sides. A notice
    has its name in `notice` and in `facts` what filled it, for channels that must send approved templates.
    `contact_over` says what became of the wish for her contact that was put before: for channels where a
    key for it stays until a message of its own takes it away.
    """

    text: str
    options: tuple[Option, ...] = ()
    question: str | None = None
    outcome: str | None = None
    turn: int = 0
    asks_contact: bool = False
    heard: str = ""
    attached: Attached | None = None
    contact_label: str = ""  # of the button that shares her number, where asks_contact
    contact_over: str = ""
    notice: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON: what the outbox stores and `ansinh chat --json` prints."""
        plain: dict[str, Any] = {
            "question": self.question,
            "outcome": self.outcome,
            "text": self.text,
            "options": [{"id": option.id, "label": option.label} for option in self.options],
            "turn": self.turn,
            "asks_contact": self.asks_contact,
            "heard": self.heard,
        }
        if self.contact_label:
            plain["contact_label"] = self.contact_label
        if self.contact_over:
            plain["contact_over"] = self.contact_over
        if self.notice:
            plain |= {"notice": self.notice, "facts": dict(self.facts)}
        if self.attached:
            content = base64.b64encode(self.attached.content).decode("ascii")
            plain["attached"] = {"kind": self.attached.kind, "name": self.attached.name, "content": content}
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outgoing:
        """Rebuild what `as_json` wrote."""
        file = data.get("attached")
        attached = file and Attached(file["kind"], file["name"], base64.b64decode(file["content"]))
        return cls(
            text=data["text"],
            options=tuple(Option(option["id"], option["label"]) for option in data["options"]),
            question=data["question"],
            outcome=data["outcome"],
            turn=data["turn"],
            asks_contact=data["asks_contact"],
            heard=data["heard"],
            attached=attached or None,
            contact_label=data.get("contact_label", ""),
            contact_over=data.get("contact_over", ""),
            notice=data.get("notice", ""),
            facts=data.get("facts", {}),
        )
