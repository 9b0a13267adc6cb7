"""What a page sends: one event, read from JSON or from a form's fields, bounded and cleaned."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.messages import Kind

LONGEST_TEXT = 2_000  # characters that are kept: more than the engine reads, so it still says "too long"
LATEST_TURN = 2**31
FORM = ("event", "kind", "text", "turn", "after")
KINDS = {"text": Kind.TEXT, "choice": Kind.CHOICE, "media": Kind.MEDIA}
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadEvent(Exception):
    """What a page sent is no event: which field, and what it should be, for whoever writes pages."""

    def __init__(self, field: str, message: str) -> None:
        """`field` is empty when it is the whole."""
        super().__init__(message)
        self.field = field

    def as_json(self) -> dict[str, str]:
        """Return the error as every part of the site writes it."""
        return {"code": "bad_event", "field": self.field, "message": str(self)}


@dataclass(frozen=True, slots=True)
class Event:
    """What a person did on a page. `id` is new for each thing she does and the same when it is sent again."""

    id: str
    kind: Kind
    text: str
    turn: int | None = None


def decoded(body: str | bytes) -> object:
    """Return what JSON says. Raises BadEvent."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadEvent("", "not JSON in UTF-8") from None


def read_event(data: object) -> Event:
    """Read an event. Raises BadEvent."""
    if not isinstance(data, dict):
        raise BadEvent("", "an event is a JSON object")
    event, kind, text, turn = (data.get(key) for key in ("event", "kind", "text", "turn"))
    if not isinstance(event, str) or not _ID.fullmatch(event):
        raise BadEvent("event", "8 to 64 letters, digits, - or _, new for each event")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadEvent("kind", f"one of {', '.join(KINDS)}")
    if not isinstance(text, str):
        raise BadEvent("text", "a string")
    if turn is not None and (type(turn) is not int or not 0 <= turn < LATEST_TURN):
        raise BadEvent("turn", "a whole number from 0, or null")
    return Event(event, KINDS[kind], _kept(text), turn)


def form_fields(fields: Mapping[str, object]) -> dict[str, str]:
    """Return what a form said, bounded; a file in it is something we do not read."""
    said = {name: _kept(value) for name in FORM if isinstance(value := fields.get(name, ""), str)}
    if any(not isinstance(value, str) for value in fields.values()):
        said |= {"kind": "media", "text": ""}
    return said


def read_form(said: Mapping[str, str]) -> Event:
    """Read a form's fields. Raises BadEvent.

    The id is made of the form's own and of what it says: a form posted twice is one event, and a form gone
    back to and filled in anew is another.
    """
    event, kind, text, turn = (said.get(name, "") for name in ("event", "kind", "text", "turn"))
    made = hashlib.sha256("\x1f".join((event, kind, text)).encode()).hexdigest()[:32]
    return read_event(
        {"event": made, "kind": kind, "text": text, "turn": whole_number(turn) if turn else None}
    )


def whole_number(text: str | None) -> int:
    """Return the number that plain digits write; 0 for anything else."""
    return int(text) if text and len(text) < 16 and text.isascii() and text.isdigit() else 0


def _kept(text: str) -> str:
    """Half a surrogate pair is no character and could not be stored."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
