"""Languages as people name them: the one she wants to be called in, and which there are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from handlers.reading.fold import clean, fold
from handlers.reading.unclear import Unclear

_FILE = Path(__file__).parent.parent.parent / "templates" / "languages.toml"
COMMON = "vi"  # what everybody who calls speaks
OF_CHATS = ("vi", "en")  # what a chat may be in: who chats in one need not ask to be called in it


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its name in the languages of a chat, and every way people write it."""

    vi: str
    en: str
    forms: tuple[str, ...]


def _load() -> Mapping[str, Language]:
    table = tomllib.loads(_FILE.read_text("utf-8"))
    return MappingProxyType(
        {code: Language(row["vi"], row["en"], _forms(row)) for code, row in table.items()}
    )


def _forms(row: Mapping[str, str | list[str]]) -> tuple[str, ...]:
    """Return the names as typed, small, with their marks and without, the longest first."""
    names = [clean(name).lower() for name in (row["vi"], row["en"], *row["said"]) if isinstance(name, str)]
    return tuple(sorted({*names, *map(fold, names)}, key=lambda name: (-len(name), name)))


LANGUAGES = _load()
"""Code → language, in the order they are offered."""

_CODES = {form: code for code, language in LANGUAGES.items() for form in language.forms}
_NAME = "|".join(map(re.escape, sorted(_CODES, key=len, reverse=True)))
_NAMED = re.compile(
    rf"\b(?:tiếng|tieng)(?: (?:dân tộc|dan toc|người|nguoi|đồng bào|dong bao))? (?P<vi>{_NAME})\b"
    rf"|\b(?:in|speaks?|speaking|understands?|only) (?P<en>{_NAME})\b|\b(?P<own>{_NAME}) language\b"
)
_CLAUSES = re.compile(r"[,.;:!?\n]|\b(?:nhung|ma|but|chi|only)\b")
_DENIED = re.compile(
    r"\b(?:khong|ko|kg|kh|k|hong|hok|chua|chang|not|never|cannot|don t|doesn t|can t|don't|doesn't|can't)"
    r"(?: \w+){0,4} ?$"
)
_OF_A_CALL = re.compile(r"\b(?:goi|nghe|noi chuyen|tu van|call|talk)\b")
_ANY = re.compile(r"\b(?:tieng )?(?:nao|gi) cung (?:duoc|dc|ok)\b|\bany(?: language)?\b")
_LEAD = re.compile(r"^(?:(?:dạ|da|vâng|vang|em|tôi|toi|là|la|người|nguoi|tiếng|tieng|dân tộc|dan toc) )+")
_TAIL = re.compile(r"(?: (?:ạ|a|nhé|nhe|nha|em|language|cũng được|cung duoc|cung dc))+$")


def language_names(language: str) -> Mapping[str, str]:
    """Return code → name, in the language of a chat."""
    return {code: one.en if language == "en" else one.vi for code, one in LANGUAGES.items()}


def language_code(name: str) -> str | None:
    """Return the code of a language by a name alone ("Tày", "tay", "Kinh"), or None."""
    return _CODES.get(clean(name).lower())


def spot_language(text: str, on: date) -> str | None:
    """Find the language she wants to be called in: "gọi bằng tiếng Tày", "bố tôi chỉ nghe được tiếng Dao".

    One she does not speak is none; that of a chat only where it is said of a call.
    """
    del on
    typed = clean(text).lower()
    usual = None
    for match in _NAMED.finditer(typed):
        code = _CODES[next(name for name in match.groups() if name)]
        before = fold(typed[: match.start()])
        if _DENIED.search(_CLAUSES.split(before)[-1]):
            continue
        if code not in OF_CHATS:
            return code
        usual = usual or (code if _OF_A_CALL.search(before) else None)
    return usual


def read_language(text: str, on: date) -> str:
    """Read a language by its code, its name or words around it; raise Unclear("unknown_language")."""
    if text in LANGUAGES:
        return text
    bare = _TAIL.sub("", _LEAD.sub("", clean(text).lower().strip(" .,!?")))
    found = language_code(bare) or spot_language(text, on) or (COMMON if _ANY.search(fold(text)) else None)
    if found is None:
        raise Unclear("unknown_language")
    return found


def without_language(text: str) -> str:
    """Return a text without the parts between commas that say a language to be called in."""
    if not _NAMED.search(clean(text).lower()):
        return text
    parts = re.split(r"(?<=[,.;!?])\s*", text)
    return " ".join(part for part in parts if not _NAMED.search(clean(part).lower())).strip(" ,;")
