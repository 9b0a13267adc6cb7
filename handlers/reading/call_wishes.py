"""What somebody who is to be called says of the call: call it off, move it, when is it, nobody called."""

from __future__ import annotations

import re
from datetime import date

from handlers.reading.asking import Asking, asking
from handlers.reading.fold import clean, fold
from handlers.reading.times import spot_when

_NOT = r"(?:khong|khongg|ko|k|kg|kh|hong|hok|chang)"
_US = r"(?:em|e|toi|tui|minh|chi|anh|a|c|bac|co|chu|chau|ong|ba|nha)"
_LEAD = (
    rf"(?:(?:{_US}|da|vang|u|uh|oi|thoi|vay|nhung|gio|bay gio|thay|la|lam on|xin|cho|giup|nho|please|sorry"
    r"|xin loi|doi y(?: roi)?|tu tinh duoc roi|biet roi|hieu roi|du roi|duoc roi)[ ,.!;]+)*"
)
_TAIL = (
    rf"(?:[ ,.!]+(?:{_US}|nua|dau|nhe|nha|nhen|a|voi|di|roi|lai|cho|giup|ho|luon|lam gi|cam on"
    r"|ad|shop|please|thanks|thank you|any ?more|again))*[ .!]*"
)
_CALL = r"(?:goi(?: dien)?|dien (?:cho|thoai)|alo|call)"
_A_CALL = rf"(?:{_CALL}|cuoc goi|hen)"
_CANCEL = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:dung|khoi|mien)(?: co)?(?: can| phai)?(?: {_US})?(?: nghe| nhan)? {_A_CALL}(?: dien| may)?"
    rf"|{_NOT}(?: con)? (?:can|muon|phai|thich|co nhu cau)(?: {_US})?(?: nghe| nhan| ai)? {_A_CALL}(?: dien)?"
    rf"|{_NOT} {_A_CALL}(?: (?:dien|cho|{_US}))* nua"
    r"|(?:bo|huy|xoa)(?: (?:giup|cho|ho|em|toi|minh|cai))* (?:lich|hen|cuoc goi|cuoc hen)"
    r"(?: (?:goi|hen|lai|nay|do|kia|hom nay|ngay mai|mai|da hen|da dat))*"
    r"|(?:do not|don'?t|stop|no need to) call(?:ing)?(?: me)?|cancel (?:my|the) (?:call|booking|appointment)"
    rf"){_TAIL}"
)
_OTHER_WORD = re.compile(
    r"\b(?:đúng|dùng|dụng|gói|gỏi|gợi|gởi|bạn|bán|bàn|bản|bẩn)\b"
)  # the same without their marks
_NOBODY = re.compile(
    rf"{_LEAD}(?:(?:cho|doi|ngoi cho|den gio|qua gio|toi gio|nay gio)"
    rf"(?: (?:mai|hoai|lau|roi|ma|van|tu \w+|ca \w+))*[ ,.]+)?(?:sao |van |ma |{_US} )*"
    rf"(?:(?:{_NOT}|chua)(?: co)?(?: thay)? (?:ai|nguoi nao|nhan vien(?: nao)?|can bo(?: nao)?|thay)"
    rf"|(?:van |sao )?chua|sao {_NOT})(?: thay)?(?: het)? (?:{_CALL}|lien lac|lien he)"
    rf"(?: (?:dien|ca|gi|het|vay|the|ha|nhi|cho|dau|{_US}))*[ .?!]*"
)
_ASKS = r"(?: (?:vay|the|ha|nhi|nho|day|do|gi|roi|a|oi|ta))*[ .?!]*"
_LOOKS = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:khi nao|luc nao|bao gio|may gio|hom nao|ngay nao)"
    rf"(?: (?:thi|moi|se|co|duoc|nguoi ta|nhan vien|can bo|ben {_US}))*"
    rf" {_CALL}(?: (?:dien|lai|cho|{_US}))*"
    rf"|(?:ai|nguoi nao|nhan vien nao|can bo nao)(?: (?:se|la nguoi))? {_CALL}(?: (?:lai|cho|{_US}))*"
    rf"|{_CALL}(?: (?:lai|cho|{_US}))* (?:luc|vao)? ?(?:may gio|luc nao|khi nao|hom nao)"
    r"|(?:quen|quen mat|mat|khong nho|xem lai|cho xem|nhac lai)(?: (?:lai|cai))*"
    r" (?:ma|ma goi(?: lai)?|gio(?: goi| hen)?|lich(?: goi| hen)?)"
    r"|ma (?:goi lai|goi|cuoc goi)(?: cua \w+)? (?:la gi|la bao nhieu|la may|may|dau)"
    r"|when (?:will|do) (?:you|they|he|she) call(?: me)?|who (?:will|is going to) call(?: me)?"
    rf"){_TAIL}{_ASKS}"
)
_MOVE = r"(?:doi|chuyen|lui|hoan|don|thay doi|sua|move|change|postpone)"
_HOUR = r"(?:gio|lich|hen|cuoc goi|cuoc hen|ngay (?:goi|hen)|the (?:call|time)|my call|it)"
_MOVES = re.compile(rf"\b{_MOVE}\b(?: (?:giup|cho|lai|cai|{_US}))*(?: {_HOUR})+\b")
_MOVES_TO = re.compile(
    rf"\b{_MOVE}\b(?: (?:giup|cho|lai|cai|{_US}|{_HOUR})\b)*"
    r"(?: (?:sang|qua|toi|den|thanh|vao|xuong|ra|to)\b)?"
)
_CALL_THEN = re.compile(rf"\b{_CALL}\b(?: (?:dien|lai|cho|giup|{_US}|me|back)\b)*")
_RULED_OUT = re.compile(rf"\b(?:dung|{_NOT}|tru|not)(?: \w+)?(?: {_US})? $")
_BUSY = re.compile(rf"\b(?:ban|ket|vuong|co viec|busy)(?: (?:viec|roi|mat|qua|lam|hop|ca|{_US}))*\b")
_BUSY_ALONE = re.compile(rf"{_LEAD}(?:{_BUSY.pattern}|i am busy|i'm busy){_TAIL}")
_TIMELY = re.compile(
    r"\b(?:mai|mot|nay|(?:luc|gio|hom|bua) (?:do|ay)|thu (?:\d|hai|ba|tu|nam|sau|bay)|t[2-7]|cn|chu nhat"
    r"|sang|trua|chieu|toi nay|tuan|tomorrow|today|\d+ ?(?:h|g|gio))\b"
)
_SOONER = re.compile(r"\bgoi(?: \w+)? (?:som|muon|tre) hon\b")
_OTHER_MATTER = re.compile(
    r"\b(?:dong|nop|tien|muc|sinh|trieu|luong|phuong thuc|huong|dang ky|tham gia|bao hiem|bhxh|bhyt|ho so"
    r"|dia chi|so|ten|viec lam|nghe|(?<!thu )nam|thang|quy|may|ai)\b|\bdoi viec\b"
)
_PHONE = r"(?:so(?: (?:dien thoai|dt|may|goi))?|sdt|dien thoai|(?:phone )?number)"
_DIGITS = re.compile(r"[ ,.:;\-]*\+?\d[\d .\-]{2,}\d")
_NUMBER = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:cho|dua|ghi|go|viet|nhap|de|gui)(?: \w+)? (?:nham|sai|lon) (?:{_PHONE}|mot so|1 so)(?: {_PHONE})?"
    rf"|(?:nham|sai) {_PHONE}"
    rf"|(?:muon |can |xin )?(?:doi|thay|sua)(?: (?:giup|cho|lai|sang|qua|thanh|{_US}|my|the))* {_PHONE}"
    rf"|{_PHONE}(?: (?:nay|kia|do|cua))*(?: {_US})?(?: (?:moi|dung|chinh xac))?(?: phai)? la"
    rf"|{_PHONE} (?:moi|dung)(?: cua)?(?: {_US})?(?: la)?|my (?:new |right )?number is"
    rf"|{_CALL}(?: (?:cho|giup|vao|qua|sang|{_US}))* so(?: (?:khac|nay|moi|kia|dung))*"
    r"|(?:i gave|that is|that's) (?:you )?(?:the|a) wrong number|change (?:my|the) number"
    rf")(?: (?:dien thoai|khac|moi|nay|sang|thanh|qua|so|to|la|for|call))*{_TAIL}"
)
_A_PHONE = re.compile(r"(?<![\d/+])(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)")
_WRONG_NUMBER = re.compile(
    rf"{_LEAD}(?:(?:nham|sai|lon|doi|thay|sua|khac) (?:mat |lai |sang )?{_PHONE}(?: khac)?"
    rf"|{_PHONE}(?: nay| do)? (?:bi |la )?(?:khac|sai|nham)|(?:another|a different|different|wrong) number)"
    rf"{_TAIL}"
)
_BREAK, _MANNERS = re.compile(r"[,.;:!]+"), re.compile(rf" ?{_LEAD}{_TAIL}")
_LONGEST = 14  # words: a longer message tells more than what to do with the call


