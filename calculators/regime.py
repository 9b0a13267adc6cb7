"""Which law settles a benefit: the one in force on its day, whichever the months were paid under."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from calculators.errors import NoValueYet
from calculators.texts import LAW_2014, LAW_2024, Text


class Regime(StrEnum):
    """The law a benefit is settled by."""

    LAW_2014 = "law_2014"
    LAW_2024 = "law_2024"


_LAWS = {Regime.LAW_2014: LAW_2014, Regime.LAW_2024: LAW_2024}


def regime(on: date) -> Regime:
    """Return the law in force on a day: Law 58/2014/QH13 from 2016, Law 41/2024/QH15 from 1/7/2025.

    Months paid under the first count under the second: Decree 159/2025/NĐ-CP art. 16.1; who met the
    conditions and draws a benefit by the first keeps it, art. 16.2 and 16.4. Raises NoValueYet before 2016.
    """
    for law in reversed(Regime):
        if (since := _LAWS[law].since) is not None and on >= since:
            return law
    raise NoValueYet(f"no law of social insurance is known here on {on}; the first is of {LAW_2014.since}")


def text_of(law: Regime) -> Text:
    """Return the text of a regime, to cite its articles.

    Law 41/2024/QH15 since 1/7/2025, Law 58/2014/QH13 before it. Raises nothing.
    """
    return _LAWS[law]
