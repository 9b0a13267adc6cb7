"""The one clock: read by the composition root and passed on; everything else takes the time as given."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)
