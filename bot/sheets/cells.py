"""Cells to values: phones, dates, weekly hours, wards. Each raises Bad with the code of what is wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, time
from functools import cache
from itertools import pairwise

from bot.sheets.layout import Layout
from bot.sheets.unread import UNCALCULATED, is_error
from calculators.errors import UnknownProvince
from calculators.territory import Territory
from handlers.reading import Candidate, Unclear, phones
from handlers.reading.fold import clean, fold
from handlers.reading.languages import COMMON, language_code
from handlers.reading.places import ward as read_ward

Hours = tuple[tuple[int, int, int], ...]
Days = tuple[date, date]

_CODE = re.compile(r"[A-Z0-9][A-Z0-9\-]{1,11}")
_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_TIMES = re.compile(r"(\d{1,2})(?:[:h.](\d{2})|h)?\s*[-–]\s*(\d{1,2})(?:[:h.](\d{2})|h)?")
_DAYS_AND_TIMES = re.compile(r"([a-z]\w*(?:\s*[-–,]\s*[a-z]\w*)*)\s+(\d.*)")
_DEMO_PHONE = re.compile(r"000\d{8}")  # of the demo network: nobody has such a number
_PARTS = re.compile(r"[;\n]")
_RUN_FROM = r"(^|[;,\t\r\n])(\s*)"  # where a cell begins, also for who reads the file with other commas
_RUNS = re.compile(_RUN_FROM + r"'*[=+\-@＝＋－＠]")  # what a spreadsheet reads a formula from
_UNGUARDED = re.compile(_RUN_FROM + r"(?=[=+\-@＝＋－＠])|^(?=[\t\r'])|^(?=0\d+$)")
_UNIT = re.compile(r"^(phường|xã|đặc khu) ")


class Bad(Exception):
    """A cell cannot be taken; `code` and `facts` word it."""

    def __init__(self, code: str, **facts: object) -> None:
        """`code` is a key of [problems] in templates/sheets/network.toml."""
        super().__init__(code)
        self.code, self.facts = code, facts


def with_value(value: str) -> str:
    """Return a cell's text, unless it is an error, or a formula without a result."""
    if value == UNCALCULATED:
        raise Bad("not_calculated")
    if is_error(value):
        raise Bad("error", value=value)
    return value


def text(value: str, most: int) -> str:
    """Return a text that must be there."""
    if not value:
        raise Bad("empty")
    if len(value) > most:
        raise Bad("too_long", most=most)
    return value


def name(value: str, most: int) -> str:
    """Return a name: a text no spreadsheet would run as a formula when it is written out again."""
    found = text(value, most)
    if _RUNS.search(found):
        raise Bad("formula", value=value)
    return found


def guarded(value: str) -> str:
    """Return a cell no spreadsheet takes for a formula, or for a number that begins with zero."""
    return _UNGUARDED.sub(lambda place: f"{place[0]}'", value)


def code(value: str) -> str:
    """Return a code: capital letters, digits and hyphens."""
    found = text(value, 40).upper()
    if not _CODE.fullmatch(found):
        raise Bad("not_a_code", value=value)
    return found


def number(value: str, least: int, most: int, default: int) -> int:
    """Return a whole number within bounds; the default for an empty cell."""
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise Bad("not_a_number", value=value, least=least, most=most)
    return int(value)


def phone(value: str) -> str:
    """Return a phone number as E.164; a zero that a spreadsheet lost is put back."""
    digits = text(value, 40)
    if _DEMO_PHONE.fullmatch(digits):
        return "+84" + digits[1:]
    try:
        return phones.phone(digits, date(2026, 1, 1))
    except Unclear:
        raise Bad("not_a_phone", value=value) from None


def day(value: str) -> date:
    """Return a day: 31/12/2026, or as ISO writes it."""
    match = _DATE.fullmatch(value)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(value)
    except ValueError:
        raise Bad("not_a_date", value=value) from None


