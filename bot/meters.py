"""What a process counts while it works, for Prometheus: no person, no id, every label from a short list.

What is in the database is no business of these: `bot.web.metrics` reads it when it is asked.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, disable_created_metrics

from bot.channels import SendFailed

disable_created_metrics()  # type: ignore[no-untyped-call]  # when a process began is told once, not for every series
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

UPDATES = Counter(
    "ansinh_updates", "New messages and taps that were taken, by whose chat it is.", ["channel", "chat"],
    registry=REGISTRY,
)  # fmt: skip
REFUSED = Counter(
    "ansinh_deliveries_refused", "Deliveries whose signature or token was wrong.", ["channel"],
    registry=REGISTRY,
)  # fmt: skip
SIGNED = Counter(
    "ansinh_deliveries_signed", "Deliveries of Zalo by what they were signed with.", ["secret", "first_term"],
    registry=REGISTRY,
)  # fmt: skip
STRAYS = Counter(
    "ansinh_deliveries_unreadable", "Deliveries nobody here could read.", ["channel", "kind"],
    registry=REGISTRY,
)  # fmt: skip
SENDS = Counter(
    "ansinh_sends", "Attempts to send a message or a part of one, by what came of them.",
    ["channel", "result"], registry=REGISTRY,
)  # fmt: skip
_RESULTS = {"retry": "retry", "stopped": "stopped", "rejected": "bug", "unknown": "unknown"}


def sent(channel: str, failed: SendFailed | None) -> None:
    """Count an attempt: ok, retry, stopped (she left), bug (never taken), unknown, human (one must act)."""
    result = "ok" if failed is None else "human" if failed.human else _RESULTS[failed.kind]
    SENDS.labels(channel, result).inc()


def stray(channel: str, kind: str) -> None:
    """Count a delivery by the first word of its kind: what comes after it is the platform's."""
    STRAYS.labels(channel, kind.partition(":")[0]).inc()
