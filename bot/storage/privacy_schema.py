"""Tables of what people agreed to, and of who must not be called."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from bot.storage.schema import metadata
from bot.storage.types import RowId, UtcDateTime

_HASH = String(64)

consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("purpose", String(8), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("lead_id", ForeignKey("leads.id"), index=True),
    Column("channel", String(20)),
    Column("account", String(80)),
    Column("person", String(100)),
    Column("version", String(32), nullable=False),
    Column("wording", _HASH, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_consents_channel_account_person", "channel", "account", "person"),
)
"""Each time somebody agreed or refused, one purpose a row; the newest row of a purpose holds.

Kept as long as the law asks (Decree 91/2020/NĐ-CP art. 11.7); once she is forgotten it does not say whose it
was: `person` is empty. `wording` is the SHA-256 of what she read, in `consent_texts`.
"""

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("wording", _HASH, primary_key=True),
    Column("text", Text, nullable=False),
)
"""The very words people agreed to, her number left out of them."""

scam_reports = Table(
    "scam_reports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column("said", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Index("ix_scam_reports_channel_account_person", "channel", "account", "person"),
    sqlite_autoincrement=True,
)
"""What people report of somebody who pretends to be a collector, sealed, until an officer has seen to it."""

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("phone_index", LargeBinary, primary_key=True),
    Column("phone", LargeBinary, nullable=False),
    Column("source", String(16), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
)
"""Who must not be called unasked: the number sealed, and its index to look it up by.

`source` is "register" for the national register (Decree 91/2020/NĐ-CP art. 7), "said_no" for who refused:
each no with its moment, so that one tapped by mistake is taken back alone.
"""
