"""The network between the database and plans: what is there, and what a plan changes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sheets.cells import Days
from bot.sheets.plan import Known, Plan, Point, Staff
from bot.storage.crypt import Cipher
from bot.storage.network import link_chat, phone_place
from bot.storage.network_schema import (
    collector_wards,
    collectors,
    days_off,
    organisations,
    points,
    weekly_hours,
)
from handlers.messages import Address


@dataclass(frozen=True, slots=True)
class Stored:
    """The network as stored: the plan that would make it, and the ids of its rows."""

    plan: Plan
    organisation_ids: Mapping[str, int]
    point_ids: Mapping[str, int]
    staff_ids: Mapping[str, int]

    def known(self) -> Known:
        """Return what rows may refer to."""
        wards = {code: point.ward for code, point in self.plan.points.items()}
        return Known(frozenset(self.plan.organisations), wards)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows of a table a plan adds, changes and leaves as they are."""

    added: int
    changed: int
    same: int


async def load(connection: AsyncConnection, cipher: Cipher) -> Stored:
    """Return the whole network."""
    plan = Plan()
    found = (await connection.execute(select(organisations).order_by(organisations.c.id))).all()
    names = {row.id: row.name for row in found}
    plan.organisations = {row.name: row.share for row in found}
    rows = (await connection.execute(select(points).order_by(points.c.id))).all()
    codes = {row.id: row.code for row in rows}
    plan.points = {row.code: Point(row.code, row.name, names[row.organisation_id], row.ward) for row in rows}
    wards = await _many(connection, collector_wards, "ward")
    hours = await _many(connection, weekly_hours, "weekday", "opens", "closes")
    off = await _many(connection, days_off, "first", "last")
    staff = (await connection.execute(select(collectors).order_by(collectors.c.id))).all()
    for row in staff:
        plan.staff[row.code] = Staff(
            row.code, row.name, cipher.open(row.phone, phone_place(row.code)), codes[row.point_id],
            row.heads_point, row.per_day, tuple(row.languages), row.active_from, row.active_until,
            tuple(sorted(ward for (ward,) in wards[row.id])), tuple(sorted(hours[row.id])),
            tuple(sorted(off[row.id])),
        )  # fmt: skip
    return Stored(
        plan,
        {name: identity for identity, name in names.items()},
        {code: identity for identity, code in codes.items()},
        {row.code: row.id for row in staff},
    )


async def _many(connection: AsyncConnection, table: Table, *columns: str) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    wanted = [table.c[name] for name in columns]
    for identity, *values in await connection.execute(select(table.c.collector_id, *wanted)):
        found[identity].append(tuple(values))
    return found


async def apply(
    connection: AsyncConnection, cipher: Cipher, stored: Stored, plan: Plan
) -> Mapping[str, Changes]:
    """Make the database what a plan says; what the plan does not name stays. Return what changed."""
    was = stored.plan
    ids = dict(stored.organisation_ids)
    rows = {name: {"name": name, "share": share, "demo": False} for name, share in plan.organisations.items()}
    changed = [
        name for name, share in plan.organisations.items() if was.organisations.get(name, share) != share
    ]
    changes = {"organisations": await _upsert(connection, organisations, rows, ids, changed)}
    at = dict(stored.point_ids)
    rows = {
        point.code: {
            "code": point.code,
            "name": point.name,
            "ward": point.ward,
            "organisation_id": ids[point.organisation],
        }
        for point in plan.points.values()
    }
    changed = [code for code, point in plan.points.items() if was.points.get(code, point) != point]
    changes["points"] = await _upsert(connection, points, rows, at, changed)
    changes["collectors"] = await _staff(connection, cipher, stored, plan, at)
    return changes


def changed_staff(stored: Stored, plan: Plan) -> Mapping[str, Staff]:
    """Return the collectors a plan adds or changes, as they are to be."""
    was = stored.plan.staff
    wanted = {code: _with_days_off(one, was.get(code)) for code, one in plan.staff.items()}
    return {code: one for code, one in wanted.items() if was.get(code) != one}


async def _staff(
    connection: AsyncConnection, cipher: Cipher, stored: Stored, plan: Plan, at: Mapping[str, int]
) -> Changes:
    was, changed = stored.plan.staff, changed_staff(stored, plan)
    rows = {
        code: {
            "code": code,
            "name": one.name,
            "phone": cipher.seal(one.phone, phone_place(code)),
            "point_id": at[one.point],
            "heads_point": one.heads_point,
            "per_day": one.per_day,
            "languages": list(one.languages),
            "active_from": one.active_from,
            "active_until": one.active_until,
        }
        for code, one in changed.items()
    }
    ids = dict(stored.staff_ids)
    done = await _upsert(connection, collectors, rows, ids, [code for code in changed if code in was])
    numbers = [ids[code] for code in changed]
    for start in range(0, len(numbers), 500):
        for table in (collector_wards, weekly_hours, days_off):
            some = table.c.collector_id.in_(numbers[start : start + 500])
            await connection.execute(delete(table).where(some))
    await _lines(connection, ids, list(changed.values()))
    for code in [code for code in changed if code not in was]:  # the page a collector has from his first day
        await link_chat(connection, Address("web", "inbox", f"collector:{code}"), ids[code])
    return Changes(done.added, done.changed, len(plan.staff) - len(changed))


def _with_days_off(one: Staff, was: Staff | None) -> Staff:
    """Whose days off the sheet does not name keeps those he has."""
    if one.days_off is not None:
        return one
    kept: tuple[Days, ...] = (was.days_off or ()) if was else ()
    return Staff(
        one.code, one.name, one.phone, one.point, one.heads_point, one.per_day, one.languages,
        one.active_from, one.active_until, one.wards, one.hours, kept,
    )  # fmt: skip


async def _lines(connection: AsyncConnection, ids: Mapping[str, int], staff: Sequence[Staff]) -> None:
    """Write wards, hours and days off of those who changed."""
    of: list[tuple[Table, list[dict[str, int | str | date]]]] = [
        (collector_wards, [{"collector_id": ids[s.code], "ward": ward} for s in staff for ward in s.wards]),
        (
            weekly_hours,
            [
                {"collector_id": ids[s.code], "weekday": weekday, "opens": opens, "closes": closes}
                for s in staff
                for weekday, opens, closes in s.hours
            ],
        ),
        (
            days_off,
            [
                {"collector_id": ids[s.code], "first": first, "last": last}
                for s in staff
                for first, last in s.days_off or ()
            ],
        ),
    ]
    for table, rows in of:
        if rows:
            await connection.execute(insert(table), rows)


async def _upsert(
    connection: AsyncConnection,
    table: Table,
    rows: Mapping[str, dict[str, Any]],
    ids: dict[str, int],
    changed: Collection[str],
) -> Changes:
    """Insert what is new and update what `changed`; `ids` knows what is there, and learns the new ones."""
    new = [key for key in rows if key not in ids]
    if new:
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        found = (await connection.execute(statement, [rows[key] for key in new])).scalars()
        ids |= dict(zip(new, found, strict=True))
    for key in changed:
        values = {name: value for name, value in rows[key].items() if name != "demo"}
        await connection.execute(update(table).where(table.c.id == ids[key]).values(values))
    return Changes(len(new), len(changed), len(rows) - len(new) - len(changed))
