"""What she would pay and get: province, tier of support, an amount, a method, and the quote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple

from calculators.contribution import minimum_income, nearest_incomes
from calculators.law import Law
from calculators.money import dong
from calculators.months import PartialDate
from calculators.notices import Caution
from calculators.quote import BadRequest, Group, Method, Past, Quote, QuoteRequest, Scenario, Sex, What, quote
from calculators.trail import Line, Source
from handlers.booking import booking
from handlers.eligibility import SEX, birth_date, earlier_months, too_young
from handlers.flow import Ask, AskAgain, Case, Do, Outcome, Question
from handlers.formatting import money as written
from handlers.place import province_of, ward_in
from handlers.reading import Candidate, Unclear, money
from handlers.reading.choices import choose
from handlers.reading.fold import fold
from handlers.reading.groups import METHODS, TIERS, spot_tier, support_tier
from handlers.reading.passing import spot_method

SAVED = "saved_quote"  # the answer that holds a quote's code
GROUP_OF_TIER = MappingProxyType(
    {
        "tier_50": Group.POOR,
        "tier_50_island": Group.ISLAND,
        "tier_40": Group.NEAR_POOR,
        "tier_30": Group.ETHNIC_MINORITY,
        "tier_20": Group.OTHER,
    }
)
_INCOME_WORDS = re.compile(r"\b(thu nhap|muc thu nhap|muc|income|luong)\b")
_LOWEST_WORDS = re.compile(r"\b(thap nhat|it nhat|toi thieu|min|minimum|lowest|it thoi)\b")
_PAYMENT_WORDS = re.compile(r"\b(dong|de ra|de danh|tra|nop|pay|contribute)\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What she named: an income to declare, a payment a month, the lowest there is, or she did not say."""

    kind: Literal["income", "payment", "lowest", "unsaid"]
    amount: int = 0


def read_amount(text: str, on: date) -> Wanted:
    """Read how much, and of what; raise Unclear as money.amount does."""
    if text == "lowest":
        return Wanted("lowest")
    words = fold(text)
    if _LOWEST_WORDS.search(words):
        return Wanted("lowest")
    amount = money.amount(text, on)
    if _PAYMENT_WORDS.search(words):
        return Wanted("payment", amount)
    return Wanted("income" if _INCOME_WORDS.search(words) else "unsaid", amount)


TIER = Question(
    "support_tier", read=support_tier, choices=tuple(TIERS), spot=spot_tier, keep=support_tier, guessed=False
)
AMOUNT = Question(
    "amount",
    read=read_amount,
    choices=("lowest",),
    examples=("đóng 500k", "thu nhập 3 triệu", "2tr2", "đóng 10k", "thu nhập 1.520.000"),
    spot=money.spot_amount,
)
METHOD = Question("method", read=choose(METHODS), choices=tuple(METHODS), spot=spot_method, plainly=True)
NEXT = Question(
    "quote",
    read=choose(
        {
            "booking": (
                "hẹn",
                "gọi lại",
                "hẹn gọi",
                "đăng ký",
                "tham gia",
                "ok",
                "được",
                "có",
                "yes",
                "book",
            ),
            "other_amount": ("mức khác", "số khác", "thử mức khác", "đổi mức", "other amount", "different"),
            "enough": ("thôi", "cảm ơn", "cám ơn", "để xem", "từ từ", "đủ rồi", "không", "thanks", "enough"),
        }
    ),
    choices=("booking", "other_amount", "enough"),
    also=("why",),
)
ANYWAY = Question("social_pension_first", read=choose({"see_anyway": ("xem", "có", "yes", "vẫn xem"),
                  "enough": ("thôi", "không", "no")}), choices=("see_anyway", "enough"))  # fmt: skip

SPOTS = (TIER, AMOUNT, METHOD, ward_in("20", home=True))

_SHOWN = (
    What.GROSS,
    What.CENTRAL_SUPPORT,
    What.LOCAL_SUPPORT,
    What.TO_PAY,
    What.RETIREMENT_MONTH,
    What.MONTHS_COUNTED,
    What.YEARS_COUNTED,
    What.PENSION_RATE,
    What.PENSION,
)
_PAID = (What.GROSS, What.CENTRAL_SUPPORT, What.LOCAL_SUPPORT, What.TO_PAY)


