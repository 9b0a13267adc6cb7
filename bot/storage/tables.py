"""Every table, on one metadata: importing this module is having them all."""

from bot.storage import (
    linking_schema,
    network_schema,
    privacy_schema,
    question_schema,
    schema,
    web_schema,
    zalo_schema,
)
from bot.storage.schema import metadata

__all__ = [
    "linking_schema",
    "metadata",
    "network_schema",
    "privacy_schema",
    "question_schema",
    "schema",
    "web_schema",
    "zalo_schema",
]
