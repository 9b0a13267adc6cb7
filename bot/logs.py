"""Logs: one JSON object a line, made of what was logged by us and nothing else."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

_LONG_NUMBER = re.compile(r"\d[\d .\-]{7,}\d")
_TOKEN = re.compile(r"\b[A-Za-z0-9_-]{24,}\b|\b\d{6,}:[A-Za-z0-9_-]{20,}\b")


class JsonLines(logging.Formatter):
    """Writes time, level, logger and message. Anything that looks like a phone number or a token is hidden.

    Tracebacks are reduced to where they happened: an exception's text may hold what a person typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": _hidden(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["where"] = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False)


def _hidden(text: str) -> str:
    return _TOKEN.sub("•••", _LONG_NUMBER.sub("•••", text))


def configure(level: int = logging.INFO) -> None:
    """Send every log to standard error, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quieten()


def quieten() -> None:
    """Leave out what others log and we do not want to hear: addresses of pages, what is told already."""
    logging.getLogger("aiohttp.access").disabled = True
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)  # the sender tells of it
    logging.getLogger("alembic").setLevel(logging.WARNING)
