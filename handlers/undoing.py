"""Words that take back what came of a call: "bấm nhầm", "lùi", "bấm nhầm #1482", "nhầm, tham gia"."""

from __future__ import annotations

import re

from handlers.desk_words import OUTCOME_WORDS
from handlers.leads import Move
from handlers.reading.fold import fold

_WHO = r"(?:(?:da|oi|ui|chet|thoi|xin loi|em|anh|chi|co|chu|toi|tui|minh|sorry|i) )*"
_TAP = r"(?:bam|an|ghi|chon|go|nhan)"
_SLIP = rf"(?:{_TAP} )?(?:nham|lon)|{_TAP} sai|lo (?:tay|{_TAP})(?: {_TAP})?(?: nham)?|tapped (?:the )?wrong"
_BACK = r"hoan tac|lui(?: lai)?|undo|take (?:it )?back"
_AFTER = r"(?: (?:roi|mat|ket qua|nut|nhe|nha|a|em|anh|chi|oi|cua|cai|o|one|the|lead|card))*"
_NUMBER = r"#? ?(\d{1,18})"
_UNDO = re.compile(rf"{_WHO}(?:{_SLIP}|{_BACK}){_AFTER}(?: {_NUMBER}{_AFTER})?", re.ASCII)
_MEND = re.compile(rf"{_WHO}sua(?: lai)?{_AFTER} {_NUMBER}", re.ASCII)
_TAPPED = re.compile(rf"{Move.UNDO}-(\d{{1,18}})", re.ASCII)
_MARKS = re.compile(r"[\s,.:;!?-]+")
_OUTCOME = re.compile(rf"(?:^| )(?:(?:la|phai la|thanh) )?(?:{'|'.join(OUTCOME_WORDS)})(?= |$)")


def undo_in(text: str) -> int | None:
    """Return the lead whose outcome a whole message takes back, 0 for the last one; None for other words.

    An outcome that is named beside it may be the wrong one or the right one: he is asked for it again.
    """
    if tapped := _TAPPED.fullmatch(fold(text).strip()):
        return int(tapped[1])
    words = _OUTCOME.sub("", _MARKS.sub(" ", fold(text)).strip(), count=1).strip()
    said = _UNDO.fullmatch(words) or _MEND.fullmatch(words)
    return int(said[1] or 0) if said else None
