"""Build the map of provinces and wards from the MIT-licensed package `vietnamadminunits` 1.0.4.

    python -m bot.maintenance.build_territory PATH_OF_THE_PACKAGE

The package is not a dependency: unpack its wheel anywhere. What it does not know yet (changes since its
release) is in OVERLAY below, with its source.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[2] / "calculators" / "parameters" / "territory" / "units.json"
SINCE = "2025-07-01"
OVERLAY = {
    # Resolution 30/2026/QH16: Đồng Nai is a centrally run city from 30 April 2026
    "75": [["2025-07-01", "Tỉnh Đồng Nai"], ["2026-04-30", "Thành phố Đồng Nai"]],
}
LICENCE = (
    "Data from vietnamadminunits 1.0.4, MIT License: see LICENSE-vietnamadminunits.txt beside this file."
)


def build(package: Path) -> dict[str, Any]:
    """Return the compact content of the file from the package's database and mapping."""
    with sqlite3.connect(package / "data" / "dataset.db") as database:
        new = database.execute(
            "select province, provinceCode, provinceKey, ward, wardCode, wardKey, wardLat, wardLon"
            " from admin_units"
        ).fetchall()
        old = database.execute(
            "select province, district, ward, provinceKey || '_' || districtKey || '_' || wardKey"
            " from admin_units_legacy where ward is not null"
        ).fetchall()
    mapping = json.loads((package / "data" / "converter_2025.json").read_text("utf-8"))
    codes = {(row[2], row[5]): row[4] for row in new}
    return {
        "licence": LICENCE,
        "since": SINCE,
        "provinces": {
            code: OVERLAY.get(code, [[SINCE, name]]) for name, code in sorted({(r[0], r[1]) for r in new})
        },
        "wards": sorted(
            [row[4], row[3], row[1], round(row[6] * 10_000), round(row[7] * 10_000)] for row in new
        ),
        "old": _old(old, mapping, codes),
    }


def _old(
    rows: list[tuple[str, str, str, str]], mapping: dict[str, Any], codes: dict[tuple[str, str], str]
) -> list[list[Any]]:
    """Return [ward, district, province, [codes of the new wards]] for every former ward."""
    became: dict[str, list[str]] = defaultdict(list)
    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, formers in wards.items():
            for former in formers:
                became[former].append(codes[province, ward])
    for province, formers in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for former, parts in formers.items():
            became[former] += [codes[province, part["newWardKey"]] for part in parts]
    named = [[ward, district, province, sorted(set(became[key]))] for province, district, ward, key in rows]
    return sorted(row for row in named if row[3])


def main() -> int:
    """Write the file; tell how much is in it."""
    content = build(Path(sys.argv[1]))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in content.items()
    ]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    sys.stdout.write(f"{len(content['wards'])} wards, {len(content['old'])} former wards\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
