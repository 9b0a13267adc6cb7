"""Manners: thanks, greetings, anger, "later", and what cannot be read; none of it costs an answer."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.flow import Case
from handlers.messages import Incoming, Kind
from handlers.ports import World
from handlers.reading.assent import NO, YES, not_yet
from handlers.reading.fold import clean, fold
from handlers.state import Notice, State

_MOST_WORDS = 8  # of a message that is nothing but thanks or anger
_WHO = r"(?:em|anh|chi|ban|shop|ad|admin|bot|nhieu|rat|lam|nhe|nha|a|da|vang|ok|oke|roi|so much|very much|da)"
_THANKS = re.compile(
    rf"(?:{_WHO} )*(?:cam on|camon|cam un|thanks?(?: you)?|thank u|tks|tk[sx]|many thanks|cheers)(?: {_WHO})*"
    r"|(?:tam biet|bye(?: bye)?|goodbye|chao tam biet)(?: \w+)?"
)
_THANKFUL = re.compile(r"[🙏❤️💕🥰😍🌹💐😊☺️\s]+")
_GREETING = re.compile(
    r"(?:alo+|hello+|hi+|hey|chao|xin chao|good (?:morning|afternoon|evening)"
    r"|(?:em|e|anh|chi|shop|ad|ban) oi)"
    r"(?: (?:em|e|anh|chi|ban|shop|ad|bot|oi|a|nhe|cho|hoi|toi|minh|xin|chut|ti|voi|cai))*"
    r"|co ai (?:o do |day )?(?:khong|ko|k)|are you there"
)
_RUDE = re.compile(
    r"\b(?:dm|dmm|dcm|dkm|vcl|vkl|vl|clgt|cc|cmm|cmnr|dit (?:me|cu|con)|du ma|deo|lon|cac|buoi|fuck\w*|"
    r"shit\w*|wtf|stupid|idiot|useless|me (?:may|kiep)|bo may|khon nan|mat day|vo hoc|do (?:ngu|dien|cho)|"
    r"ngu (?:qua|the|vay|nhu|lam|vl)|bot ngu|con cho|im di|cut di|cut ngay|chan qua|buc (?:minh|qua)|to su)\b"
)
_MARKED_RUDE = frozenset(
    (
        "đm",
        "đéo",
        "địt",
        "lồn",
        "cặc",
        "buồi",
        "ngu",
        "cút",
        "dm",
        "vcl",
        "vl",
        "dcm",
        "đcm",
        "đkm",
        "cc",
        "clgt",
    )
)
_AMBIGUOUS = re.compile(
    r"\b(?:lon|cac|buoi|deo|cc|vl|chan qua)\b"
)  # without marks they are lợn, các, buổi, đeo
_SEEN = frozenset(("photo", "voice", "sticker", "location", "another_s_number"))


def is_greeting(raw: str) -> bool:
    """Tell whether a message is nothing but a greeting."""
    return bool(_GREETING.fullmatch(_plain(raw)))


def _plain(raw: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", fold(raw)).split())


async def manners(raw: str, state: State, case: Case, world: World) -> Notice | None:
    """Answer thanks, a greeting, anger or "later" that is all a message holds."""
    del case, world
    words = _plain(raw)
    offered = {identity for identity, _ in state.shown}
    if not state.turn or len(words.split()) > _MOST_WORDS or any(letter.isdecimal() for letter in words):
        return None
    ended = bool(state.finished)
    if _is_rude(raw, words):
        return Notice("calm", instead=ended)
    if "enough" not in offered and (_THANKS.fullmatch(words) or _THANKFUL.fullmatch(raw)):
        return Notice("thanked", instead=ended)
    if _GREETING.fullmatch(words) and not ended:  # after the end it is the beginning of another talk
        return Notice("here")
    if not offered & {"enough", "decline"} and not_yet(raw):
        return Notice("no_hurry", instead=ended)
    return None


def _is_rude(raw: str, words: str) -> bool:
    """Tell whether a message swears; words that folding makes rude count with their marks only."""
    marked = set(re.findall(r"\w+", clean(raw).lower()))
    if marked & _MARKED_RUDE - {"cc", "vl"}:
        return True
    found = _RUDE.search(words)
    return bool(found) and not _AMBIGUOUS.fullmatch(found[0] if found else "")


def unread(said: str) -> Notice:
    """Say what to do instead of a photo, a voice note, a sticker; `said` is what the channel calls it."""
    kind = said.partition(" ")[0]
    return Notice(kind if kind in _SEEN else "unreadable")


def legible(incoming: Incoming, state: State) -> tuple[Incoming, list[Notice]]:
    """Return what can be read of something that is no text, and what is told of the rest.

    A sticker may be a yes; what she wrote under a photo stands on the lines after what the channel calls it.
    """
    said, _, caption = incoming.text.partition("\n")
    if words := sticker_words(said, state):
        return replace(incoming, kind=Kind.TEXT, text=words), []
    if caption.strip():
        return replace(incoming, kind=Kind.TEXT, text=caption), [unread(said)]
    return incoming, []


def sticker_words(said: str, state: State) -> str:
    """Return the yes or no that a sticker is, where one is asked for; "" for any other."""
    kind, _, emoji = said.partition(" ")
    asked = {"yes", "no"} <= {identity for identity, _ in state.shown}
    return emoji if asked and kind == "sticker" and emoji in (*YES, *NO) else ""
