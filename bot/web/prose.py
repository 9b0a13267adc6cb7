"""A message's plain text as the page shows it: paragraphs, hanging bullets, bold amounts, numbers to call."""

from __future__ import annotations

import re
from html import escape

_MARKED = re.compile(
    r"(?P<phone>(?<![\d.])(?:0\d{3}[ \u00a0]\d{3}[ \u00a0]\d{3}|1900[ \u00a0]\d{4})(?!\.?\d))"
    r"|(?P<strong>(?<![\d.])\d{1,3}(?:\.\d{3})+[ \u00a0]đ(?!\w)|\bLS-[0-9A-Z]{4}\b)"
)
_SPACES = re.compile(r"\s")


def prose(text: str) -> str:
    """Return the text as HTML; every character of it is escaped, so a template may trust it."""
    blocks = (block.split("\n") for block in text.split("\n\n") if block.strip())
    return "".join(f"<p>{'<br>'.join(map(_line, lines))}</p>" for lines in blocks)


def _line(line: str) -> str:
    parts, done = [], 0
    for found in _MARKED.finditer(line):
        parts.append(escape(line[done : found.start()]))
        shown = escape(found[0])
        number = _SPACES.sub("", found[0])
        parts.append(f'<a href="tel:{number}">{shown}</a>' if found["phone"] else f"<b>{shown}</b>")
        done = found.end()
    whole = "".join((*parts, escape(line[done:])))
    return f'<span class="item">{whole}</span>' if line.startswith("•") else whole
