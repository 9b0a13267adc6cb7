"""Exact amounts and the one place where they become whole đồng."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_HALF = Fraction(1, 2)


def dong(amount: Decimal | Fraction) -> int:
    """Return an amount (VND, not negative) as whole đồng, rounded half up.

    No text that was read says how to round, neither Law 41/2024/QH15 nor Decree 159/2025/NĐ-CP. Half up, once
    on the final amount made of unrounded parts, is what the published examples come out with.
    """
    return (Fraction(amount) + _HALF).__floor__()
