"""How collectors type what they do: a choice, a card by its number, both, or the deed's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.leads import OUTCOMES, Move
from handlers.reading import Candidate
from handlers.reading.fold import fold

LOOK = "look"  # the choice that is always there: see what waits now
SHOW = "card"  # what stands before the number of a card he wants to see
BEYOND = "beyond"  # the fact of a choice that is not shown, and may be named: HELD by him, or GONE to another
HELD, GONE = "held", "gone"
NO_SUCH = "none"  # no option has this id
NAMED = re.compile(r"([a-z_]+)-(0|[1-9]\d{0,17})")
_LOOK_WORDS = frozenset(
    (
        "chao",
        "xin chao",
        "chao em",
        "alo",
        "hi",
        "hello",
        "xem",
        "xem lich",
        "lich",
        "viec",
        "co gi moi",
        "desk",
    )
)
_ACCEPTING = re.compile(
    r"(?:(?:da|vang|ok|oke|u) )*(?:(?:em|anh|chi|co|chu|toi|minh|tui) )?(?:xin )?nhan"
    r"(?: (?:a|nhe|nha|lich|viec|luon|roi|em|ngay|duoc|the|nay|di))*|(?:i )?accept(?: it)?"
)
_CALLING_WORDS = frozenset(("dang goi", "goi day", "em dang goi", "calling"))
_DEEDS = {
    Move.ACCEPT: ("nhan", "accept"),
    Move.DECLINE: ("khong nhan", "cannot take", "decline"),
    Move.CALL: ("goi", "bam goi", "call"),
    Move.LATER: (
        *(f"{change} {what}" for change in ("doi", "lui", "sua") for what in ("gio", "lich", "hen")),
        *("doi gio goi", "xin doi gio", "hen lai", "gio khac", "hen gio khac", "chon gio khac"),
        *("move", "another time", "reschedule", "change the time"),
    ),
    Move.GIVE_BACK: ("tra lai", "tra lich", "tra the", "tra lai lich", "give back"),
    Move.JOINED: ("tham gia", "dong y tham gia", "joined"),
    Move.STILL_THINKING: ("con suy nghi", "suy nghi", "suy nghi them", "still thinking", "thinking"),
    Move.NOT_INTERESTED: ("khong tham gia", "not interested"),
    Move.NO_ANSWER: ("khong nghe may", "khong bat may", "khong nghe", "no answer"),
    Move.WRONG_NUMBER: ("sai so", "wrong number"),
}
_DEED = {words: move for move, forms in _DEEDS.items() for words in forms}
_TO_SEE = ("", "xem", "mo", "show", "see")
_MARKS = re.compile(r"[\s,.:;!?-]+")
_NOT = re.compile(r"\b(?:ko|k|kh|hok|hong)\b")
_KINDLY = re.compile(r"^(?:(?:da|vang|em|toi|minh|tui|cho em|cho toi) )+|(?: (?:a|nhe|nha|em oi|giup em))+$")
_CARD = re.compile(r"(?:# ?|(?<=\bthe )|(?<=\bcard ))(\d{1,18})\b", re.ASCII)
_A_CARD = re.compile(r"(?:^| )(?:the|card|lich)$")
_LONG = re.compile(r"(?<!\S)([1-9]\d{2,17})(?!\S)", re.ASCII)
_CARD_AND_NUMBER = re.compile(r"#?\s*(\d{1,18})\s*[\s.,:/-]\s*(\d{1,2})[.)]?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,2})[.)]?", re.ASCII)

OUTCOME_WORDS = sorted((words for move in OUTCOMES for words in _DEEDS[move]), key=len, reverse=True)
"""What names an outcome, folded, longer words first."""

_NOT_MET = ("khong gap", "khong lien lac", "tu choi")  # as an officer says it
_AGAIN = (Move.JOINED, Move.STILL_THINKING)  # in whose words a day to call again may be named
_ENDS = (*(words for words in OUTCOME_WORDS if _DEED[words] not in _AGAIN), *_NOT_MET)
NO_CALL_MORE = re.compile(rf"(?<!\S)(?:{'|'.join(_ENDS)})(?!\S)")
"""Outcomes after which he is not asked when to call again, in spelled words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a message names: a deed, a card (0 for none), or both; a card `marked` as one is no amount."""

    move: Move | None
    lead: int
    marked: bool


def spelled(text: str) -> str:
    """Return the words folded, marks as spaces, every "không" written out."""
    return _NOT.sub("khong", _MARKS.sub(" ", fold(text)).strip())


def plain(text: str) -> str:
    """Return the spelled words of a message without its courtesies: "dạ ko ạ" is "khong"."""
    return _KINDLY.sub("", spelled(text))


def said_in(text: str) -> Said | None:
    """Return the deed and the card a whole message names: "gọi #1482", "#1482", "dời lịch"; else None."""
    words = spelled(text)
    marked = _CARD.search(words)
    card = marked or _LONG.search(words)
    if card:
        words = f"{words[: card.start()].rstrip()} {words[card.end() :].lstrip()}".strip()
    accepts, words = _ACCEPTING.fullmatch(words), plain(words)
    lead, bare = int(card[1]) if card else 0, _A_CARD.sub("", words)
    if accepts:
        return Said(Move.ACCEPT, lead, marked is not None)
    if (move := _DEED.get(words) or (_DEED.get(bare) if lead else None)) or (lead and bare in _TO_SEE):
        return Said(move, lead, marked is not None)
    return None


def read_job(text: str, options: Sequence[Candidate], on: date) -> str | None:
    """Read which option words mean, where the engine's menu would not know; None leaves it to the menu.

    "1482 2" is the second choice of card 1482. A bare digit belongs to the last card sent, if the menu was
    not shown since; when that card is gone the digit means nothing. "later-0" is that choice of the card
    sent last, or of the only card that has it; "card-1482" is a look at that card.
    """
    del on
    words = fold(text).strip()
    if words in _LOOK_WORDS:
        words = f"{LOOK}-0"
    if words in _CALLING_WORDS:
        words = next((option.raw for option in options if option.raw.startswith(f"{Move.CALL}-")), NO_SUCH)
    if any(words == option.raw for option in options):
        return words
    if both := _CARD_AND_NUMBER.fullmatch(words):
        return _nth(int(both[2]), int(both[1]), options)
    last_card = int(options[0].facts.get("last_card") or 0) if options else 0
    if (number := _NUMBER.fullmatch(words)) and last_card:
        return _nth(int(number[1]), last_card, options)
    named = NAMED.fullmatch(words)
    return _named(named[1], int(named[2]), options, last_card) if named else None


def of_card(option: Candidate, lead: int) -> bool:
    """Tell whether a choice is one of the card of a lead he holds: to take back is none of them."""
    facts = option.facts
    return facts.get("lead") == lead and facts.get("action") != Move.UNDO and facts.get(BEYOND) != GONE


def _named(action: str, lead: int, options: Sequence[Candidate], last_card: int) -> str:
    """The choice that an action and a card name, or an action alone; NO_SUCH where it is none or several."""
    if action == SHOW:
        return f"{LOOK}-0" if any(of_card(option, lead) for option in options) else NO_SUCH
    shown = [one.raw for one in options if one.facts.get("action") == action and BEYOND not in one.facts]
    if lead or not shown:
        return NO_SUCH
    if f"{action}-{last_card}" in shown:
        return f"{action}-{last_card}"
    return shown[0] if len(shown) == 1 else NO_SUCH


def _nth(number: int, lead: int, options: Sequence[Candidate]) -> str:
    """The nth choice of a card, counted as the card itself counts them: to take back is none of them."""
    of_card = [
        option.raw
        for option in options
        if option.facts.get("lead") == lead and option.facts.get("action") != Move.UNDO
    ]
    return of_card[number - 1] if 1 <= number <= len(of_card) else NO_SUCH
