"""Does a message ask something? By its question words, its ending and its mark: no meaning is looked at."""

from __future__ import annotations

import re
from enum import IntEnum

from handlers.reading.fold import fold


class Asking(IntEnum):
    """How surely a message asks. PERHAPS may as well be a polite answer: "500k được không"."""

    NO = 0
    PERHAPS = 1
    SURELY = 2


_SURELY = re.compile(
    r"\b(?:bao nhieu|bao nhiu|bnhieu|bnhiu|bn|nhiu tien|may tien|may dong|may tuoi|may nam|may thang|bao lau"
    r"|the nao|ntn|nhu nao|kieu gi|lam sao|ra sao|tai sao|vi sao|sao lai|sao phai|thi sao|tinh sao|la sao"
    r"|sao v|sao vay|la gi|la j|cai gi|cai j|gi vay|gi the|duoc gi|dc gi|dc j|lam gi|lam j|giay to gi"
    r"|giay to j|khi nao|bao gio|luc nao|chung nao|o dau|dau vay|cho nao|den dau|nhung ai|nghia la"
    r"|ai (?:duoc|dc|la|cung)|giai thich|khac gi|khac nhau|loi hon|nen \w+ hay"
    r"|co phai|co mat|co bi|co dc|co duoc|co can|co nen)\b"
    r"|^sao |\b(?:what|how|when|where|why|who|which|whose)\b"
    r"|^(?:can|do|does|am|is|are|will|should|could|may|must) (?:i|we|it|this|the|they|there|my|you|new|a)\b"
)
_PERHAPS = re.compile(
    r"\?|\w+ (?:khong|ko|k|kg|kh|hong|hok|hem|chua|phai khong)"
    r"(?: (?:a|e|em|anh|chi|ad|shop|vay|the|nhi|ta|ha|nhe|bac|co|chu|ban|c|ban oi|em oi))*[ .!]*$"
)
_ANYHOW = re.compile(r"\b(?:\w+ nao|bao gio|sao|gi|o dau|ai) cung (?:duoc|dc|ok|xong|ranh)\b")
_FEWEST_WORDS = 3  # "chưa có", "ok không": too short to tell from an answer


def asking(text: str) -> Asking:
    """Tell how surely a text asks something."""
    folded = _ANYHOW.sub(" ", fold(text))
    if len(folded.split()) < _FEWEST_WORDS and "?" not in folded:
        return Asking.SURELY if _SURELY.fullmatch(folded.strip(" .!")) else Asking.NO
    if _SURELY.search(folded):
        return Asking.SURELY
    return Asking.PERHAPS if _PERHAPS.search(folded) else Asking.NO
