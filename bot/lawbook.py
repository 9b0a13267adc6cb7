"""The law book: every parameter and rule with its source and what is not verified, for officers to sign."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc, getmembers, isfunction, signature
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import calculators
from calculators.dated import Dated, Province
from calculators.errors import LawError
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.trail import Source, Trust
from calculators.vocabulary import PARAMETERS, Group, Unit
from handlers.formatting import day, filters, money

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "templates" / "law"
BOOK = ROOT / "docs" / "law.md"
TRUST = {
    Trust.OFFICIAL: "văn bản chính thức",
    Trust.SECONDARY: "nguồn thứ cấp, chờ xác nhận",
    Trust.PRACTICE: "thực tế áp dụng, chờ xác nhận",
}
_KINDS = {
    "Law": "Luật", "Decree": "Nghị định", "Circular": "Thông tư", "Labour Code": "Bộ luật Lao động",
    "Resolution": "Nghị quyết", "Decision": "Quyết định", "Letter": "Công văn",
}  # fmt: skip
_NO_TEXT = "không có văn bản; cách làm của phần mềm"
_ARTICLE = r"\d+(?:\.\d+)*(?:\.[a-zđ])?(?:-\d+(?:\.\d+)*)?"
_TEXT = re.compile(
    rf"({'|'.join(_KINDS)}) (\d+/[\w/.Đ-]*\w)(?: art\. ({_ARTICLE}(?:, {_ARTICLE})*))?", re.UNICODE
)
_A_YEAR = 1_000  # what counts years and is beyond it names one
_TWO_YEARS = 24  # months: longer periods are read in years


class LawBookError(LawError):
    """The law book lacks words; the message names the file and what to write there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated row as the book prints it; `name` is empty on the further rows of a parameter."""

    name: str
    key: str
    since: str
    value: str
    text: str
    trust: str
    checked: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its sentence, the texts its function names, and the function."""

    says: str
    texts: str
    function: str


def book(law: Law | None = None) -> str:
    """Return the law book in Markdown. Raises LawBookError for what has no words or words for nothing."""
    law = law or Law.load()
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown made of our own words
    )
    environment.filters |= filters("vi")
    return environment.get_template("book.md.j2").render(**_content(law))


def write_book(*, only_check: bool) -> int:
    """Write docs/law.md, or tell whether it is stale; return 1 if it is and nothing may be written."""
    made = book()
    if BOOK.exists() and BOOK.read_text("utf-8") == made:
        return 0
    if not only_check:
        BOOK.write_text(made, "utf-8")
    sys.stdout.write(f"docs/law.md {'is stale: run make law-book' if only_check else 'written'}\n")
    return int(only_check)


def _content(law: Law) -> dict[str, Any]:
    questions = _words("open.toml")
    rows = list(_rows(law))
    return {
        "sections": _sections(law),
        "coefficients": _coefficients(law),
        "provinces": [_province(each, questions) for each in law.provinces.values()],
        "holidays": [row for year in sorted(Holidays.load().rows.items()) for row in year[1]],
        "rules": _rules(),
        "questions": _questions(questions),
        "texts": _texts(rows),
        "trust": TRUST,
        "counts": {TRUST[trust]: sum(row.trust is trust for row in rows) for trust in Trust},
        "parameters": len(PARAMETERS),
    }


def _words(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / file).read_text("utf-8"))


def _rows(law: Law) -> Iterator[Dated[Any]]:
    """Yield every dated row of the law: numbers, tables, provinces."""
    for number in law.numbers.values():
        yield from number.rows
    for table in law.tables.values():
        yield from table.rows
    for province in law.provinces.values():
        for part in (province.support, *province.territories.values()):
            for rates in part.values():
                yield from rates.rows


def _sections(law: Law) -> list[dict[str, Any]]:
    """Return the parameters section by section, those without a name last; LawBookError for one unknown."""
    sections = _words("parameters.toml")["section"]
    named = [key for section in sections for key in section["names"]]
    unnamed = _unnamed(PARAMETERS, named, "templates/law/parameters.toml", "parameter")
    if unnamed:
        sections.append({"title": "Chưa đặt tên", "touches": "chưa rõ", "names": dict.fromkeys(unnamed, "")})
    return [
        {
            "title": section["title"],
            "touches": section["touches"],
            "entries": [
                entry
                for key, name in section["names"].items()
                if key in law.numbers
                for entry in _entries(name, law.number(key).rows)
            ],
        }
        for section in sections
    ]


def _unnamed(known: Iterable[str], named: Iterable[str], file: str, what: str) -> list[str]:
    """Return what nobody has put into words yet; raise LawBookError for words about nothing."""
    strange = sorted(set(named) - set(known))
    if strange:
        raise LawBookError(f"{file}: no {what} is called {', '.join(strange)}; take it out")
    return sorted(set(known) - set(named))


def _entries(name: str, rows: Iterable[Dated[Any]]) -> Iterator[Entry]:
    for place, row in enumerate(rows):
        yield Entry(
            "" if place else name,
            "" if place else row.key,
            day(row.since),
            _value(row.value, row.unit),
            _text(row.source),
            TRUST[row.trust],
            day(row.checked),
        )


_UNITS = {
    Unit.MONTHS: "tháng", Unit.YEARS: "năm", Unit.HOURS: "giờ", Unit.FACTOR: "lần",
}  # fmt: skip
_MORE_UNITS = {"days": "ngày", "weeks": "tuần", "people": "người"}


