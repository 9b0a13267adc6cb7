"""Tables of the collection network, its leads and its quotes."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.storage.schema import metadata
from bot.storage.types import RowId, UtcDateTime
from handlers.leads import OPEN

_NAME, _CODE, _WARD = String(120), String(12), String(5)
_STATE = String(16)
_ADDRESS = (("channel", String(20)), ("account", String(80)), ("person", String(100)))
_COUNTED, _HELD = text("counts"), text("held_until IS NOT NULL")
_STILL_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in OPEN)}) AND person IS NOT NULL")

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("demo", Boolean, nullable=False),
    Column("share", SmallInteger, nullable=False, server_default="1"),
    CheckConstraint("share BETWEEN 1 AND 1000", name="share"),
)
"""Collection organisations; `share` is how many parts of a place's leads they agreed it gets."""

points = Table(
    "points",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", _CODE, nullable=False),
    Column("organisation_id", ForeignKey(organisations.c.id), nullable=False),
    Column("name", _NAME, nullable=False),
    Column("ward", _WARD, nullable=False, index=True),
    Index("uq_points_code", "code", unique=True),
)

collectors = Table(
    "collectors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", _CODE, nullable=False, unique=True),
    Column("name", _NAME, nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("point_id", ForeignKey(points.c.id), nullable=False, index=True),
    Column("heads_point", Boolean, nullable=False, server_default=text("false")),
    Column("per_day", SmallInteger, nullable=False, server_default="8"),
    Column("languages", JSON, nullable=False),
    Column("active_from", Date, nullable=False),
    Column("active_until", Date),
    CheckConstraint("per_day BETWEEN 1 AND 24", name="per_day"),
)
"""Staff: names are shown to citizens; `phone` is sealed; `per_day` is the most calls of one day.

Who `heads_point` is asked when others of the point did not answer.
"""

collector_wards = Table(
    "collector_wards",
    metadata,
    Column("ward", _WARD, primary_key=True),
    Column("collector_id", ForeignKey(collectors.c.id), primary_key=True, index=True),
)

weekly_hours = Table(
    "weekly_hours",
    metadata,
    Column("collector_id", ForeignKey(collectors.c.id), primary_key=True),
    Column("weekday", SmallInteger, primary_key=True),
    Column("opens", SmallInteger, primary_key=True),
    Column("closes", SmallInteger, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("0 <= opens AND opens < closes AND closes < 1440", name="minutes"),
)
"""Hours of every week: `weekday` counts from Monday, 0; the times are minutes after local midnight."""

days_off = Table(
    "days_off",
    metadata,
    Column("collector_id", ForeignKey(collectors.c.id), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    CheckConstraint("first <= last", name="order"),
)
"""Days somebody does not work, both ends included."""

staff_chats = Table(
    "staff_chats",
    metadata,
    *(Column(name, kind, primary_key=True) for name, kind in _ADDRESS),
    Column("collector_id", ForeignKey(collectors.c.id), nullable=False, index=True),
    Column("last_card", RowId),
)
"""Where a collector is written to. `last_card` is the lead last sent there, until he looks at his desk."""

quotes = Table(
    "quotes",
    metadata,
    Column("code", _CODE, primary_key=True),
    Column("request", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("law_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("referrer", _CODE),
    Column("chat", LargeBinary),
    Column("chat_index", LargeBinary, index=True),
)
"""Quotes, which name nobody; `referrer` is the code of the collector who worked it out with somebody.

`chat` is where she had it worked out, sealed, while that conversation is kept: so that it goes with her.
"""

leads = Table(
    "leads",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("state", _STATE, nullable=False),
    Column("ward", _WARD, nullable=False),
    Column("quote_code", ForeignKey(quotes.c.code)),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("call_code", String(4), nullable=False),
    Column("collector_id", ForeignKey(collectors.c.id)),
    *(Column(name, kind) for name, kind in _ADDRESS),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("phone_index", LargeBinary, index=True),
    Column("note", LargeBinary),
    Column("language", String(2), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("no_answers", SmallInteger, nullable=False, server_default="0"),
    Column("method", String(16)),
    Column("amount", BigInteger),
    Column("follow_up_on", Date),
    Index("ix_leads_collector_id_state", "collector_id", "state"),
    Index("ix_leads_channel_account_person", "channel", "account", "person"),
    Index(
        "uq_leads_open",
        "channel",
        "account",
        "person",
        unique=True,
        sqlite_where=_STILL_OPEN,
        postgresql_where=_STILL_OPEN,
    ),
    sqlite_autoincrement=True,
)
"""Requests for a call. Name, phone and note are sealed; with the address they vanish when she asks.

`language` is the one her notices are worded in; `no_answers` counts the calls she did not take; `method`
and `amount` (VND, None where it was not said) are what she joined with.
"""

bookings = Table(
    "bookings",
    metadata,
    Column("collector_id", ForeignKey(collectors.c.id), primary_key=True),
    Column("starts_at", UtcDateTime, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("counts", Boolean, nullable=False, server_default=text("true")),
    Column("fills", Boolean, nullable=False, server_default=text("true")),
    Column("held_until", UtcDateTime),
    *(Column(name, kind) for name, kind in _ADDRESS),
    Index(
        "ix_bookings_collector_id_made_at",
        "collector_id",
        "made_at",
        sqlite_where=_COUNTED,
        postgresql_where=_COUNTED,
    ),
    Index(
        "uq_bookings_held",
        "channel",
        "account",
        "person",
        unique=True,
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    ),
)
"""The time a collector is not free: the key makes two bookings of one time impossible.

An hour he declined stays here: nobody is offered it again, but it no longer `fills` his day. One that
`counts` was his turn, at `made_at`: when that lead was first offered to him; it does not when she could not
be reached. What she cancelled, or he had to hand over, is no booking any more. Until `held_until` an hour is
only held for the person at that address, who holds no other; a hold that ran out is
no booking.
"""

lead_events = Table(
    "lead_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("lead_id", ForeignKey(leads.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(32), nullable=False),
    Column("what", String(16), nullable=False),
    Column("state", _STATE, nullable=False),
    Column("collector_id", ForeignKey(collectors.c.id)),
    Column("why", String(32), nullable=False),
    Index("ix_lead_events_collector_id_at", "collector_id", "at"),
    sqlite_autoincrement=True,
)
"""Every change of a lead: who moved it, by what, into which state and whose hands, why. Nothing personal."""

lead_skips = Table(
    "lead_skips",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("lead_id", ForeignKey(leads.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("considered", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Who was considered each time a lead was assigned, and why he did not get it, sealed: bot.storage.skips."""

timers = Table(
    "timers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("lead_id", ForeignKey(leads.c.id), nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("error", String(100)),
    UniqueConstraint("kind", "lead_id"),
    sqlite_autoincrement=True,
)
"""What must happen to a lead at a moment: one row of a kind, gone once it was done.

`tries` counts the failures of ours, `error` is the last one's type.
"""
