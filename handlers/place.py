"""Where someone lives: her ward in the home province, or another province."""

from __future__ import annotations

from functools import lru_cache

from handlers.flow import Ask, Case, Question
from handlers.reading.places import province, spot_ward, ward

ELSEWHERE = "other_province"

PROVINCE = Question("province", read=province, examples=("Cao Bằng",))


@lru_cache(maxsize=64)
def ward_in(code: str, *, home: bool) -> Question[str]:
    """Ask for the ward in a province; at home one may also say that she lives elsewhere."""
    reader = ward(code)
    if not home:
        return Question("ward_elsewhere", read=reader)
    return Question(
        "ward",
        read=lambda text, on: ELSEWHERE if text == ELSEWHERE else reader(text, on),
        choices=(ELSEWHERE,),
        examples=("Vân Nham",),
        spot=spot_ward(code),
    )


def province_of(ask: Ask, case: Case) -> tuple[str, str | None]:
    """Return her province, and her ward where it is the home province."""
    found = ask(ward_in(case.home, home=True), province=case.home)
    return (case.home, found) if found != ELSEWHERE else (ask(PROVINCE), None)


def ward_of(ask: Ask, case: Case) -> str:
    """Return her ward, in whatever province."""
    code, found = province_of(ask, case)
    return found or ask(ward_in(code, home=False), province=code)
