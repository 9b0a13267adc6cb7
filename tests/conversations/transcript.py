"""Transcripts: conversations as they read on a phone, played on the engine or through any channel.

# What the transcript shows
> what the person typed
>> id of the option she tapped
< words she must see, in this order, in the one message that answers
<? key of the question put        <! key of the outcome        <o label of an option shown
<- words she must not see
{quote} in a line is the code of the quote she was shown last
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

QUOTE, CODE = "{quote}", re.compile(r"\bLS-[A-Z2-9]{4}\b")
FOLDER = Path(__file__).parent / "transcripts"


class Chat(Protocol):
    """A way to talk to the product: each call returns the message that answers, as plain JSON."""

    async def type(self, text: str) -> dict[str, Any]: ...

    async def tap(self, option: str) -> dict[str, Any]: ...


@dataclass
class Exchange:
    line: int
    said: str
    tapped: bool
    expected: list[tuple[str, str]] = field(default_factory=list)

    def about(self, code: str) -> Exchange:
        """The same with the code of the quote she was shown last."""
        expected = [(mark, words.replace(QUOTE, code)) for mark, words in self.expected]
        return replace(self, said=self.said.replace(QUOTE, code), expected=expected)


@dataclass
class Transcript:
    name: str
    title: str
    exchanges: list[Exchange]


def read(path: Path) -> Transcript:
    """Read one transcript file; raise ValueError naming the line that is none of the forms above."""
    title, exchanges = "", []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        mark, _, rest = line.partition(" ")
        if not line.strip():
            continue
        if mark == "#":
            title = title or rest
        elif mark in (">", ">>"):
            exchanges.append(Exchange(number, rest, mark == ">>"))
        elif mark in ("<", "<?", "<!", "<o", "<-") and exchanges:
            exchanges[-1].expected.append((mark, rest))
        else:
            raise ValueError(f"{path.name}:{number}: a line starts with #, >, >>, <, <?, <!, <o or <-")
    return Transcript(path.stem, title, exchanges)


def all_transcripts() -> list[Transcript]:
    return [read(path) for path in sorted(FOLDER.glob("*.txt"))]


async def play(transcript: Transcript, chat: Chat) -> dict[str, Any]:
    """Say every line and check what comes back; return the last message."""
    message: dict[str, Any] = {}
    code = ""
    for written in transcript.exchanges:
        exchange = written.about(code)
        message = await (chat.tap if exchange.tapped else chat.type)(exchange.said)
        check(transcript, exchange, message)
        code = ([code, *CODE.findall(message["text"])])[-1]
    return message


def check(transcript: Transcript, exchange: Exchange, message: dict[str, Any]) -> None:
    where = f"{transcript.name}.txt:{exchange.line}: after {exchange.said!r}"
    text = plain(message["text"])
    labels = [plain(option["label"]) for option in message["options"]]
    position = 0
    for mark, written in exchange.expected:
        words = plain(written)
        if mark == "<?":
            assert message["question"] == words, f"{where}\n{message}"
        elif mark == "<!":
            assert message["outcome"] == words, f"{where}\n{message}"
        elif mark == "<o":
            assert words in labels, f"{where}: no option {words!r} in {labels}"
        elif mark == "<-":
            assert words not in text, f"{where}: should not say {words!r}\n{text}"
        else:
            found = text.find(words, position)
            assert found >= 0, f"{where}: does not say {words!r} (in this order)\n{text}"
            position = found + len(words)


def plain(text: str) -> str:
    """Spaces as typed: the space that does not break is a space."""
    return text.replace("\u00a0", " ").strip()