def _value(value: Any, unit: Unit) -> str:  # noqa: ANN401 - the value of any row
    """Write a value with its unit as officers do."""
    plain = filters("vi")["number"]
    if unit is Unit.VND:
        return money(int(value))
    if unit is Unit.FLAG:
        return "có" if value else "không"
    if unit is Unit.RATIO:
        return f"{plain(round_ratio(value * 100))}%"
    if unit is Unit.YEARS and value > _A_YEAR:
        return str(plain(value))
    written = f"{plain(value)} {_UNITS.get(unit) or _MORE_UNITS.get(unit.value, unit.value)}"
    if unit is Unit.MONTHS and value > _TWO_YEARS:
        return f"{written} ({filters('vi')['period'](int(value))})"
    return written


def round_ratio(value: Any) -> Any:  # noqa: ANN401 - a Decimal
    """Return a percentage with at most six places: a yield divided by twelve has no end."""
    return value.quantize(value.__class__("0.000001")) if -value.as_tuple().exponent > 6 else value


def _text(source: Source) -> str:
    article = f" điều {source.article}" if source.article else ""
    return f"{source.document}{article}".replace("|", "/")


def _coefficients(law: Law) -> dict[str, Any]:
    """Return the coefficient tables side by side, one column for each year of settling."""
    rows = [row for table in law.tables.values() for row in table.rows]
    years = sorted({year for row in rows for year in row.value})
    number = filters("vi")["number"]
    return {
        "heads": [str(row.since.year) for row in rows],
        "texts": [
            f"{row.since.year}: {_text(row.source)}; {TRUST[row.trust]}; đối chiếu {day(row.checked)}"
            for row in rows
        ],
        "lines": [
            (year, [number(row.value[year]) if year in row.value else "" for row in rows]) for year in years
        ],
    }


def _province(province: Province, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return a province with the rates it adds, itself and each of its territories, row by row."""
    parts = [("", province.support), *province.territories.items()]
    days = [
        (place, since, dict(_on(support, since)))
        for place, support in parts
        for since in sorted({row.since for rates in support.values() for row in rates.rows})
    ]
    return {
        "code": province.code,
        "name": province.name,
        "status": words["statuses"][province.status],
        "checked": day(province.checked),
        "note": words["provinces"].get(province.code, ""),
        "rates": [
            {
                "place": place,
                "since": day(since),
                "by_group": [
                    _value(rows[group].value, Unit.RATIO) if group in rows and rows[group].value else ""
                    for group in Group
                ],
                "text": _text(next(iter(rows.values())).source),
            }
            for place, since, rows in days
        ],
    }


def _on(support: Mapping[Group, Any], since: Any) -> Iterator[tuple[Group, Dated[Any]]]:  # noqa: ANN401
    for group, rates in support.items():
        for row in rates.rows:
            if row.since == since:
                yield group, row


def _rules() -> list[dict[str, Any]]:
    """Return the rules section by section, those without a sentence last; LawBookError for one unknown."""
    words, known = _words("rules.toml"), dict(_asking_the_law())
    sections = words["section"]
    told = [name for section in sections for name in section["rules"]]
    file, what = "templates/law/rules.toml", "function that asks the law"
    if unnamed := _unnamed(known, [*told, *words["plumbing"]], file, what):
        sections.append({"title": "Chưa có lời", "rules": dict.fromkeys(unnamed, "")})
    return [
        {
            "title": section["title"],
            "rules": [Rule(says, known[name], name) for name, says in section["rules"].items()],
        }
        for section in sections
    ]


def _asking_the_law() -> Iterator[tuple[str, str]]:
    """Yield every public function of calculators/ that is given the law, with the texts it names."""
    for found in iter_modules(calculators.__path__):
        module = import_module(f"calculators.{found.name}")
        for name, function in getmembers(module, isfunction):
            if function.__module__ == module.__name__ and "law" in signature(function).parameters:
                texts = cited(function.__doc__ or "") or cited(module.__doc__ or "") or _NO_TEXT
                if not name.startswith("_"):
                    yield f"{found.name}.{name}", texts


def cited(docstring: str) -> str:
    """Return the texts and articles that a docstring names, in Vietnamese, each text once."""
    found: dict[str, list[str]] = {}
    for kind, number, articles in _TEXT.findall(" ".join(cleandoc(docstring).split())):
        named = found.setdefault(f"{_KINDS[kind]} {number}", [])
        named += [article for article in articles.split(", ") if article and article not in named]
    return "; ".join(f"{text} điều {', '.join(named)}" if named else text for text, named in found.items())


def _questions(words: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for question in words["question"]:
        for key in question["parameters"]:
            if key not in PARAMETERS:
                raise LawBookError(f"templates/law/open.toml, {key}: no parameter is called so")
    return list(words["question"])


def _texts(rows: Iterable[Dated[Any]]) -> list[tuple[str, str, int]]:
    """Return every document with the day it was issued and how many rows rest on it, by name."""
    documents: dict[str, list[Source]] = {}
    for row in rows:
        documents.setdefault(row.source.document, []).append(row.source)
    return [
        (
            name.replace("|", "/"),
            next((day(each.issued) for each in sources if each.issued), ""),
            len(sources),
        )
        for name, sources in sorted(documents.items())
    ]