def call_wish(text: str, on: date) -> str | None:
    """Return what a whole message wants of the call that is to come, as the command that does it, or None.

    A question ("gọi nữa thì sao") wants nothing but the hour, the caller or the code to be told. Whoever
    calls this makes sure that there is a call.
    """
    words = fold(text)
    if new_number(text) is not None:
        return "new_number"
    if len(words.split()) > _LONGEST or _OTHER_WORD.search(clean(text).lower()):
        return None
    if _NOBODY.fullmatch(words):
        return "nobody_called"
    if _LOOKS.fullmatch(words):
        return "my_call"
    if asking(text) is Asking.SURELY:
        return None
    if _CANCEL.fullmatch(words) and "?" not in words:
        return "cancel_call"
    return "reschedule" if _moves(text, words, on) else None


def new_number(text: str) -> str | None:
    """Return the other number somebody wants to be called on, as typed, "" for none; None: no such wish."""
    words = fold(text)
    digits = _DIGITS.search(words)
    parts = [" ".join(part.split()) for part in _BREAK.split(_DIGITS.sub(", ", words, count=1))]
    said = [part for part in parts if part and not _MANNERS.fullmatch(f" {part} ")]
    if not said or not all(map(_NUMBER.fullmatch, said)) or asking(text) is Asking.SURELY:
        return None
    return digits[0].strip(" ,.:;-") if digits else ""


