"""Dates, times and periods as people type them."""

from handlers.reading.births import birth, spot_birth
from handlers.reading.durations import duration_months
from handlers.reading.times import When, spot_when, when

__all__ = ["When", "birth", "duration_months", "spot_birth", "spot_when", "when"]
