"""The legal texts that the rules in code rest on; the numbers cite theirs in parameters/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.trail import Source


@dataclass(frozen=True, slots=True)
class Text:
    """A law, decree or circular by its own name."""

    document: str
    issued: date | None = None

    def __call__(self, article: str) -> Source:
        """Cite an article: LAW_2024("36.1")."""
        return Source(self.document, article, self.issued)


LAW_2024 = Text("Luật 41/2024/QH15", date(2024, 6, 29))
DECREE_158 = Text("Nghị định 158/2025/NĐ-CP", date(2025, 6, 25))
DECREE_159 = Text("Nghị định 159/2025/NĐ-CP", date(2025, 6, 25))
CIRCULAR_11 = Text("Thông tư 11/2025/TT-BNV")
DECREE_141_2026 = Text("Nghị định 141/2026/NĐ-CP", date(2026, 4, 29))
