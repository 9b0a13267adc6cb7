"""The map: provinces and wards since 1 July 2025, and what the former wards became."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from calculators.errors import UnknownProvince


@dataclass(frozen=True, slots=True)
class Ward:
    """A commune-level unit: ward, commune or special zone. `place` is latitude and longitude × 10,000."""

    code: str
    name: str
    province: str
    place: tuple[int, int]

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
    """Every province and ward, by code. Resolution 202/2025/QH15 and the resolutions on each province."""

    def __init__(self, content: dict[str, Any]) -> None:
        """`content` is what bot.maintenance.build_territory wrote."""
        self._provinces: dict[str, list[tuple[date, str]]] = {
            code: [(date.fromisoformat(since), name) for since, name in names]
            for code, names in content["provinces"].items()
        }
        self._wards = {row[0]: Ward(row[0], row[1], row[2], (row[3], row[4])) for row in content["wards"]}
        self._of: dict[str, list[Ward]] = defaultdict(list)
        for ward in self._wards.values():
            self._of[ward.province].append(ward)
        self._old = content["old"]
        self._former: dict[str, tuple[FormerWard, ...]] | None = None

    @staticmethod
    @cache
    def load() -> Territory:
        """Read the packaged map, once per process."""
        text = files("calculators").joinpath("parameters/territory/units.json").read_text("utf-8")
        return Territory(json.loads(text))

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

    def ward(self, code: str) -> Ward | None:
        """Return the ward of that five-digit code, or None."""
        return self._wards.get(code)

    def ward_name(self, code: str) -> str:
        """Return a ward's name; words that are no code are returned as they are."""
        ward = self._wards.get(code)
        return ward.name if ward else code

    def wards(self, province: str) -> Sequence[Ward]:
        """Return the wards of a province, in the order of their codes."""
        return self._of.get(province, [])

    def former(self, province: str) -> Sequence[FormerWard]:
        """Return the former wards that became part of wards of this province."""
        if self._former is None:
            grouped: dict[str, list[FormerWard]] = defaultdict(list)
            for name, district, old_province, became in self._old:
                home = self._wards[became[0]].province
                grouped[home].append(FormerWard(name, district, old_province, tuple(became)))
            self._former = {code: tuple(rows) for code, rows in grouped.items()}
        return self._former.get(province, ())
