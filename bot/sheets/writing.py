"""Plans to files: an XLSX workbook or three CSV files, everything as text, no formula anywhere."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import xlsxwriter

from bot.sheets import cells
from bot.sheets.layout import TABLES, Layout
from bot.sheets.plan import Plan
from calculators.territory import Territory

_WIDTHS = (14, 34)  # of the narrow and the wide columns, in characters
_NARROW = frozenset(("code", "share", "phone", "point", "per_day", "active_from", "active_until"))


def rows_of(plan: Plan, table: str, layout: Layout, territory: Territory) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a table as texts by column."""
    if table == "organisations":
        for name, share in plan.organisations.items():
            yield {"name": name, "share": str(share)}
    elif table == "points":
        for point in plan.points.values():
            ward = territory.ward(point.ward)
            yield {
                "code": point.code,
                "name": point.name,
                "organisation": point.organisation,
                "province": territory.province_name(ward.province) if ward else "",
                "ward": ward.name if ward else point.ward,
            }
    else:
        for one in plan.staff.values():
            yield {
                "code": one.code,
                "name": one.name,
                "phone": "0" + one.phone.removeprefix("+84"),
                "point": one.point,
                "heads_point": layout.yes_no(yes=one.heads_point),
                "wards": "; ".join(_ward_name(code, plan, one.point, territory) for code in one.wards),
                "hours": cells.written_hours(one.hours, layout),
                "days_off": "; ".join(
                    cells.as_day(first) if first == last else f"{cells.as_day(first)} - {cells.as_day(last)}"
                    for first, last in one.days_off or ()
                ),
                "per_day": str(one.per_day),
                "languages": ", ".join(layout.languages[each] for each in one.languages),
                "active_from": cells.as_day(one.active_from),
                "active_until": cells.as_day(one.active_until),
            }


def _ward_name(code: str, plan: Plan, point: str, territory: Territory) -> str:
    """The name of a ward, or its code where its name would be looked for in another province."""
    ward, home = territory.ward(code), territory.ward(plan.points[point].ward)
    return ward.name if ward and home and ward.province == home.province else code


def write_workbook(file: Path, plan: Plan, layout: Layout, territory: Territory) -> None:
    """Write a workbook; phones are text, so that their zeros stay."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), {**options, "strings_to_numbers": False}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        for table in TABLES:
            sheet = book.add_worksheet(layout.sheet(table))
            sheet.freeze_panes(1, 0)
            columns = layout.columns(table)
            for place, (key, heading) in enumerate(columns.items()):
                sheet.set_column(place, place, _WIDTHS[key not in _NARROW], text)
                sheet.write_string(0, place, heading, bold)
            for number, row in enumerate(rows_of(plan, table, layout, territory), start=1):
                for place, key in enumerate(columns):
                    sheet.write_string(number, place, row[key], text)


def write_csv(file: Path, plan: Plan, layout: Layout, territory: Territory) -> list[Path]:
    """Write three CSV files beside `file`, one a table; return them. A cell like a formula is guarded."""
    written = []
    for number, table in enumerate(TABLES, start=1):
        path = file.with_name(f"{file.stem}-{number}.csv")
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            columns = layout.columns(table)
            writer.writerow(columns.values())
            for row in rows_of(plan, table, layout, territory):
                writer.writerow([cells.guarded(row[key]) for key in columns])
        written.append(path)
    return written