@dataclass(frozen=True, slots=True)
class QuoteKept(Outcome):
    """She has her quote and wants no call now."""

    code: str
    expires_on: date | None
    then: ClassVar[tuple[str, ...]] = ("booking", "menu")


@dataclass(frozen=True, slots=True)
class PensionReady(Outcome):
    """The age and the months are reached: nothing more to pay, only to claim."""

    starts: date
    months: int
    lines: tuple[Line, ...]
    then: ClassVar[tuple[str, ...]] = ("human", "menu")


@dataclass(frozen=True, slots=True)
class NotWorthIt(Outcome):
    """A social pension comes before her own would: an honest no."""

    starts: date
    amount: int
    because: tuple[Source, ...]
    then: ClassVar[tuple[str, ...]] = ("human", "menu")


def quoting(ask: Ask, case: Case) -> Outcome:
    """Price a plan for her and keep it as a coded sheet. Law 41/2024/QH15 art. 31, 36, 98-104."""
    found = worked_out(ask, case)
    return found if isinstance(found, Outcome) else _shown(ask, case, found)


def worked_out(ask: Ask, case: Case) -> Sheet | Outcome:
    """Ask until a quote is priced; or end where none is due to her."""
    born = birth_date(ask, case)
    young = too_young(born, case)
    if young:
        return young
    sex = Sex(ask(SEX))
    earlier = earlier_months(ask)
    province, _ = province_of(ask, case)
    past = Past(earlier.voluntary, earlier.compulsory, earlier.voluntary)
    group = GROUP_OF_TIER[ask(TIER)]
    person = _Person(case.on, sex, born, group, province, past)
    sheet = _priced(ask, case, person)
    pension = sheet.quote.pension
    if sheet.warns(Caution.PENSION_CAN_BE_CLAIMED) and pension.starts:
        return PensionReady(pension.starts.first_day, pension.months, _because(sheet.quote))
    sooner = sheet.warns(Caution.SOCIAL_PENSION_FIRST)
    if sooner:
        starts, amount = date.fromisoformat(f"{sooner['from']}-01"), int(sooner["amount"])
        texts = _social_pension(starts, case.law)
        if ask(ANYWAY, starts=starts, amount=amount, because=texts) == "enough":
            return NotWorthIt(starts, amount, texts)
    return sheet


class _Person(NamedTuple):
    """Who a quote is for: all of a request but what she chooses."""

    on: date
    sex: Sex
    born: PartialDate
    group: Group
    province: str
    past: Past


class Sheet(NamedTuple):
    """A priced quote with all that is said of it again and again, worked out once."""

    quote: Quote
    fingerprint: str
    words: Mapping[str, Any]

    def warns(self, code: Caution) -> Mapping[str, Any] | None:
        """The data of a warning, if the quote gives it."""
        data: Mapping[str, Any] | None = self.words["warnings"].get(code.value)
        return data


def _priced(ask: Ask, case: Case, person: _Person) -> Sheet:
    """Ask for an amount until it can be chosen, then for the method."""
    floor, cheapest, lines = _lowest(person, case.law)
    wanted = ask(AMOUNT, lowest=cheapest, floor=floor, lines=lines)
    if wanted.kind == "unsaid" and wanted.amount >= floor:
        candidates = _paying(wanted.amount), _declaring(wanted.amount)
        raise AskAgain(AMOUNT, Unclear("payment_or_income", *candidates))
    income = floor if wanted.kind == "lowest" else wanted.amount if wanted.kind == "income" else None
    budget = wanted.amount if income is None else None
    try:
        priced(person, income, budget, Method.MONTHLY, case.law)
    except BadRequest as refused:
        raise AskAgain(AMOUNT, _refusal(refused, wanted, cheapest, floor, case)) from None
    method = Method(ask(METHOD))
    return priced(person, income, budget, method, case.law)


