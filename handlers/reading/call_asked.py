"""A wish to be called, and when: "chiều mai gọi chị nhé", "hẹn gọi lại lúc 15h", "cho người gọi chị đi"."""

from __future__ import annotations

import re
from datetime import date

from handlers.reading.asking import Asking, asking
from handlers.reading.fold import clean, fold
from handlers.reading.times import spot_when

_US = r"(?:em|e|toi(?! (?:nay|mai|mot|hom|thu|t[2-7]|cn|\d))|tui|minh|chi|anh|a|c|bac|co|chu|chau|ong|ba)"
_SOMEBODY = r"(?:ng|nguoi|nhan vien|can bo|tu van vien|ai do)"
_ME = rf"(?: (?:cho toi|dien|lai|cho|giup|lich|hen|{_US}))*"
_CALL = re.compile(
    rf"\b(?:hen|dat) (?:lich )?goi{_ME}\b|\b(?:goi|dien|alo)(?: dien)? lai{_ME}\b"
    rf"|\b(?:can|cho|nho|muon)(?: (?:co|{_US}|mot|1))* {_SOMEBODY} goi{_ME}\b"
    rf"|\b(?:goi|dien|alo)(?: (?:dien|thoai|lai|cho|giup))* {_US}\b|\bcall me(?: back)?\b"
)
_REFUSED = re.compile(
    r"\b(?:khong|ko|k|hok|hong|chua|dung|khoi|mien|chang|not)\b(?: \w+){0,3}? (?:goi|dien|alo|call)\b"
)
_PHONE = re.compile(
    r"[ ,.;:]*\b(?:(?:so(?: dien thoai| dt| may)?|sdt|dt|zalo)(?: cua)?(?: (?:em|toi|minh|chi|anh))?"
    r"(?: la)?[ :]*)?"
    r"(?<![\d/+])(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)"
)
_PLACE = re.compile(r"[ ,;]*\b(?:o|tai|phuong|xa|thi tran) .*")
_WITH_IT = re.compile(
    rf"(?:{_US}|da|vang|u|uh|oi|thoi|vay|the|thi|la|nhe|nha|nhen|voi|di|roi|giup|cho|ho|luon|nho|xin"
    r"|muon|can|duoc|dc|khong|ko|k|hen|lich|cam on|please|tu van"
    r"|luc|vao|khoang|tam|buoi|truoc|sau|tu|den|hoac|trong|ngay|hom|bua|mai|mot|kia|nay|tuan|dau|cuoi"
    r"|sang|trua|chieu|toi|thu|t[2-7]|cn|chu nhat|hai|ba|nam|sau|bay|gio|h|g|phut|ruoi|kem|thang"
    r"|at|on|after|before|tomorrow|today|morning|afternoon|evening|\w+day|\d+(?:h|g)?\d*|[,.;:!?/\-])"
)
_LATER = re.compile(r"\W*sau(?:\W+\w+)?\W*")  # "gọi lại sau nhé" puts it off
_LONGEST = 24  # words


def call_asked(text: str, on: date) -> str | None:
    """Return plain words for the time somebody wants to be called at, "" where none is named.

    None where a message is no wish to be called, or says more than that, when, where she lives and her
    number.
    """
    typed, words = clean(text), fold(text)
    if len(words.split()) > _LONGEST or len(typed) != len(words) or _REFUSED.search(words):
        return None
    if asking(text) is Asking.SURELY:
        return None
    for other in (_PHONE, _PLACE):
        typed, words = _without(other, typed, words)
    if not _CALL.search(words):
        return None
    typed, words = _without(_CALL, typed, words)
    if not _nothing_more(words):
        return None
    return spot_when(typed, on) or (None if _LATER.fullmatch(words) else "")


def _without(what: re.Pattern[str], typed: str, words: str) -> tuple[str, str]:
    found = what.search(words)
    if not found:
        return typed, words
    begins, ends = found.span()
    return f"{typed[:begins]} {typed[ends:]}", f"{words[:begins]} {words[ends:]}"


def _nothing_more(words: str) -> bool:
    return re.fullmatch(rf"(?:\s*{_WITH_IT.pattern}(?![^\W\d]))*\s*", words) is not None
