"""Words that take back what came of a call: "bấm nhầm", "lùi", "bấm nhầm #1482"."""

from __future__ import annotations

import re

from handlers.leads import Move
from handlers.reading.fold import fold

_WHO = r"(?:(?:da|oi|thoi|xin loi|em|anh|chi|co|chu|toi|tui|minh|sorry|i) )*"
_SLIP = r"(?:(?:bam|an|ghi|chon|go|nhan) )?(?:nham|lon)|(?:bam|an|ghi|chon|go) sai|tapped (?:the )?wrong"
_BACK = r"hoan tac|lui(?: lai)?|undo|take (?:it )?back"
_AFTER = r"(?: (?:roi|mat|ket qua|nut|nhe|a|one|the|lich|lead|card))*"
_NUMBER = r"#? ?(\d{1,18})"
_UNDO = re.compile(rf"{_WHO}(?:{_SLIP}|{_BACK}){_AFTER}(?: {_NUMBER})?", re.ASCII)
_MEND = re.compile(rf"{_WHO}sua(?: lai)?{_AFTER} {_NUMBER}", re.ASCII)
_TAPPED = re.compile(rf"{Move.UNDO}-(\d{{1,18}})", re.ASCII)


def undo_in(text: str) -> int | None:
    """Return the lead whose outcome a whole message takes back, 0 for the last one; None for other words."""
    words = fold(text).strip(" .,!?")
    said = _TAPPED.fullmatch(words) or _UNDO.fullmatch(words) or _MEND.fullmatch(words)
    return int(said[1] or 0) if said else None
