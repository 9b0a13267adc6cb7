"""Forms of address: what somebody calls herself, and what she is called once that is known."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from calculators.months import age_in_months
from handlers.reading import Unclear
from handlers.reading.choices import choose
from handlers.reading.dates import birth
from handlers.reading.fold import clean, fold
from handlers.reading.groups import SEXES
from handlers.state import State

OLD = 60  # years from which somebody is called bác
_CALLED = MappingProxyType(
    {"chị": "chị", "anh": "anh", "bác": "bác", "cô": "cô", "chú": "chú", "dì": "dì", "mợ": "mợ",
     "ông": "bác", "bà": "bác"}
)  # fmt: skip
_CLEAR_BARE = MappingProxyType({"chi": "chị", "anh": "anh", "bac": "bác"})
"""Forms that typed without marks are hardly another word; "co", "ba", "chu" are."""
SEX_OF = MappingProxyType(
    {"chị": "female", "cô": "female", "dì": "female", "mợ": "female", "bà": "female", "anh": "male",
     "chú": "male", "ông": "male"}
)  # fmt: skip

_SAYS = (
    r"(?:nam nay |nay |da |gan |moi )?(?:\d\d ?(?:t|tuoi)?\b|sn\b|sinh\b|o (?!dau)|ban\b|buon\b|muon\b|"
    r"thuoc\b|gia roi|lam (?!on|sao|gi|the)|la (?:nu|nam|nong|tieu|nguoi|ho|dan)\b|dong duoc|"
    r"dong dc|ngheo|song o)"
)
_SELF = re.compile(rf"(?:^|[,.;!] *)(\w+) {_SAYS}")
_ASKED = re.compile(r"\b(?:goi|xung) (?:toi|minh|tui) (?:la|bang) (\w+)")
_GROWN_OLD = re.compile(r"\btoi (?:cung )?(?:gia|lon tuoi) (?:roi|qua)\b")
_NAMED = re.compile(r"(\w+) \w")
_read_sex = choose(SEXES)
_EITHER = re.compile(r"\b([Aa])nh/[Cc]hị\b")


def heard(text: str) -> str:
    """Return the form a person uses of herself in a message, in her words; "" where she uses none.

    "chị 43 tuổi", "bác sn 62" say it; "anh ơi", "chị cho em hỏi" speak to somebody else.
    """
    typed, folded = clean(text).lower(), fold(text)
    if len(typed) != len(folded):
        return ""
    for match in (*_SELF.finditer(folded), *_ASKED.finditer(folded)):
        form = _form(typed[match.start(1) : match.end(1)])
        if form:
            return form
    return "bác" if _GROWN_OLD.search(folded) else ""


def _form(word: str) -> str:
    return word if word in _CALLED else _CLEAR_BARE.get(word, "")


def form_of(state: State) -> str:
    """Return how to call the person who is talking: as she calls herself, else by age and sex; "" unknown.

    Never by a name, and not by the answers about somebody she asks for.
    """
    named = _NAMED.match(clean(str(state.answers.get("name", ""))).lower())
    said = state.address or (_form(named[1]) if named else "")
    if said or state.answers.get("whom", "self") != "self":
        return _CALLED.get(said, "")
    return _by_answers(
        str(state.answers.get("birth_date", "")), str(state.answers.get("sex", "")), state.started_on
    )


@lru_cache(maxsize=4_096)
def _by_answers(born: str, sex: str, on: date) -> str:
    """Return the form that an age and a sex, as they were said, ask for."""
    with suppress(Unclear):
        if age_in_months(birth(born, on).counted, on=on) >= OLD * 12:
            return "bác"
    with suppress(Unclear):
        return {"female": "chị", "male": "anh"}[_read_sex(sex, on)]
    return ""


def addressed(text: str, form: str) -> str:
    """Return a Vietnamese sentence with the form that is known instead of "anh/chị"."""
    if not form:
        return text
    return _EITHER.sub(lambda either: form.capitalize() if either[1] == "A" else form, text)
