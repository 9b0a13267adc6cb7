"""Who helps a person pay a month: the State, her province, a part of it, sponsors; each on its own line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from calculators import support
from calculators.contribution import check_income, maximum_income, minimum_income, monthly
from calculators.dated import Dated
from calculators.fields import Code, Count, Groups, Money, Name
from calculators.law import Law
from calculators.money import dong
from calculators.plain import AtMost
from calculators.support import Entitlement
from calculators.texts import DECREE_159
from calculators.trail import Line, Source, Trust, What, line
from calculators.vocabulary import Group


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Somebody who gives so much a month (VND) for a person: a fund, an employer, a child."""

    name: Name
    amount: Money


@dataclass(frozen=True, slots=True)
class Helped:
    """What decides who helps: groups (none is OTHER), province, months supported before, sponsors.

    `territory` is a part of the province whose own resolution goes on.
    """

    groups: Groups = ()
    province: Code | None = None
    territory: Name | None = None
    used_months: Count = 0
    sponsors: Annotated[tuple[Sponsor, ...], AtMost(5)] = ()

    def entitlement(self, *, on: date, law: Law) -> Entitlement:
        """Return who helps on a day: of several groups the best one. Decree 159/2025/NĐ-CP art. 5.

        Raises NoValueYet, UnknownProvince, UnknownTerritory.
        """
        best = support.best(self.groups, on=on, law=law)
        helped = Entitlement(
            best,
            self.province,
            self.used_months,
            self.territory,
            sum(sponsor.amount for sponsor in self.sponsors),
            tuple(group for group in self.groups if group is not best),
        )
        support.local_rates(helped, on=on, law=law)
        return helped


NOBODY = Helped()
"""Whoever belongs to no group, in no province that is known: the State alone helps."""


class Giver(StrEnum):
    """Where a share comes from."""

    STATE = "state"
    PROVINCE = "province"
    TERRITORY = "territory"
    SPONSOR = "sponsor"


@dataclass(frozen=True, slots=True)
class Share:
    """What one giver adds to a month (VND): what is offered, and what is given once others came before.

    `rate_percent` is of the contribution at the rural poverty line, None for a sponsor.
    """

    giver: Giver
    name: str | None
    rate_percent: Decimal | None
    offered: int
    given: int
    source: Source
    trust: Trust


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """Who is helped on a day. Without an `income` (VND a month) it is the lowest there is."""

    on: date
    helped: Helped = NOBODY
    income: Money | None = None


@dataclass(frozen=True, slots=True)
class SupportAnswer:
    """A month of the contribution split by who bears it (VND), and how long the State helps.

    `base` is the contribution at the rural poverty line, which every rate is a share of. `local_known` is
    false where a province was given and no rate of it is known well enough: it may still add.
    """

    group: Group
    base: int
    income: int
    gross: int
    shares: tuple[Share, ...]
    to_pay: int
    months_left: int
    local_known: bool
    trail: tuple[Line, ...]


def support_of(request: SupportRequest, law: Law) -> SupportAnswer:
    """Return who pays what of a month.

    Law 41/2024/QH15 art. 6, 36; Decree 159/2025/NĐ-CP art. 5; Decree 134/2015/NĐ-CP art. 14 from 2018 on.
    Raises BelowFloor, AboveCeiling, OffStep, UnknownProvince, UnknownTerritory, NoValueYet.
    """
    on = request.on
    helped = request.helped.entitlement(on=on, law=law)
    income = int(minimum_income(on=on, law=law).value) if request.income is None else request.income
    check_income(income, on=on, law=law)
    left = support.months_left(helped.used, on=on, law=law)
    month = monthly(income, helped, supported=left > 0, on=on, law=law)
    shares = tuple(shares_of(request.helped, month.gross, supported=left > 0, on=on, law=law))
    return SupportAnswer(
        helped.group,
        dong(support.base(on=on, law=law)),
        income,
        month.gross,
        shares,
        month.to_pay,
        left,
        helped.province is None or bool(support.local_rates(helped, on=on, law=law)),
        tuple(_trail(shares, month.gross, month.to_pay, left, on=on, law=law)),
    )


def shares_of(asked: Helped, gross: int, *, supported: bool, on: date, law: Law) -> Iterator[Share]:
    """Yield what each giver adds to a month of `gross` (VND), in the order in which they are counted.

    Nobody gives more than is left to pay. Raises UnknownProvince, UnknownTerritory, NoValueYet. Law
    41/2024/QH15 art. 6; Decree 159/2025/NĐ-CP art. 5.
    """
    helped, rest = asked.entitlement(on=on, law=law), gross
    name = {Giver.STATE: None, Giver.PROVINCE: helped.province, Giver.TERRITORY: helped.territory}
    for giver, rate in _rates(helped, supported=supported, on=on, law=law):
        offered = dong(rate.value * support.base(on=on, law=law))
        given, percent = min(rest, offered), (rate.value * 100).normalize()
        rest -= given
        yield Share(giver, name[giver], percent, offered, given, rate.source, rate.trust)
    for sponsor in asked.sponsors:
        given = min(rest, sponsor.amount)
        rest -= given
        yield Share(
            Giver.SPONSOR, sponsor.name, None, sponsor.amount, given, DECREE_159("5.1"), Trust.OFFICIAL
        )


def _rates(
    helped: Entitlement, *, supported: bool, on: date, law: Law
) -> Iterator[tuple[Giver, Dated[Decimal]]]:
    """Yield the public rates of a month with their givers, the State's first."""
    if supported:
        yield Giver.STATE, law.number(support.central_key(helped.group)).on(on)
    if supported or support.local_goes_on(on=on, law=law):
        province = f"local_support.{helped.province}."
        for rate in support.local_rates(helped, on=on, law=law):
            whole = rate.key.removeprefix(province) in tuple(Group)
            yield Giver.PROVINCE if whole else Giver.TERRITORY, rate


_WHAT = {
    Giver.STATE: What.CENTRAL_SUPPORT,
    Giver.PROVINCE: What.LOCAL_SUPPORT,
    Giver.TERRITORY: What.LOCAL_SUPPORT,
    Giver.SPONSOR: What.SPONSOR_SUPPORT,
}


def _trail(
    shares: tuple[Share, ...], gross: int, to_pay: int, left: int, *, on: date, law: Law
) -> Iterator[Line]:
    rate, poverty = (law.number(key).on(on) for key in ("contribution_rate", "rural_poverty_line"))
    yield line(What.INCOME_FLOOR, int(poverty.value), "VND", poverty, on=on)
    level = law.number("reference_level").on(on)
    yield line(What.INCOME_CEILING, maximum_income(on=on, law=law), "VND", level, on=on)
    yield line(What.GROSS, gross, "VND", rate, on=on)
    for share in shares:
        base = () if share.giver is Giver.SPONSOR else (poverty,)
        yield line(_WHAT[share.giver], share.given, "VND", share, *base, on=on)
    yield line(What.SUPPORT_MONTHS_LEFT, left, "months", law.number("central_support_months").on(on), on=on)
    open_ = law.number("local_support_after_central").on(on)
    yield line(What.LOCAL_AFTER_CENTRAL, int(open_.value), "flag", open_, on=on)
    yield line(What.TO_PAY, to_pay, "VND", rate, poverty, *shares, on=on)