@lru_cache(maxsize=4_096)
def priced(person: _Person, income: int | None, budget: int | None, method: Method, law: Law) -> Sheet:
    """Price a choice once per process: quotes are pure. Raises BadRequest."""
    found = quote(QuoteRequest(**person._asdict(), income=income, budget=budget, method=method), law)
    return Sheet(found, _fingerprint(found.request), _sheet_words(found))


@lru_cache(maxsize=4_096)
def _lowest(person: _Person, law: Law) -> tuple[int, int, tuple[Line, ...]]:
    """Return the lowest income she may choose, what it costs her (both VND a month), and the lines to it."""
    floor = dong(minimum_income(on=person.on, law=law).value)
    cheapest = priced(person, floor, None, Method.MONTHLY, law).quote
    lines = tuple(line for line in _because(cheapest) if line.what in _PAID)
    return floor, cheapest.contribution.per_month.to_pay, lines


def _paying(amount: int) -> Candidate:
    return Candidate(f"đóng {written(amount)}", {"kind": "payment", "amount": amount})


def _declaring(amount: int) -> Candidate:
    return Candidate(f"thu nhập {written(amount)}", {"kind": "income", "amount": amount})


def _refusal(refused: BadRequest, wanted: Wanted, cheapest: int, floor: int, case: Case) -> Unclear:
    """Say why an amount cannot be chosen, with the amounts that can. Law 41/2024/QH15 art. 31.2."""
    facts = {"amount": wanted.amount, "lowest": cheapest, "floor": floor}
    lowest = Candidate("lowest", {"kind": "payment", "amount": cheapest})
    if wanted.kind in ("payment", "unsaid"):
        return Unclear("budget_too_small", lowest, facts=facts)
    near = dict.fromkeys(nearest_incomes(wanted.amount, on=case.on, law=case.law))
    incomes = tuple(map(_declaring, near))
    if cheapest <= wanted.amount < floor:
        return Unclear("below_floor", _paying(wanted.amount), *incomes, facts=facts)
    return Unclear(refused.code.value, *incomes, facts=facts)


def _social_pension(starts: date, law: Law) -> tuple[Source, ...]:
    """What the age and the amount of the social pension rest on. Law 41/2024/QH15 art. 21."""
    keys = ("social_pension_age", "social_pension_age_poor", "social_pension_amount")
    return tuple(dict.fromkeys(law.number(key).on(starts).source for key in keys))


def _fingerprint(request: QuoteRequest) -> str:
    """Tell requests apart in stored answers without saying what is in them."""
    return sha256(json.dumps(request.as_json(), sort_keys=True).encode()).hexdigest()[:16]


def _sheet_words(found: Quote) -> dict[str, Any]:
    """What the quote's template needs beside the quote itself."""
    amounts = found.pension.amounts or {}
    return {
        "quote": found,
        "lines": _because(found),
        "per_day": found.contribution.per_month.to_pay // 30,
        "pension": amounts.get(Scenario.INCOME_KEPT),
        "raised": amounts.get(Scenario.WITH_POVERTY_LINE),
        "warnings": {notice.code.value: notice.data for notice in found.warnings},
    }


def save(sheet: Sheet) -> Do[str]:
    """Keep the quote under a readable code; another request is another quote."""
    return Do(
        SAVED,
        perform=lambda world: world.save_quote(sheet.quote.request, sheet.quote),
        result=str,
        about=sheet.fingerprint,
        results=("LS-7K2P",),
    )


def _shown(ask: Ask, case: Case, sheet: Sheet) -> Outcome:
    """Show the quote and go on as she likes: another amount, a call, or enough for now."""
    code = ask(save(sheet))
    step = ask(NEXT, code=code, **sheet.words)
    if step == "other_amount":
        raise AskAgain(AMOUNT, forget=(NEXT,))
    if step == "booking":
        return booking(ask, case, quote_code=code)
    return QuoteKept(code, sheet.quote.expires_on)


def _because(found: Quote) -> tuple[Line, ...]:
    """The lines of the trail a person asks about: today's payment, the age, the pension."""
    first: dict[What, Line] = {}
    for each in found.trail:
        if each.what in _SHOWN:
            first.setdefault(each.what, each)
    return tuple(first[what] for what in _SHOWN if what in first)
