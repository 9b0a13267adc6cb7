"""The one formatter: how amounts, dates and periods look to a person, in each language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from calculators.months import Month, PartialDate
from calculators.trail import Line

_NBSP = "\u00a0"  # keeps an amount and its đ on one line
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_UNITS = {"vi": ("{} năm", "{} tháng"), "en": ("{} year{s}", "{} month{s}")}


def money(amount: int) -> str:
    """Return whole đồng as `1.234.567 đ` (the space does not break)."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError("money is whole đồng: an int")
    return f"{amount:,}".replace(",", ".") + f"{_NBSP}đ"


def day(when: date) -> str:
    """Return `dd/mm/yyyy`."""
    return f"{when:%d/%m/%Y}"


def month(when: Month | date | str) -> str:
    """Return the month without a leading zero: `6/2043`; text is read as YYYY-MM."""
    when = Month.parse(when) if isinstance(when, str) else when
    return f"{when.month}/{when.year}"


def born(when: PartialDate) -> str:
    """Return as much of a birth date as is known: `05/03/1980`, `3/1980` or `1980`."""
    if when.day:
        return day(when.counted)
    return f"{when.month}/{when.year}" if when.month else str(when.year)


def number(language: str) -> Callable[[Decimal | int], str]:
    """Return the writer of plain numbers: `20,5` in Vietnamese, `20.5` in English."""

    def write(value: Decimal | int) -> str:
        plain = f"{Decimal(value).normalize():f}"
        return plain.replace(".", ",") if language == "vi" else plain

    return write


def period(language: str) -> Callable[[int], str]:
    """Return the writer of periods in months: `15 năm 6 tháng`, `8 tháng`."""
    years_form, months_form = _UNITS[language]

    def write(months: int) -> str:
        parts = [(months // 12, years_form), (months % 12, months_form)]
        words = [form.format(n, s="" if n == 1 else "s") for n, form in parts if n]
        return " ".join(words) or months_form.format(0, s="s")

    return write


def figure(language: str) -> Callable[[Line], str]:
    """Return the writer of one line's value with its unit."""
    plain, months_form = number(language), period(language)

    def write(line: Line) -> str:
        if isinstance(line.value, Month):
            return month(line.value)
        if isinstance(line.value, date):
            return day(line.value)
        if line.unit == "VND":
            return money(int(line.value))
        if line.unit == "months":
            return months_form(int(line.value))
        if line.unit == "percent":
            return f"{plain(line.value)}%"
        return plain(line.value)

    return write


def moment(language: str) -> Callable[[str], str]:
    """Return the writer of a local ISO date and time: `11:00 Thứ Năm, 26/11/2026`."""
    comma = ", "

    def write(text: str) -> str:
        at = datetime.fromisoformat(text)
        return f"{at:%H:%M} {_WEEKDAYS[language][at.weekday()]}{comma}{at:%d/%m/%Y}"

    return write


def capital(text: str) -> str:
    """Return the text with its first letter capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """Return the filters templates use."""
    return {
        "money": money,
        "day": day,
        "month": month,
        "born": born,
        "number": number(language),
        "period": period(language),
        "moment": moment(language),
        "figure": figure(language),
        "capital": capital,
    }
