"""The sixty-year cycle: which years "tuổi Tý" or "Canh Thân" may be."""

from __future__ import annotations

from datetime import date

from handlers.reading.numbers import Forms, Tokens

_STEMS = ("canh", "tân", "nhâm", "quý", "giáp", "ất", "bính", "đinh", "mậu", "kỷ")  # year modulo 10
_BRANCHES = (
    "thân khỉ", "dậu gà", "tuất chó", "hợi heo lợn", "tý tí chuột", "sửu trâu", "dần hổ cọp",
    "mão mẹo mèo thỏ", "thìn rồng", "tỵ tị rắn", "ngọ ngựa", "mùi dê",
)  # fmt: skip
_STEM_FORMS = tuple(Forms(stem if stem != "kỷ" else "kỷ kỉ") for stem in _STEMS)
_BRANCH_FORMS = tuple(Forms(names) for names in _BRANCHES)
_ANY_BRANCH = Forms(" ".join(_BRANCHES))
_BEFORE = Forms("tuổi con tinh")
_YOUNGEST, _OLDEST = 18, 78  # years: whom an animal alone may be about


def zodiac_years(tokens: Tokens, on: date) -> list[int]:
    """Return the years of birth that a zodiac sign in the text may mean, latest first; none if there is none.

    A stem before the animal leaves one year in sixty. Somebody born before the lunar new year belongs to
    the animal of the year before: a sign alone is never a certain year of birth.
    """
    for place, token in enumerate(tokens.all):
        if token not in _ANY_BRANCH:
            continue
        branches = {n for n, forms in enumerate(_BRANCH_FORMS) if token in forms}
        stems = {n for n, forms in enumerate(_STEM_FORMS) if tokens[place - 1] in forms}
        named = stems or tokens[place - 1] in _BEFORE or len(tokens) == 1
        years = range(on.year - _YOUNGEST, on.year - _OLDEST - 1, -1)
        fitting = [
            year for year in years if year % 12 in branches and (not stems or year % 10 in stems) and named
        ]
        if fitting:
            return fitting
    return []
