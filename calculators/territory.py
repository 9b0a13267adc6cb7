"""The map: provinces and wards since 1 July 2025, day by day, and what the former wards became."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from calculators.errors import ParameterError, UnknownProvince

_AMENDMENTS = "amendments.toml"
_FIELDS = {"from", "source", "trust", "checked"}


@dataclass(frozen=True, slots=True)
class Ward:
    """A commune-level unit: ward, commune or special zone. `place` is latitude and longitude × 10,000.

    `valid_from` and `valid_to` are the first day of its name and the first day of the next one.
    """

    code: str
    name: str
    province: str
    place: tuple[int, int]
    valid_from: date
    valid_to: date | None = None

    @property
    def special_zone(self) -> bool:
        """Tell whether it is a special zone (đặc khu), whose residents are supported as islanders."""
        return self.name.startswith("Đặc khu")


@dataclass(frozen=True, slots=True)
class FormerWard:
    """A ward, commune or town of before July 2025, and the codes of the wards it became part of."""

    name: str
    district: str
    province: str
    became: tuple[str, ...]


class Territory:
    """Every province and ward, by code. Resolution 202/2025/QH15 and Decision 19/2025/QĐ-TTg.

    A code of before July 2025 may name another place today: only codes since then are known here, former
    wards go by their names.
    """

    def __init__(self, content: Mapping[str, Any], amendments: Mapping[str, Any] | None = None) -> None:
        """`content` is what bot.maintenance.build_territory wrote; `amendments` what changed since.

        Raises ParameterError for an amendment that names no known unit or does not say since when.
        """
        since = date.fromisoformat(content["since"])
        names: Mapping[str, str] = content["provinces"]
        self._provinces = {code: [(since, name)] for code, name in names.items()}
        self._wards = {
            row[0]: [Ward(row[0], row[1], province, (row[2], row[3]), since)]
            for province, rows in content["wards"].items()
            for row in rows
        }
        self._former_rows = content["former"]
        self._landmarks: Mapping[str, Mapping[str, str]] | None = None
        self._former: dict[str, tuple[FormerWard, ...]] | None = None
        self._amend(amendments or {})
        self._of: dict[str, list[Ward]] = defaultdict(list)
        for history in self._wards.values():
            self._of[history[-1].province].append(history[-1])

    @staticmethod
    @cache
    def load() -> Territory:
        """Read the packaged map, once per process."""
        units = json.loads((_folder() / "units.json").read_text("utf-8"))
        return Territory(units, tomllib.loads((_folder() / _AMENDMENTS).read_text("utf-8")))

    @property
    def provinces(self) -> Sequence[str]:
        """The two-digit codes of all provinces."""
        return sorted(self._provinces)

    def province_name(self, code: str, on: date | None = None) -> str:
        """Return a province's full name on a day (its latest when None). Raises UnknownProvince."""
        if code not in self._provinces:
            raise UnknownProvince(f"{code!r} is not the code of a province")
        names = [name for since, name in self._provinces[code] if on is None or since <= on]
        return names[-1] if names else self._provinces[code][0][1]

    def ward(self, code: str, on: date | None = None) -> Ward | None:
        """Return the ward of that five-digit code as it was on a day (as it is when None), or None."""
        history = self._wards.get(code, [])
        known = [ward for ward in history if on is None or ward.valid_from <= on]
        return known[-1] if known else None

    def ward_name(self, code: str) -> str:
        """Return a ward's name; words that are no code are returned as they are."""
        ward = self.ward(code)
        return ward.name if ward else code

    def wards(self, province: str) -> Sequence[Ward]:
        """Return the wards of a province as they are, in the order of their codes."""
        return self._of.get(province, [])

    def former(self, province: str) -> Sequence[FormerWard]:
        """Return the former wards that became part of wards of this province."""
        if self._former is None:
            grouped: dict[str, list[FormerWard]] = defaultdict(list)
            for old_province, districts in self._former_rows.items():
                for district, names in districts.items():
                    for name, became in names.items():
                        home = self._wards[became[0]][0].province
                        grouped[home].append(FormerWard(name, district, old_province, tuple(became)))
            self._former = {code: tuple(rows) for code, rows in grouped.items()}
        return self._former.get(province, ())

    def landmarks(self, province: str) -> Mapping[str, str]:
        """Return markets and border gates of a province, each with the code of the ward it stands in."""
        if self._landmarks is None:
            self._landmarks = tomllib.loads((_folder() / "landmarks.toml").read_text("utf-8"))
        return self._landmarks.get(province, {})

    def _amend(self, amendments: Mapping[str, Any]) -> None:
        provinces, wards = amendments.get("province", []), amendments.get("wards", [])
        rows = [(f"province {n}", row, {"code", "name"}) for n, row in enumerate(provinces, 1)]
        rows += [(f"wards {n}", row, {"names"}) for n, row in enumerate(wards, 1)]
        known = self._provinces.keys() | self._wards.keys()
        problems = [f"{_AMENDMENTS}, {place}: {_wrong(row, own, known)}" for place, row, own in rows]
        problems = [problem for problem in problems if not problem.endswith(": ")]
        if problems:
            raise ParameterError(*problems)
        for row in provinces:
            self._provinces[row["code"]].append((row["from"], row["name"]))
        for row in wards:
            for code, name in row["names"].items():
                self._rename(code, name, row["from"])
        for names in self._provinces.values():
            names.sort()

    def _rename(self, code: str, name: str, since: date) -> None:
        last = self._wards[code][-1]
        renamed = replace(last, name=name, valid_from=since)
        if since <= last.valid_from:
            self._wards[code][-1] = renamed
        else:
            self._wards[code][-1:] = [replace(last, valid_to=since), renamed]


def amendments_checked() -> Sequence[tuple[str, date, date, str]]:
    """Return each amendment of the map: its kind, since when, the day it was compared, and its document."""
    content = tomllib.loads((_folder() / _AMENDMENTS).read_text("utf-8"))
    return [
        (f"territory.{kind}", row["from"], row["checked"], row["source"]["document"])
        for kind, rows in content.items()
        for row in rows
    ]


def _wrong(row: Mapping[str, Any], own: set[str], known: Set[str]) -> str:
    """Return what is wrong with an amendment and what to do about it; nothing where it can be trusted."""
    fields = own | _FIELDS
    if set(row) != fields:
        return f"check {', '.join(sorted(set(row) ^ fields))}; give {', '.join(sorted(fields))} and no more"
    if type(row["from"]) is not date or not row["source"].get("document"):
        return "'from' is a day and 'source' names a document; correct them"
    strange = sorted(set(row.get("names", [row.get("code")])) - known)
    return f"no unit has the code {strange[0]}; compare with units.json" if strange else ""


def _folder() -> Traversable:
    return files("calculators") / "parameters" / "territory"
