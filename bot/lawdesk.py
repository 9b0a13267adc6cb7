"""The law on the command line: every parameter in force."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TextIO

from bot.clock import LOCAL
from calculators.comparison import Amount, Felt, Moved, felt, moved
from calculators.holidays import Holidays
from calculators.law import InForce, Law
from calculators.upkeep import stale
from calculators.vocabulary import Group, Unit
from handlers.formatting import day as written_day
from handlers.formatting import money

_YEAR = re.compile(r"\.\d{4}$", re.ASCII)
_GROUPS = {
    Group.POOR: "poor households",
    Group.ISLAND: "residents of islands and special zones",
    Group.NEAR_POOR: "near-poor households",
    Group.ETHNIC_MINORITY: "ethnic minorities",
    Group.OTHER: "everybody else",
}
_AMOUNTS = {
    Amount.LOWEST_INCOME: "lowest income to declare",
    Amount.HIGHEST_INCOME: "highest income to declare",
    Amount.LOWEST_CONTRIBUTION: "minimum contribution",
    Amount.HIGHEST_CONTRIBUTION: "maximum contribution",
    Amount.OWNER_PAYS: "least a compulsory owner pays",
    Amount.FUNERAL: "funeral allowance",
    Amount.CENTRAL_SUPPORT: "the State adds",
    Amount.LOCAL_SUPPORT: "the province adds",
    Amount.PAYS_AT_LEAST: "pays at least",
    Amount.PART_TIME_WAGE: "compulsory from a wage of",
    Amount.SURVIVOR: "each draws",
    Amount.PENSION_FLOOR: "least pension",
    Amount.HEALTH_CARD: "card of the first member",
    Amount.PENSION_OF_A_MILLION: "each million becomes",
    Amount.MENS_AGE: "retirement age",
    Amount.WOMENS_AGE: "retirement age",
}
_PEOPLE = {
    Amount.OWNER_PAYS: "owners of household businesses",
    Amount.PART_TIME_WAGE: "part-time workers",
    Amount.FUNERAL: "families of the dead",
    Amount.SURVIVOR: "survivors of who paid 15 compulsory years",
    Amount.PENSION_FLOOR: "pensioners with 20 compulsory years, of the groups that have a least pension",
    Amount.HEALTH_CARD: "households that buy health cards",
    Amount.PENSION_OF_A_MILLION: "who drew a pension or an allowance before",
    Amount.MENS_AGE: "men who reach the age from then on",
    Amount.WOMENS_AGE: "women who reach the age from then on",
}
_AGES = (Amount.MENS_AGE, Amount.WOMENS_AGE)
_WAITING = {
    "fund_yield": "who pays years ahead or missing months at once: no price until the yield is published",
    "income_coefficient": "who claims a benefit from then on: no amount until the coefficients are published",
}


def _today() -> date:
    return datetime.now(LOCAL).date()


def print_law(on: date | None, out: TextIO) -> int:
    """Print every parameter in force on a day (today when None): value, unit, since, trust, source."""
    law = Law.load()
    for row in law.in_force(on or _today()):
        cited = row.source.document + (f" art. {row.source.article}" if row.source.article else "")
        value = f"{row.value!s:>14} {row.unit.value:7}"
        out.write(f"{row.key:34} {value} since {row.since} {row.trust.value:9} {cited}\n")
    return 0


def print_stale(on: date | None, out: TextIO) -> int:
    """Print the rows compared with their source over a year before a day (today when None); 1 if any is."""
    day = on or _today()
    rows = stale(Law.load(), Holidays.load(), on=day)
    for row in rows:
        since = f"since {row.since}" if row.since else ""
        out.write(f"{row.key:34} {since:16} checked {row.checked}  {row.document}\n")
    out.write(f"{len(rows)} rows were compared with their source over a year before {day}\n")
    return 1 if rows else 0


def print_changes(before: date, on: date | None, out: TextIO) -> int:
    """Print what differs between two days (the later today when None): each number, then whom it touches."""
    law, after = Law.load(), on or _today()
    out.write(f"from {written_day(before)} to {written_day(after)}\n\nwhat changes\n")
    changes = moved(law, before, after)
    out.writelines(dict.fromkeys(_said(change) for change in changes))
    out.write("\nwhom it touches\n")
    ended = dict.fromkeys(_YEAR.sub("", change.key) for change in changes if change.after is None)
    out.writelines(f"  {_WAITING[key]}\n" for key in ended if key in _WAITING)
    out.writelines(
        f"  {_whom(amount, law)}: {_AMOUNTS[amount.what]} {_pair(amount)}\n"
        for amount in felt(law, before, after)
    )
    return 0


def _said(change: Moved) -> str:
    """Word a number that moved. A table that ends has one line: no year of it has a value any more."""
    row = change.after
    if row is None:
        return f"  {_YEAR.sub('', change.key):34} has no value from then on\n"
    values = f"{_number(change.before)} → {_number(row)}"
    return f"  {change.key:34} {values:32} {row.trust.value:9} {row.source.document}\n"


def _number(row: InForce | None) -> str:
    if row is None:
        return "no value"
    if row.unit is Unit.VND:
        return money(int(row.value))
    return f"{row.value} {row.unit}" if row.unit.whole and row.unit is not Unit.FLAG else str(row.value)


def _pair(amount: Felt) -> str:
    say = _age if amount.what in _AGES else money
    return " → ".join("unknown" if each is None else say(each) for each in (amount.before, amount.after))


def _age(months: int) -> str:
    return f"{months // 12} years {months % 12} months"


def _whom(amount: Felt, law: Law) -> str:
    whose = amount.whose
    if whose.group is None:
        return _PEOPLE.get(amount.what, "everybody")
    place = f" in {law.province(whose.province).name}" if whose.province else ""
    return _GROUPS[whose.group] + place
