"""Corrections: "à nhầm, 45 tuổi" and "đổi lại 3 triệu" change the earlier answer they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from handlers.flow import Offer, Question, Step
from handlers.reading import Unclear
from handlers.reading.call_wishes import other_number
from handlers.reading.fold import clean, fold
from handlers.state import State

_LEAD = r"(?:(?:da|a|o|oi|u|ui|xin loi|sorry|em|e|toi|minh|oh|no|chet|thoi chet|khoan)[ ,.!]+)*"
_MARK = re.compile(
    rf"^{_LEAD}(?:nham(?: roi| mat)?|lon(?: roi)?(?=[ ,])|sai roi|quen(?: mat)?(?=[ ,])|a khong"
    r"|(?:go|viet|ghi|noi|nhap|bam|chon) (?:nham|sai|lon)(?: roi)?"
    r"|(?:doi|sua|chinh)(?: lai)? (?:thanh|sang|qua|la)|(?:doi|sua|chinh) lai"
    r"|(?:thuc|that) ra(?: la)?|actually|i mean(?:t)?|correction|wait|oops|my mistake|change (?:it )?to)\b"
)
_INSTEAD = re.compile(r"\b(?:chu khong phai|chu ko phai|chu k phai|khong phai la|not)\b")
_RENEW = re.compile(
    r"^(?:em |toi |minh |cho em |cho toi |i want to |please )*(?:muon )?"
    r"(?:sua|doi|thay doi|chinh|thay|change|edit|fix|(?:(?:cho|ghi|go|nhap|viet) )?(?:nham|sai))"
    r"(?: lai| my| the)* (?P<what>.+?)(?: roi| mat| nhe| a)*$"
)
_NAMES = {
    "birth_date": (
        "nam sinh",
        "ngay sinh",
        "tuoi",
        "ngay thang nam sinh",
        "birth date",
        "date of birth",
        "age",
    ),
    "sex": ("gioi tinh", "nam nu", "sex"),
    "work": ("cong viec", "nghe", "nghe nghiep", "viec lam", "work", "job"),
    "past_months": ("thoi gian dong", "so nam dong", "so nam", "so thang", "thoi gian da dong", "years paid"),
    "ward": ("noi o", "cho o", "dia chi", "xa", "phuong", "place", "address", "ward", "commune"),
    "province": ("tinh", "province"),
    "support_tier": ("muc ho tro", "dien", "ho ngheo", "ho can ngheo", "support"),
    "amount": ("so tien", "muc dong", "tien dong", "muc", "muc thu nhap", "amount"),
    "method": ("cach dong", "phuong thuc", "phuong thuc dong", "how often", "method"),
    "slot": ("gio", "gio hen", "gio goi", "lich", "lich hen", "ngay hen", "time", "slot"),
    "name": ("ten", "ho ten", "name"),
    "phone": (
        "so dien thoai",
        "sdt",
        "so dt",
        "dien thoai",
        "so may",
        "so",
        "phone",
        "number",
        "phone number",
    ),
}
"""Question → what people call it, folded."""


def corrects(raw: str) -> bool:
    """Tell whether a message may correct something: cheap, before anything is looked up."""
    folded = fold(raw)
    marked = any(pattern.search(folded) for pattern in (_MARK, _INSTEAD, _RENEW))
    return marked or other_number(raw) is not None


def correction(
    raw: str, answered: Sequence[Step], state: State, heard: Sequence[Question[Any]] = ()
) -> dict[str, str]:
    """Return new raw words of the `answered` steps that a message corrects, "" for one to be asked again.

    It has to say that it corrects. Every answer found in it counts; else the whole of it is the last answer,
    or the latest one with choices that it names beyond doubt. Where her number is shown to her, another takes
    its place without more words. What is `heard` unasked need not be answered.
    """
    folded = fold(raw)
    last = answered[-1] if answered else None
    if isinstance(last, Question) and last.asks_contact and (number := other_number(raw)) is not None:
        return {last.key: number and ((last.spot and last.spot(number, state.started_on)) or number)}
    named = _named_again(folded, answered)
    mark = _MARK.search(folded)
    if named or not (mark or _INSTEAD.search(folded)):
        return {named: ""} if named else {}
    rest = _after(raw, mark.end()) if mark else clean(raw)
    if not rest:
        return {}
    questions = [step for step in (*heard, *answered) if isinstance(step, Question)]
    found = dict(_found(rest, questions, state))
    if found or not mark:
        return found
    read = next(_read(rest, questions, state), None)
    return {read[0].key: _kept(*read, state)} if read else {}


def _named_again(folded: str, answered: Sequence[Step]) -> str:
    """Return the step that "sửa năm sinh" wants to answer again; "" for none."""
    match = _RENEW.match(folded.strip(" .!"))
    what = match["what"] if match else ""
    keys = {step.key for step in answered if isinstance(step, (Question, Offer))}
    keys |= {"ward"} if "ward_elsewhere" in keys else set()
    return next((key for key, names in _NAMES.items() if key in keys and what in names), "")


def _after(raw: str, end: int) -> str:
    """Return what follows the mark, as typed; folding keeps the length of composed letters."""
    typed = clean(raw)
    return typed[end:].strip(" ,.;:!-") if len(typed) == len(fold(raw)) else ""


def _found(rest: str, questions: Sequence[Question[Any]], state: State) -> Iterator[tuple[str, str]]:
    """Yield the answers of earlier questions that a text holds."""
    for question in questions:
        raw = question.spot(rest, state.started_on) if question.spot else None
        if raw is not None and raw != state.answers.get(question.key):
            yield question.key, _kept(question, raw, state)


def _read(rest: str, questions: Sequence[Question[Any]], state: State) -> Iterator[tuple[Question[Any], str]]:
    """Yield the earlier questions, latest first, that the whole text answers."""
    for place, question in enumerate(reversed(questions)):
        if place and not question.choices:
            continue  # a name, or anything else that nearly every word would answer
        try:
            question.read(rest, state.day_of(question))
        except Unclear as unclear:
            if place or not unclear.candidates:
                continue
        yield question, rest


def _kept(question: Question[Any], raw: str, state: State) -> str:
    return question.keep(raw, state.day_of(question)) if question.keep else raw
