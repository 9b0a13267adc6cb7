"""Topics of what is paid when somebody dies."""

from __future__ import annotations

from collections.abc import Mapping

from bot.examples.given import Given, as_number, exact
from bot.examples.pensions import AVERAGE
from calculators.money import dong
from calculators.survivors import funeral, insured_death, pensioner_death, survivor_pension

Outputs = Mapping[str, object]


def _funeral(given: Given) -> Outputs:
    """Who is entitled to what for a funeral, at one reference level or at each of several."""
    voluntary, compulsory = (given.whole(f"{kind}_months", default=0) for kind in ("voluntary", "compulsory"))
    pensioner = given.flag("pensioner") or not given.has("voluntary_months", "compulsory_months", "months")
    voluntary += given.count("months", default=0)
    levels = given.items("reference_level", "base") if given.has("reference_level", "base") else [None]
    amounts = []
    for level in levels:
        known = given if level is None else given.supposing(reference_level=as_number(level, "base"))
        found = funeral(voluntary, compulsory, pensioner=pensioner, on=given.on, law=known.law)
        amounts.append(found.amount if found else 0)
    return {
        "entitled": amounts[0] > 0, "amount": amounts[0], "amounts": amounts,
        # the family of whoever paid any month is paid once, entitled to a funeral or not
        "death_lump_sum": voluntary + compulsory > 0,
        "total_months": voluntary + compulsory,
        "y2025": amounts[0], "from_2026_07": amounts[-1],
    }  # fmt: skip


def _insured(given: Given) -> Outputs:
    served, average = given.served(), given.number(*AVERAGE, default=0)
    rate = given.law.number("contribution_rate").on(given.on).value
    paid = given.whole("paid", "paid_total", default=dong(served.months * average * rate))
    mixed = given.flag("mixed") or (given.has("compulsory_months") and given.has("voluntary_months"))
    found = insured_death(served, exact(average), mixed=mixed, on=given.on, law=given.law, paid=paid)
    years = {
        key: line.value
        for line in found.trail
        for key in (f"{line.what.value.removesuffix('_2014').removeprefix('years_')}",)
    }
    return {
        "years_before": years.get("before"), "years_after": years.get("from"),
        "months": found.times, "months_of_average": found.times, "amount": found.amount,
    }  # fmt: skip


def _pensioner(given: Given) -> Outputs:
    drawn, pension = given.count("months_drawn"), given.whole("pension", default=0)
    compulsory = given.flag("compulsory")
    found = pensioner_death(drawn, pension, compulsory=compulsory, on=given.on, law=given.law)
    return {"months_of_pension": found.times, "months": found.times, "amount": found.amount}


def _monthly(given: Given) -> Outputs:
    """The share of each survivor. An orphan, or who has nobody else, counts as left alone."""
    alone = given.flag("orphan") or given.flag("alone") or given.flag("no_carer")
    people = given.count("people", "survivors", default=1)
    deaths = given.count("deaths", "insured_deaths", default=1)
    months = given.count("compulsory_months", default=int(given.number("compulsory_years", default=15) * 12))
    found = survivor_pension(
        (alone,) * people, months, work_accident=given.flag("work_accident"), deaths=deaths,
        on=given.on, law=given.law,
    )  # fmt: skip
    share = found.people[0].share
    return {"rate_of_base": share, "rate": share, "amount": found.amount, "people": len(found.people)}


TOPICS = {
    "funeral": _funeral,
    "death_lump_sum": _insured,
    "pensioner_death_lump": _pensioner,
    "monthly_survivor_rate": _monthly,
}
