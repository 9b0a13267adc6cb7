"""One message as the parts a channel can carry: text split where it may be, options as buttons or a menu."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from bot.channels import Capabilities
from handlers.messages import Option, Outgoing

_JOINER, _ELLIPSIS = "\u200d", "…"
_BELONGS_BEFORE = ("\ufe0e", "\ufe0f", "\u20e3")  # variation selectors, the frame of a keycap
_SKIN = range(0x1F3FB, 0x1F400)
_SHORTEST_PART = 4  # a cut is not sought in the first quarter: nobody wants a message of three words


def parts(message: Outgoing, able: Capabilities) -> list[Outgoing]:
    """Return the message as the channel will show it, in one part or more.

    Every option can be typed by its number: numbers stand on the buttons, or with the labels in the text.
    Options are on the last part only, where they are seen; so is the wish for a contact. A file is a part of
    its own, the first. Where the key that shares a contact stays, a part without options takes it away: one
    that says what became of the wish, if there is no other.
    """
    if able.buttons is None:
        return [message]
    text = unicodedata.normalize("NFC", message.text)
    labels = [unicodedata.normalize("NFC", option.label) for option in message.options]
    numbered = [f"{n}. {label}" for n, label in enumerate(labels, 1)]
    shown = numbered[: able.buttons]
    written = able.menu_always or len(shown) < len(numbered) or _too_long(shown, able.label_limit)
    texts = _with_menu(text, "\n".join(numbered) if written else "", able.text_limit)
    buttons = tuple(
        Option(option.id, shortened(label, able.label_limit))
        for option, label in zip(message.options, shown, strict=False)
    )
    bare = replace(message, options=(), asks_contact=False, heard="", attached=None)
    asks = message.asks_contact and able.contact_request
    last = replace(message, text=texts[-1], options=buttons, asks_contact=asks, attached=None)
    found = [*(replace(bare, text=text) for text in texts[:-1]), last]
    if message.attached is not None and able.files:
        found.insert(0, replace(bare, text="", attached=message.attached))
    if able.contact_stays and message.contact_over and buttons and len(texts) == 1:
        found.insert(0, replace(bare, text=message.contact_over))
    return found


def part_key(message: int, part: int) -> str:
    """Return the key a channel is given for a part of a message: the first has the message's own number."""
    return f"{message}.{part}" if part else str(message)


def split(text: str, limit: int) -> list[str]:
    """Return a text in parts of `limit` code points: cut between paragraphs, lines, words, or letters."""
    found = []
    while len(text) > limit:
        cut = _cut(text, limit)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text] if text or not found else found


def shortened(label: str, limit: int) -> str:
    """Return a label of at most `limit` code points."""
    return label if len(label) <= limit else label[: _whole(label, limit - 1)].rstrip() + _ELLIPSIS


def _with_menu(text: str, menu: str, limit: int) -> list[str]:
    """The parts of a text with a menu under it, which is not torn where it fits into one part."""
    if not menu:
        return split(text, limit)
    texts = split(text, limit) if text else []
    together = f"{texts[-1]}\n\n{menu}" if texts else menu
    if len(together) <= limit:
        return [*texts[:-1], together]
    return [*texts, *split(menu, limit)]


def _too_long(labels: list[str], limit: int) -> bool:
    return any(len(label) > limit for label in labels)


def _cut(text: str, limit: int) -> int:
    for mark in ("\n\n", "\n", " "):
        place = text.rfind(mark, limit // _SHORTEST_PART, limit + 1)
        if place > 0:
            return place
    return _whole(text, limit)


def _whole(text: str, place: int) -> int:
    """The nearest place before this one that tears no character from its marks."""
    cut = place
    while cut > 1 and (_leans(text[cut]) or text[cut - 1] == _JOINER):
        cut -= 1
    return cut if cut > 1 else place  # a run of marks alone: there is no better place


def _leans(character: str) -> bool:
    """Tell whether a character belongs to the one before it."""
    return (
        unicodedata.combining(character) != 0
        or character == _JOINER
        or character in _BELONGS_BEFORE
        or ord(character) in _SKIN
    )
