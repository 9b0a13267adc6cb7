"""Dates, times and periods as people type them."""

from handlers.reading.births import birth, spot_birth
from handlers.reading.durations import duration_months

__all__ = ["birth", "duration_months", "spot_birth"]
