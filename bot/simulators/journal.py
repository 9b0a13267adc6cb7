"""Everything that passed between a simulator and the world, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any


class Journal:
    """Keeps every line, and writes it to a file if it was given one."""

    def __init__(self, clock: Callable[[], datetime], file: Path | None = None) -> None:
        """`clock` dates the lines."""
        self._clock, self._file = clock, file
        self.lines: list[dict[str, Any]] = []

    def write(self, what: str, **about: Any) -> None:  # noqa: ANN401 - plain JSON
        """Add a line: a "call" of ours, or a "webhook" of the platform."""
        line = {"what": what, "at": self._clock().isoformat(), **about}
        self.lines.append(line)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
