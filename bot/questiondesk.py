"""Questions nobody has written an answer to, as an officer reads them: alike ones together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from bot.app import open_app
from bot.clock import LOCAL
from bot.settings import Settings
from bot.storage.questions import Unanswered, unanswered
from handlers.reading.terms import Terms

MANY = 5  # times asked: from here on somebody should write an answer
ALIKE = 0.5  # the share of telling words two questions have in common to be listed as one


@dataclass(slots=True)
class Group:
    """Questions alike: the most asked one stands for them."""

    text: str
    terms: frozenset[str]
    times: int
    last_at: datetime


def grouped(questions: Iterable[Unanswered], terms: Terms) -> Sequence[Group]:
    """Put questions alike together, the most asked first."""
    groups: list[Group] = []
    for question in questions:
        words = frozenset(terms.telling(question.text))
        for group in groups:
            if len(words & group.terms) > ALIKE * len(words | group.terms):
                group.times += question.times
                group.last_at = max(group.last_at, question.last_at)
                break
        else:
            groups.append(Group(question.text, words, question.times, question.last_at))
    return sorted(groups, key=lambda group: (-group.times, group.text))


def print_groups(groups: Sequence[Group], out: TextIO) -> None:
    """Write the groups, those asked often apart from the rest."""
    often = [group for group in groups if group.times >= MANY]
    rest = groups[len(often) :]
    for title, some in ((f"asked {MANY} times or more", often), ("asked less often", rest)):
        if some:
            out.write(f"{title}:\n")
        out.writelines(
            f"{group.times:6}  {group.last_at.astimezone(LOCAL):%d/%m/%Y}  {group.text}\n" for group in some
        )
    if not groups:
        out.write("every question had an answer\n")


async def list_questions(out: TextIO) -> int:
    """Print what nobody has written an answer to; return 0."""
    async with open_app(Settings()) as app:
        async with app.engine.connect() as connection:
            found = await unanswered(connection, app.cipher)
        print_groups(grouped(found, app.faq.terms), out)
    return 0
