"""The legal texts that the rules in code rest on; the numbers cite theirs in parameters/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.trail import Source


@dataclass(frozen=True, slots=True)
class Text:
    """A law, decree or circular by its own name; `since` is its first day in force where a rule asks."""

    document: str
    issued: date | None = None
    since: date | None = None

    def __call__(self, article: str) -> Source:
        """Cite an article: LAW_2024("36.1")."""
        return Source(self.document, article, self.issued)


LAW_2014 = Text("Luật 58/2014/QH13", date(2014, 11, 20), date(2016, 1, 1))
LAW_2024 = Text("Luật 41/2024/QH15", date(2024, 6, 29), date(2025, 7, 1))
CIRCULAR_59_2015 = Text("Thông tư 59/2015/TT-BLĐTBXH", date(2015, 12, 29))
DECREE_158 = Text("Nghị định 158/2025/NĐ-CP", date(2025, 6, 25))
DECREE_159 = Text("Nghị định 159/2025/NĐ-CP", date(2025, 6, 25))
CIRCULAR_11 = Text("Thông tư 11/2025/TT-BNV")
DECREE_141_2026 = Text("Nghị định 141/2026/NĐ-CP", date(2026, 4, 29))
DECREE_42_2023 = Text("Nghị định 42/2023/NĐ-CP", since=date(2023, 7, 1))
DECREE_162_2026 = Text("Nghị định 162/2026/NĐ-CP", date(2026, 5, 15), date(2026, 7, 1))
LETTER_1804 = Text("Công văn 1804/BHXH-QLT")
