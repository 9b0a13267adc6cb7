"""Words that are taken out of a text one after the other: what is understood is gone."""

from __future__ import annotations

import re


class Rest:
    """What is left of a text. Taken words leave blanks of their length, so that neighbours do not meet."""

    def __init__(self, words: str) -> None:
        """`words` is plain text: folded, tokens parted by single spaces."""
        self.words = words

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Return every match, and take them out."""
        found = list(pattern.finditer(self.words))
        if found:
            self.words = pattern.sub(lambda match: "." * len(match[0]), self.words)
        return found

    def one(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the first match; None where there is none. Every match is taken out."""
        return next(iter(self.take(pattern)), None)
