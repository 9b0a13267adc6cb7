"""Zalo's errors: a table of codes, and what each means for whoever made the call."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Kind = Literal[
    "rate", "transient", "quota", "full", "night", "token", "window", "stopped", "plain", "upload", "phone",
    "elsewhere", "tomorrow", "human", "bug", "unsent", "garbled", "unknown",
]  # fmt: skip
"""`unsent`: no connection, so nothing arrived; `unknown`: no answer, so it may have arrived; `garbled`: not
the API's answer (5xx, HTML), so the platform is in trouble, and it may have arrived all the same."""

Family = Literal["oa", "zbs", "bot"]
_FILE = Path(__file__).with_name("errors.toml")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code means, and for a human what to do."""

    kind: Kind
    says: str = ""
    remedy: str = ""


UNKNOWN_CODE = Meaning("bug", "a code that is not in the table")


class ZaloError(Exception):
    """A call that Zalo refused, or that did not come through. Holds no URL, token or text of a person."""

    def __init__(
        self, kind: Kind, code: int = 0, *, remedy: str = "", retry_after: float | None = None
    ) -> None:
        """`retry_after` in seconds, where it is known."""
        super().__init__(f"{kind} ({code})" if code else kind)
        self.kind: Kind = kind
        self.code, self.remedy, self.retry_after = code, remedy, retry_after


def _load() -> dict[Family, dict[int, Meaning]]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    table = {
        family: {int(code): Meaning(**row) for code, row in data[family].items()}
        for family in get_args(Family)
    }
    for family, rows in table.items():
        for code, row in rows.items():
            if row.kind not in get_args(Kind) or (row.kind == "human") != bool(row.remedy):
                raise ValueError(
                    f"errors.toml, {family} {code}: a known kind; a remedy for a human, and only there"
                )
    return table


TABLE = _load()


def refused(family: Family, code: int) -> ZaloError:
    """Return the error of a code; one that is not known is a bug of ours until the table has it."""
    meaning = TABLE[family].get(code, UNKNOWN_CODE)
    return ZaloError(meaning.kind, code, remedy=meaning.remedy)