def days_off(value: str, layout: Layout) -> tuple[Days, ...]:
    """Return days and stretches of days: 24/12/2026; 28/12/2026 - 02/01/2027.

    None of them for a word such as "không", and for an empty cell.
    """
    if fold(value).strip(" .") in map(fold, layout.none):
        return ()
    found = []
    for part in filter(None, map(str.strip, re.split(r"[;,\n]", value))):
        ends = [day(one.strip()) for one in re.split(r"\s*[-–]\s*(?=\d{1,2}/)", part)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise Bad("dates_turned")
        found.append((ends[0], ends[-1]))
    if value and not found:
        raise Bad("not_a_date", value=value)
    return tuple(sorted(set(found)))


def hours(value: str, layout: Layout) -> Hours:
    """Return weekly hours: T2-T6 08:00-11:30, 13:30-17:00; T7 08:00-11:00."""
    lines: set[tuple[int, int, int]] = set()
    for part in filter(None, map(str.strip, _PARTS.split(text(value, 500)))):
        match = _DAYS_AND_TIMES.fullmatch(fold(part))
        if not match:
            raise Bad("not_hours", value=value)
        for weekday in _weekdays(match[1], layout, value):
            lines |= {(weekday, *span) for span in _spans(match[2], value)}
    found = tuple(sorted(lines))
    if any(a[0] == b[0] and a[2] > b[1] for a, b in pairwise(found)):
        raise Bad("overlapping")
    return found


def _weekdays(days: str, layout: Layout, value: str) -> list[int]:
    names = [fold(name) for name in layout.weekdays]
    found: list[int] = []
    for piece in days.replace("–", "-").split(","):
        first, _, last = (name.strip() for name in piece.partition("-"))
        if first not in names or (last and last not in names):
            raise Bad("not_hours", value=value)
        start = names.index(first)
        end = names.index(last) if last else start
        if end < start:
            raise Bad("not_hours", value=value)
        found += range(start, end + 1)
    return found


def _spans(times: str, value: str) -> list[tuple[int, int]]:
    spans = []
    for piece in filter(None, map(str.strip, times.split(","))):
        match = _TIMES.fullmatch(piece)
        if not match:
            raise Bad("not_hours", value=value)
        opens, closes = (int(h) * 60 + int(m or 0) for h, m in (match.group(1, 2), match.group(3, 4)))
        if not 0 <= opens < closes < 1440 or any(int(m or 0) > 59 for m in match.group(2, 4)):
            raise Bad("not_hours", value=value)
        spans.append((opens, closes))
    if not spans:
        raise Bad("not_hours", value=value)
    return spans


def written_hours(lines: Hours, layout: Layout) -> str:
    """Return weekly hours as `hours` reads them, days with the same hours together."""
    spans: dict[int, list[str]] = defaultdict(list)
    for weekday, opens, closes in sorted(lines):
        spans[weekday].append(f"{time(*divmod(opens, 60)):%H:%M}-{time(*divmod(closes, 60)):%H:%M}")
    days: dict[str, list[int]] = defaultdict(list)
    for weekday, times in spans.items():
        days[", ".join(times)].append(weekday)
    return "; ".join(f"{_written_days(some, layout)} {times}" for times, some in days.items())


def _written_days(some: list[int], layout: Layout) -> str:
    if len(some) > 2 and some == list(range(some[0], some[-1] + 1)):
        return f"{layout.weekdays[some[0]]}-{layout.weekdays[some[-1]]}"
    return ",".join(layout.weekdays[day] for day in some)


def languages(value: str, layout: Layout) -> list[str]:
    """Return languages by their codes; Vietnamese is always one."""
    found = [COMMON]
    for name in filter(None, map(str.strip, re.split(r"[;,\n]", value))):
        key = language_code(name)
        if key is None:
            raise Bad("no_language", value=name, known=", ".join(layout.languages.values()))
        found.append(key)
    return list(dict.fromkeys(found))


def yes_no(value: str, layout: Layout) -> bool:
    """Return a yes or no; an empty cell is a no."""
    words = {fold(layout.yes_no(yes=True)): True, "x": True, fold(layout.yes_no(yes=False)): False, "": False}
    if fold(value) not in words:
        raise Bad("not_yes_no", value=value)
    return words[fold(value)]


def province(value: str, home: str, territory: Territory) -> str:
    """Return a province's code by its code or name; the home province for an empty cell."""
    if not value:
        return home
    if value.zfill(2) in territory.provinces:
        return value.zfill(2)
    wanted = re.sub(r"^(tinh|thanh pho|tp\.?) ", "", fold(value))
    for one in territory.provinces:
        if re.sub(r"^(tinh|thanh pho) ", "", fold(territory.province_name(one))) == wanted:
            return one
    raise Bad("no_province", value=value)


def ward(value: str, of: str, territory: Territory) -> str:
    """Return a ward's code by its code, or by its name in a province as people give it.

    Without its kind, without marks, or the name of before; what it may mean is named where that is not clear.
    """
    if value.isdecimal() and (found := territory.ward(value.zfill(5))) is not None:
        return found.code
    try:
        where = territory.province_name(of)
    except UnknownProvince:
        raise Bad("no_province", value=of) from None
    exact = _names(of, territory).get(clean(value).lower(), ())
    if len(exact) == 1:
        return exact[0]
    try:
        return read_ward(of)(value, date.min)
    except Unclear as unclear:
        if not unclear.candidates:
            raise Bad("no_ward", value=value, province=where) from None
        known = "; ".join(map(_candidate, unclear.candidates))
        raise Bad("which_ward", value=value, province=where, known=known) from None


def _candidate(ward: Candidate) -> str:
    """A ward a cell may mean, with its code and what it was before where that tells it apart."""
    was = ", ".join(str(ward.facts[key]) for key in ("old", "old_district") if ward.facts.get(key))
    return f"{ward.facts['name']} ({f'{was} trước đây, ' if was else ''}mã {ward.raw})"


@cache
def _names(of: str, territory: Territory) -> dict[str, tuple[str, ...]]:
    """The names of a province's wards with all their marks, and the same without their kind → codes.

    Today's name as it is written means today's ward, whatever else was called so before.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for one in territory.wards(of):
        name = one.name.lower()
        for form in {name, _UNIT.sub("", name)}:
            found[form].append(one.code)
    return {name: tuple(codes) for name, codes in found.items()}


def as_day(moment: date | datetime | None) -> str:
    """Return a day as people write it; empty for none."""
    return f"{moment:%d/%m/%Y}" if moment else ""
