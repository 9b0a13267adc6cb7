"""Topics of what is paid when somebody dies."""

from __future__ import annotations

from collections.abc import Mapping

from bot.examples.given import Given, as_number
from calculators.survivors import funeral, pensioner_death

Outputs = Mapping[str, object]


def _funeral(given: Given) -> Outputs:
    levels = [as_number(level, "reference_level") for level in given.items("reference_level")]
    paid = []
    for level in levels:
        known = given.supposing(reference_level=level)
        found = funeral(0, 0, pensioner=True, on=given.on, law=known.law)
        paid.append(found.amount if found else None)
    return {"amount": paid[0], "y2025": paid[0], "from_2026_07": paid[-1]}


def _pensioner_death(given: Given) -> Outputs:
    drawn, pension = given.whole("months_drawn"), given.whole("pension", default=0)
    found = pensioner_death(drawn, pension, on=given.on, law=given.law)
    return {"months_of_pension": found.times, "amount": found.amount}


TOPICS = {
    "funeral": _funeral,
    "pensioner_death_lump": _pensioner_death,
}
