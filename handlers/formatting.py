"""The one formatter: how amounts, dates and periods look to a person, in each language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from calculators.months import Month, PartialDate
from calculators.trail import Line, Op, Source, Term
from handlers.reading.languages import language_names

_NBSP = "\u00a0"  # keeps an amount and its đ on one line
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SIGNS = {
    Op.START: "", Op.PLUS: " + ", Op.MINUS: " − ", Op.TIMES: " × ", Op.OVER: " ÷ ",
}  # fmt: skip
_AT_MOST = {"vi": ", tối đa ", "en": ", at most "}
_NO_YES = {"vi": ("không", "có"), "en": ("no", "yes")}
_KINDS = tuple(f"{kind} " for kind in ("Tỉnh", "Thành phố", "Phường", "Xã", "Đặc khu", "Thị trấn", "Thị xã",
                                         "Huyện", "Quận"))  # fmt: skip
_UNITS = {"vi": ("{} năm", "{} tháng"), "en": ("{} year{s}", "{} month{s}")}


def money(amount: int) -> str:
    """Return whole đồng as `1.234.567 đ` (the space does not break)."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError("money is whole đồng: an int")
    return f"{amount:,}".replace(",", ".") + f"{_NBSP}đ"


def day(when: date) -> str:
    """Return `dd/mm/yyyy`."""
    return f"{when:%d/%m/%Y}"


def iso_day(text: str) -> str:
    """Return a day given as YYYY-MM-DD as people write it."""
    return day(date.fromisoformat(text))


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


def age(language: str) -> Callable[[int], str]:
    """Return the writer of ages in months: `61 tuổi 6 tháng`, `61 years 6 months`."""
    plain = period(language)

    def write(months: int) -> str:
        return plain(months).replace("năm", "tuổi", 1) if language == "vi" else plain(months)

    return write


def figure(language: str) -> Callable[[Line | Term], str]:
    """Return the writer of a value with its unit: of a line, or of a term that a line comes from."""
    plain, months_form = number(language), period(language)
    years_form = _UNITS[language][0]

    def write(line: Line | Term) -> str:
        if isinstance(line.value, Month):
            return month(line.value)
        if isinstance(line.value, date):
            return day(line.value)
        if line.unit == "VND":
            return money(int(line.value))
        if line.unit == "months":
            return months_form(int(line.value))
        if line.unit == "years":
            return years_form.format(plain(line.value), s="" if line.value == 1 else "s")
        if line.unit in ("percent", "ratio"):
            return f"{plain(line.value * 100 if line.unit == 'ratio' else line.value)}%"
        if line.unit == "flag":
            return _NO_YES[language][int(line.value)]
        return plain(line.value)

    return write


def sum_of(language: str) -> Callable[[Line], str]:
    """Return the writer of how a line comes about: `22% × 2.000.000 đ = `; empty where no terms are known."""
    written, signs = figure(language), {**_SIGNS, Op.AT_MOST: _AT_MOST[language]}

    def write(line: Line) -> str:
        if not line.how:
            return ""
        terms = "".join(f"{signs[term.op]}{_bare(term, written)}" for term in line.how)
        return f"{terms} {'=' if line.exact else '≈'} "

    return write


def _bare(term: Term, written: Callable[[Line | Term], str]) -> str:
    """A term as it stands in a sum: what is counted in years there is a plain number."""
    return written(Term(term.value, "factor") if term.unit == "years" else term)


def proofs(language: str) -> Callable[[Sequence[Line]], list[tuple[Line, str]]]:
    """Return the writer of what each line rests on: its first text, and those no line before it named.

    A text named before goes by its short name, `Luật 41`, unless another has that too.
    """
    written = cites(language)

    def write(lines: Sequence[Line]) -> list[tuple[Line, str]]:
        short = _short_names({source.document for line in lines for source in line.because})
        proven, named = [], set[Source]()
        for line in lines:
            shown = [source for place, source in enumerate(line.because) if not place or source not in named]
            known = {source.document for source in named}
            proven.append((line, written([
                Source(short[source.document], source.article) if source.document in known else source
                for source in shown
            ])))  # fmt: skip
            named |= set(line.because)
        return proven

    return write


def _short_names(documents: set[str]) -> dict[str, str]:
    """Return how each text may be called once it was named in full: `Nghị định 159`."""
    short = {name: name.partition("/")[0] for name in documents}
    return {name: name if list(short.values()).count(brief) > 1 else brief for name, brief in short.items()}


def cites(language: str) -> Callable[[Sequence[Source]], str]:
    """Return the writer of texts: each once with its articles, `Luật 41/2024/QH15 điều 36.1, 99`."""
    article = {"vi": "điều", "en": "art."}[language]

    def write(sources: Sequence[Source]) -> str:
        texts: dict[str, list[str]] = {}
        for source in sources:
            named = texts.setdefault(source.document, [])
            if source.article and source.article not in named:
                named.append(source.article)
        return "; ".join(
            f"{name} {article} {', '.join(articles)}" if articles else name
            for name, articles in texts.items()
        )

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


def inside(name: str) -> str:
    """Return the name of a place as it is written inside a sentence: "tỉnh Lạng Sơn", not "Tỉnh Lạng Sơn"."""
    return name[:1].lower() + name[1:] if name.startswith(_KINDS) else name


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """Return the filters templates use."""
    return {
        "money": money,
        "day": day,
        "iso_day": iso_day,
        "month": month,
        "born": born,
        "number": number(language),
        "period": period(language),
        "age": age(language),
        "moment": moment(language),
        "figure": figure(language),
        "sum_of": sum_of(language),
        "cites": cites(language),
        "proofs": proofs(language),
        "capital": capital,
        "inside": inside,
        "tongue": language_names(language).__getitem__,
    }
