"""Drawings of the conversations, for officers to review: docs/conversations/*.mmd."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from calculators.law import Law
from calculators.territory import Territory
from handlers.collector import COLLECTOR
from handlers.explore import Explorer, draw
from handlers.flow import Case, Conversation
from handlers.office import OFFICE
from handlers.welcome import BY_WORD, CITIZEN, WAYS

FOLDER = Path(__file__).parent.parent / "docs" / "conversations"
ON = date(2026, 11, 23)  # a fixed day: a drawing changes when a conversation does, not with the calendar
WALKS = 1_500  # random paths of one drawing: every edge is drawn long before that


def drawings() -> dict[str, str]:
    """Return each drawing by file name: the citizen's ways, the collector's desk and the office."""
    case = Case(ON, Law.load(), Territory.load(), "20")
    door = CITIZEN.door
    found = {"desk.mmd": _draw(COLLECTOR, case, {}), "office.mmd": _draw(OFFICE, case, {})}
    if door:
        for way in (*WAYS, *BY_WORD):
            found[f"{way}.mmd"] = _draw(CITIZEN, case, {door.key: way})
    return found


def _draw(conversation: Conversation, case: Case, answers: dict[str, str]) -> str:
    return draw(Explorer(conversation, case).wander(answers, walks=WALKS))


def graph(*, only_check: bool) -> int:
    """Write the drawings, or tell which are stale; return 1 if any is and nothing may be written."""
    stale = []
    for name, text in drawings().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not only_check:
                FOLDER.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    for name in stale:
        sys.stdout.write(
            f"docs/conversations/{name} {'is stale: run make graph' if only_check else 'drawn'}\n"
        )
    return int(bool(stale) and only_check)