def bare_number(text: str) -> str:
    """Return a phone number as typed where a message is nothing else, politeness aside; "" for none."""
    words = fold(text)
    found = _A_PHONE.search(words)
    rest = _A_PHONE.sub(" ", words, count=1)
    return found[0] if found and _MANNERS.fullmatch(f" {' '.join(rest.split())} ") else ""


def other_number(text: str) -> str | None:
    """Return the number that is to take the place of one she was shown, "" for another she does not say yet.

    Told by its digits, "sai số rồi em", "không, số khác 09…"; None where a message says anything else.
    """
    words = fold(text)
    found = _A_PHONE.search(words)
    parts = [" ".join(part.split()) for part in _BREAK.split(_A_PHONE.sub(", ", words, count=1))]
    said = [part for part in parts if part and not _MANNERS.fullmatch(f" {part} ")]
    wrong = [part for part in said if _WRONG_NUMBER.fullmatch(part)]
    no = [part for part in said if re.fullmatch(rf"{_LEAD}(?:{_NOT}|no|sai){_TAIL}", part)]
    right = [part for part in said if found and _NUMBER.fullmatch(part)]
    if not (found or wrong) or {*said} - {*wrong, *no, *right} or asking(text) is Asking.SURELY:
        return None
    return found[0].strip() if found else ""


def _moves(text: str, words: str, on: date) -> bool:
    """Tell whether a message wants another hour: it says so, or names one, or cannot at the one there is."""
    if _OTHER_MATTER.search(words):
        return False
    if any(pattern.search(words) for pattern in (_MOVES, _SOONER)) or _BUSY_ALONE.fullmatch(words):
        return True
    return bool(_BUSY.search(words) and _TIMELY.search(words)) or time_to_move_to(text, on) is not None


def time_to_move_to(text: str, on: date) -> str | None:
    """Return plain words for the time that a wish to move a call names ("dời sang chiều mai"), or None."""
    typed, words = clean(text), fold(text)
    if len(typed) != len(words):
        return None
    if moved := list(_MOVES_TO.finditer(words)):
        return spot_when(typed[moved[-1].end() :], on)
    called = list(_CALL_THEN.finditer(words))
    if not called or _RULED_OUT.search(words[: called[-1].start()]):
        return None
    after, before = typed[called[-1].end() :], typed[: called[-1].start()]
    return spot_when(after, on) or (None if _BUSY.search(words) else spot_when(before, on))
