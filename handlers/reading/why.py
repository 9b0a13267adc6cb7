"""Asking why: a whole message that wants the last figure explained."""

from __future__ import annotations

import re

from handlers.reading.fold import fold

_FIGURE = r"(?:con |cai )?(?:so|muc|gia|tien)(?: tien)?(?: nay| do| ay)?"
_AS_MUCH = r"(?:nhieu|it|cao|thap|dat|re|bay nhieu|the nay|nhu (?:the|vay|nay))"
_HOW = r"(?:the nao|kieu gi|kieu nao|ra sao|sao|nhu the nao|nhu nao|lam sao)(?: ra)?"
_ASKED = (
    r"(?:vi|tai) ?sao",
    r"vi dau",
    r"sao(?: lai)?(?: ra)? (?:the|vay|day|nay)",
    r"sao lai",
    rf"(?:vi |tai )?sao (?:lai |no |ra |la |duoc |co )*(?:{_FIGURE}|{_AS_MUCH})",
    rf"(?:cho |xem |giai thich |noi |chi )*(?:cach|cong thuc) tinh(?: {_HOW})?",
    rf"(?:{_FIGURE} )?tinh {_HOW}",
    r"(?:con )?so (?:nay|do) (?:(?:o|tu) )?dau(?: ra)?",
    r"giai thich",
    r"(?:can cu|dua)(?: vao)? (?:dau|gi|luat nao|dieu nao)",
    r"theo (?:luat|dieu|quy dinh) nao",
    r"(?:luat|dieu) nao(?: quy dinh| noi)?",
    r"why(?: is)?(?: that| it| this)?(?: so (?:much|little|high|low|many|few))?",
    r"how so|how come|how",
    r"how (?:is|was) (?:that|it|this) (?:calculated|computed|worked out)",
    r"how (?:do|did) you (?:get|calculate) (?:that|this|it)",
    r"explain(?: that| this| it)?",
    r"on what (?:basis|grounds)|(?:under )?which law",
)
_BEFORE = r"(?:(?:em|oi|a|ua|u|the|vay|nhung|ma|but|so|and|ok) )*"
_AFTER = r"(?: (?:the|vay|em|a|ha|h|nhi|oi|nao|voi|di|anh|chi|chau|co|bac|giup|them|cho|then|please))*"
_WHY = re.compile(f"{_BEFORE}(?:{'|'.join(_ASKED)}){_AFTER}")
_OTHER = re.compile(r"[\W_]+")
_LONGEST = 60  # characters of a bare question; longer messages ask something else


def asks_why(text: str) -> bool:
    """Tell whether a whole message asks why or how: "vì sao?", "sao lại thế", "cách tính"."""
    words = _OTHER.sub(" ", fold(text)).strip()
    return len(words) <= _LONGEST and _WHY.fullmatch(words) is not None
