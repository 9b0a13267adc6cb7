"""What a refusal of Zalo means for the sender."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from bot.channels import SendFailed
from bot.channels.zalo.errors import ZaloError
from bot.clock import LOCAL

MORNING = timedelta(hours=6, minutes=5)  # after local midnight, when the night of Zalo is over
MIDNIGHT = timedelta(minutes=10)  # after local midnight, when a day's quota is new
SPREAD = 600.0  # seconds over which what waited for the morning is sent
LONG = 3_600.0  # seconds to wait for messages that were used up
HUMAN = 300.0  # seconds between looks whether somebody has acted


def send_failed(problem: ZaloError, now: datetime, rng: Random) -> SendFailed:
    """Return what the sender is to do after a refusal."""
    kind = problem.kind
    code = f"{kind} {problem.code}" if problem.code else str(kind)
    if kind == "rate":
        return SendFailed("retry", retry_after=to_next_minute(now), account=True, code=code)
    if kind == "quota":
        return SendFailed("retry", retry_after=problem.retry_after or LONG, account=True, code=code)
    if kind == "human":
        return SendFailed(
            "retry", retry_after=HUMAN, account=True, human=True, code=f"{code}: {problem.remedy}"
        )
    if kind in ("unsent", "garbled"):
        return SendFailed("retry", account=True, code=code)
    if kind == "full":
        return SendFailed("retry", retry_after=LONG, code=code)
    if kind in ("transient", "upload"):  # every attempt uploads anew
        return SendFailed("retry", retry_after=problem.retry_after, code=code)
    if kind in ("night", "tomorrow"):
        wait = until(now, MORNING if kind == "night" else MIDNIGHT) + SPREAD * rng.random()
        return SendFailed("retry", retry_after=wait, code=code)
    if kind in ("stopped", "unknown"):
        return SendFailed("stopped" if kind == "stopped" else "unknown", code=code)
    return SendFailed("rejected", code=code)


def to_next_minute(now: datetime) -> float:
    """Seconds until the minute after this one has surely begun at Zalo too."""
    return 60.0 - now.second + 1.0


def until(now: datetime, time: timedelta) -> float:
    """Seconds until the next moment so long after local midnight."""
    local = now.astimezone(LOCAL)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0) + time
    due = today if today > local else today + timedelta(days=1)
    return (due - local).total_seconds()
