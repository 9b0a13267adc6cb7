"""Whose a row is: the tables that name a chat do so in three columns, its channel, account and person."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ColumnElement, FromClause, Table, and_, tuple_

from handlers.messages import Address


def columns(table: Table) -> tuple[Column[str], Column[str], Column[str]]:
    """Return the columns of a table that name a chat, in the order of Address."""
    return table.c["channel"], table.c["account"], table.c["person"]


def parts(chat: Address) -> dict[str, str]:
    """Return the values of these columns for a chat."""
    return {"channel": chat.channel, "account": chat.account, "person": chat.person}


def at(table: Table, chat: Address) -> ColumnElement[bool]:
    """Tell whether a row is of a chat."""
    return and_(*(table.c[part] == value for part, value in parts(chat).items()))


def among(table: Table, chats: Iterable[Address]) -> ColumnElement[bool]:
    """Tell whether a row is of one of these chats."""
    return tuple_(*columns(table)).in_([tuple(parts(chat).values()) for chat in chats])


def same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Tell whether rows of two tables are of the same chat."""
    return and_(*(one.c[part] == other.c[part] for part in ("channel", "account", "person")))
