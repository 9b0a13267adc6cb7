"""Build the map of provinces and wards from the MIT-licensed package `vietnamadminunits` 1.0.4.

    python -m bot.maintenance.build_territory PATH_OF_THE_PACKAGE

The package is not a dependency: unpack its wheel anywhere. What changed since its release is kept by hand in
amendments.toml, beside the file this writes.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "calculators" / "parameters" / "territory"
SINCE = "2025-07-01"
LICENCE = (
    "Data from vietnamadminunits 1.0.4, MIT License: see LICENSE-vietnamadminunits.txt beside this file."
)

_NEW = (
    "select province, provinceCode, provinceKey, ward, wardCode, wardKey, wardLat, wardLon from admin_units"
)
_OLD = (
    "select province, district, ward, provinceKey || '_' || districtKey || '_' || coalesce(wardKey, '')"
    " from admin_units_legacy"
)


def build(package: Path) -> dict[str, Any]:
    """Return the content of units.json from the package's database and mapping."""
    with sqlite3.connect(package / "data" / "dataset.db") as database:
        new = database.execute(_NEW).fetchall()
        old = database.execute(_OLD).fetchall()
    mapping = json.loads((package / "data" / "converter_2025.json").read_text("utf-8"))
    codes = {(row[2], row[5]): row[4] for row in new}
    wards: dict[str, list[list[Any]]] = defaultdict(list)
    for row in sorted(new, key=lambda row: row[4]):
        wards[row[1]].append([row[4], row[3], round(row[6] * 10_000), round(row[7] * 10_000)])
    return {
        "licence": LICENCE,
        "since": SINCE,
        "provinces": dict(sorted({row[1]: row[0] for row in new}.items())),
        "wards": dict(sorted(wards.items())),
        "former": _former(old, _became(mapping, codes)),
    }


def _became(mapping: dict[str, Any], codes: dict[tuple[str, str], str]) -> dict[str, list[str]]:
    """Return the codes of the wards each former one became part of; of a split one, the main part first."""
    became: dict[str, list[str]] = defaultdict(list)
    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, formers in wards.items():
            for former in formers:
                became[former].append(codes[province, ward])
    for province, formers in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for former, parts in formers.items():
            main_first = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            became[former] += [codes[province, part["newWardKey"]] for part in main_first]
    return became


def _former(rows: list[tuple[str, str, str | None, str]], became: dict[str, list[str]]) -> dict[str, Any]:
    """Return {province: {district: {ward: [codes]}}} of before the change.

    A district without wards (an island) stands as a ward of its own name.
    """
    tree: dict[str, dict[str, dict[str, list[str]]]] = {}
    for province, district, ward, key in sorted(rows, key=lambda row: tuple(map(str, row))):
        codes = list(dict.fromkeys(became[key]))
        if codes:
            tree.setdefault(province, {}).setdefault(district, {})[ward or district] = codes
    return tree


def written(content: dict[str, Any]) -> str:
    """Return the content as JSON with one province of wards, or one former province, a line."""

    def compact(value: Any) -> str:  # noqa: ANN401 - any JSON
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    lines = [f'"{name}": {compact(content[name])}' for name in ("licence", "since", "provinces")]
    for name in ("wards", "former"):
        rows = ",\n".join(f"{compact(key)}: {compact(value)}" for key, value in content[name].items())
        lines.append(f'"{name}": {{\n{rows}\n}}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    """Write the file; tell how much is in it."""
    content = build(Path(sys.argv[1]))
    (FOLDER / "units.json").write_text(written(content), "utf-8")
    wards = sum(map(len, content["wards"].values()))
    former = sum(len(names) for districts in content["former"].values() for names in districts.values())
    sys.stdout.write(f"{len(content['provinces'])} provinces, {wards} wards, {former} former wards\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
