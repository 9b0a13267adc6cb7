"""Which approved template says what a notice says, on which way, in which order: a file of settings.

[lead_card]                       # the notice's name
order = ["chat", "uid", "phone"]  # ways, tried one after the other
uid = "7895417a7d3f9461cd2e"      # template id for that way
phone = "12345"
next_after = 3                    # hours without a report until the next way is tried; without it, none is

[lead_card.data.customer]         # a parameter of the template
from = "citizen"                  # the fact that fills it
type = "name"                     # its longest value is known by its type, or `longest` says it
as = "capital"                    # how it is written: money, day, month, when, capital, ward_name …
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from handlers.formatting import filters

Way = Literal["chat", "uid", "phone"]
LONGEST = {
    "name": 30, "phone": 15, "address": 200, "code": 30, "label": 30, "status": 30, "contact": 50, "title": 5,
    "product": 200, "amount": 20, "time": 20, "otp": 10, "url": 200, "currency": 12, "bank_note": 90,
}  # fmt: skip
"""The longest value of a parameter by its type, in characters."""

Formats = Mapping[str, Callable[[Any], Any]]


def _when(text: str) -> str:
    """A moment that fits the type time: `11:00 26/11/2026`."""
    return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}"


_PLAIN = ("money", "day", "month", "moment", "capital")
FORMATS: Formats = {"when": _when, **{name: filters("vi")[name] for name in _PLAIN}}


class TemplatesError(Exception):
    """The file of templates is wrong; the message names the place and the remedy."""


class UnfitError(Exception):
    """What a notice has to say does not fit its template; `parameter` is which."""

    def __init__(self, parameter: str, why: str) -> None:
        """The value is not told: it may be about a person."""
        super().__init__(f"{parameter}: {why}")
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a template."""

    fact: str
    longest: int
    written: Callable[[Any], Any] = str

    def fill(self, name: str, facts: Mapping[str, str | int]) -> str:
        """Return its value. Raises UnfitError when it is missing or too long."""
        value = facts.get(self.fact)
        if value is None or value == "":
            raise UnfitError(name, f"the notice has no {self.fact}")
        try:
            text = str(self.written(value))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UnfitError(name, f"{self.fact} cannot be written as its parameter says") from None
        text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
        if len(text) > self.longest:
            raise UnfitError(name, f"{len(text)} characters, {self.longest} at most")
        return text


@dataclass(frozen=True, slots=True)
class Purpose:
    """How one notice gets through."""

    order: tuple[Way, ...]
    ids: Mapping[Way, str]
    parameters: Mapping[str, Parameter]
    next_after: timedelta | None = None  # without a report the next way is tried

    def fill(self, facts: Mapping[str, str | int]) -> dict[str, str]:
        """Return the template's data. Raises UnfitError."""
        return {name: parameter.fill(name, facts) for name, parameter in self.parameters.items()}


CHAT_ONLY = Purpose(("chat",), {}, {})


class Templates:
    """The file, read and checked once. Without a file everything is sent in the chat, or not at all."""

    def __init__(self, purposes: Mapping[str, Purpose]) -> None:
        """By the name of the notice."""
        self._purposes = purposes

    @classmethod
    def load(cls, path: Path | None, formats: Formats = FORMATS) -> Templates:
        """Read a file; `formats` are what a parameter may be written as. Raises TemplatesError."""
        if path is None:
            return cls({})
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as problem:
            raise TemplatesError(f"{path}: cannot be read as TOML: {problem}") from None
        return cls({name: _purpose(f"{path}, [{name}]", row, formats) for name, row in data.items()})

    def purpose(self, notice: str) -> Purpose:
        """How a notice gets through; in the chat only where nothing is said of it."""
        return self._purposes.get(notice, CHAT_ONLY)

    def ids(self) -> dict[str, str]:
        """Every phone template's id by the name of its notice, to be compared with what Zalo approved."""
        return {
            name: purpose.ids["phone"] for name, purpose in self._purposes.items() if "phone" in purpose.ids
        }

    def differences(self, notice: str, approved: Any) -> list[str]:  # noqa: ANN401 - listParams as they come
        """Return what of a notice's parameters Zalo approved otherwise; nothing when all fits."""
        ours = self.purpose(notice).parameters
        theirs = {str(row.get("name")): row for row in approved if isinstance(row, dict)}
        found = [f"{name} is not in the approved template" for name in ours if name not in theirs]
        for name, row in theirs.items():
            if name not in ours:
                found += [f"{name} is missing"] if row.get("require", True) else []
            elif isinstance(row.get("maxLength"), int) and ours[name].longest > row["maxLength"]:
                found.append(f"{name} may have {row['maxLength']} characters, not {ours[name].longest}")
        return found


def _purpose(where: str, row: object, formats: Formats) -> Purpose:
    if not isinstance(row, dict) or set(row) - {"order", "data", "next_after", *get_args(Way)}:
        raise TemplatesError(f"{where}: has order, uid, phone, next_after and data")
    ids: dict[Way, str] = {way: str(row[way]) for way in ("uid", "phone") if row.get(way)}
    order = tuple(row.get("order", ("chat", *ids)))
    for way in order:
        if way not in get_args(Way):
            raise TemplatesError(f"{where}: a way is one of {', '.join(get_args(Way))}, not {way!r}")
        if way != "chat" and way not in ids:
            raise TemplatesError(f"{where}: order names {way}, so {way} needs a template's id")
    if not order:
        raise TemplatesError(f"{where}: order is empty: nothing would ever be sent")
    data = row.get("data", {})
    parameters = {name: _parameter(f"{where}, {name}", each, formats) for name, each in data.items()}
    return Purpose(order, ids, parameters, _hours(where, row.get("next_after")))


def _hours(where: str, value: object) -> timedelta | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 72:
        raise TemplatesError(f"{where}: next_after is 1 to 72 hours, not {value!r}")
    return timedelta(hours=value)


def _parameter(where: str, row: object, formats: Formats) -> Parameter:
    if not isinstance(row, dict) or set(row) - {"from", "type", "longest", "as"} or "from" not in row:
        raise TemplatesError(f"{where}: has from, type or longest, and as")
    kind, longest, written = row.get("type", ""), row.get("longest"), row.get("as", "text")
    if longest is None:
        longest = LONGEST.get(kind)
    if not isinstance(longest, int) or longest < 1:
        raise TemplatesError(f"{where}: type is one of {', '.join(LONGEST)}, or longest is a number")
    known: Formats = {"text": str, **formats}
    if written not in known:
        raise TemplatesError(f"{where}: as is one of {', '.join(sorted(known))}, not {written!r}")
    return Parameter(str(row["from"]), longest, known[written])
