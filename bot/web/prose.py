"""A message's plain text as the page shows it: lines, hanging bullets, bold figures, numbers to call."""

from __future__ import annotations

import re
from html import escape

_MARKED = re.compile(
    r"(?P<link>https?://[\w./:%~-]+[\w/])"
    r"|(?P<hotline>(?<![\d.])1900[ \u00a0]\d{4}(?!\.?\d))"
    r"|(?P<phone>(?<![\d.])0\d{3}[ \u00a0]\d{3}[ \u00a0]\d{3}(?!\.?\d))"
    r"|(?P<amount>(?<![\d.])\d{1,3}(?:\.\d{3})+[ \u00a0]đ(?!\w))"
    r"|(?P<code>\bLS-[0-9A-Z]{4}\b|(?<![\w./:#-])\d{4}(?![\w/:]|[.,]\d|[ \u00a0]\d))"
)
LONGEST_LINK = 30  # characters of an address that are shown: a phone is narrow
_SPACES = re.compile(r"\s")


def prose(text: str, *, calls: bool = False) -> str:
    """Return the text as HTML; every character of it is escaped, so a template may trust it.

    With `calls` a person's number can be called by a tap, as the hotline always can.
    """
    blocks = (block.split("\n") for block in text.split("\n\n") if block.strip())
    return "".join(f"<p>{'<br>'.join(_line(line, calls=calls) for line in lines)}</p>" for lines in blocks)


def _line(line: str, *, calls: bool) -> str:
    parts, done = [], 0
    for found in _MARKED.finditer(line):
        shown = escape(found[0])
        number = _SPACES.sub("", found[0])
        if found["link"]:
            label = shown if len(shown) <= LONGEST_LINK else f"{shown[:LONGEST_LINK]}…"
            parts += [escape(line[done : found.start()]), f'<a href="{shown}" rel="noreferrer">{label}</a>']
            done = found.end()
            continue
        called = found["hotline"] or (calls and found["phone"])
        parts.append(escape(line[done : found.start()]))
        parts.append(f'<a href="tel:{number}">{shown}</a>' if called else f"<b>{shown}</b>")
        done = found.end()
    whole = "".join((*parts, escape(line[done:])))
    kind = "line item" if line.startswith("•") else "line"
    return f'<span class="{kind}">{whole}</span>'
