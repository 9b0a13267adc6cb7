"""How a call went, as people say it; what they deny is never praise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from handlers.reading.choices import choose
from handlers.reading.fold import fold
from handlers.reading.unclear import Unclear

RATINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "good": ("tốt", "hài lòng", "ok", "oke", "được", "nhiệt tình", "dễ hiểu", "good", "👍"),
        "fair": ("tạm được", "bình thường", "tạm", "tạm ổn", "fair", "so so"),
        "bad": ("chưa tốt", "không tốt", "không hài lòng", "tệ", "kém", "khó hiểu", "bad", "not good", "👎"),
    }
)
_WORD = re.compile(r"[^\W_]+|👍|👎")
NOT = frozenset(
    _WORD.findall("khong khongg ko k kg kh khg hong hok hem khum chua chang cha dau not no never")
)
AROUND = frozenset(
    _WORD.findall(
        "da vang em e anh chi c a ad ban co chu bac nhe nha roi thay rat cung kha qua lam cho cam on nhan"
        " vien goi cuoc tu van noi chuyen it was very that all really the call thanks thank you but nhung"
        " ma thi"
    )
)
"""Words around a rating that say nothing of it, folded."""

_NOT_JOINED = re.compile(r"(?<=[a-z])n['’]t\b")
_GOOD = r"(?:tot|hai long|oke?|nhiet tinh|de hieu|good|great|nice|happy|satisfied|duoc)"
_BAD = r"(?:te|kem|kho hieu|bad|do|xau)"
_NEITHER = re.compile(rf"\S+ {_GOOD} \S+ {_BAD}|\S+ {_BAD} \S+ {_GOOD}")
_NOT_CALLED = re.compile(r"\b(?:duoc|ai|nguoi|thay) (?:goi|tu van|noi|nghe)\b|\bgoi (?:duoc|cho)\b")
_read = choose(RATINGS)


def words_of(text: str) -> list[str]:
    """Return the words of a text folded, thumbs as words, "isn't" as two."""
    return _WORD.findall(_NOT_JOINED.sub(" not", fold(text)))


def rating_of(text: str, on: date) -> str:
    """Read how a call went: an id of RATINGS, or words.

    Where anything is denied it is "bad" ("không được tốt lắm"), or "fair" for what is neither good nor bad;
    never "good". Raises Unclear("unknown_choice") for the rest, also for "không tệ", which may be either.
    """
    if text in RATINGS:
        return text
    words = words_of(text)
    if NOT.isdisjoint(words):
        return _read(text, on)
    said = " ".join("_" if word in NOT else word for word in words if word not in AROUND)
    if _NOT_CALLED.search(" ".join(words)):
        raise Unclear("unknown_choice")
    if _NEITHER.fullmatch(said.replace("_ duoc ", "_ ")) and said.count("_") == 2:
        return "fair"
    if re.fullmatch(rf"(?:(?:_ (?:duoc )?{_GOOD}|{_BAD})(?: |$))+", said):
        return "bad"
    raise Unclear("unknown_choice")
