"""A demo network at the real scale of Lạng Sơn: real wards, invented points and people, marked as such."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.network import phone_place
from bot.storage.network_schema import (
    collector_wards,
    collectors,
    organisations,
    points,
    staff_chats,
    weekly_hours,
)
from calculators.territory import Territory, Ward

PROVINCE, FIRST_WARD = "20", "06187"  # Lạng Sơn, Phường Kỳ Lừa
FIRST_CODE = "LS0001"  # who covers the first ward, all day, in every language: newcomers see his inbox
POINTS, COLLECTORS = 226, 527
_SEED = 2026
_SINCE, _FIRST_SINCE = date(2026, 1, 1), date(2020, 1, 1)  # the first has waited longest: he is offered first
_SHIFTS = (  # minutes after midnight
    ((480, 1020),),
    ((480, 690), (810, 1020)),
    ((540, 840),),
    ((600, 720), (840, 1020)),
)
_WORKDAYS = range(5)
_SHARE_OF_NEIGHBOURS = 1 / 3  # of the collectors, who cover the next ward too


async def load_demo(connection: AsyncConnection, cipher: Cipher, territory: Territory) -> bool:
    """Load the demo network into a database without any; return False where there is one already."""
    if (await connection.execute(select(organisations.c.id).limit(1))).first() is not None:
        return False
    names = tomllib.loads((Path(__file__).parent / "demo_names.toml").read_text("utf-8"))
    rng = Random(_SEED)  # noqa: S311 - invented people, not secrets
    wards = sorted(territory.wards(PROVINCE), key=lambda ward: (ward.code != FIRST_WARD, ward.code))
    at_points = await _points(connection, names, wards)
    staff = await _staff(connection, names, cipher, rng, at_points)
    await _cover(connection, rng, wards, at_points, staff)
    return True


async def _points(
    connection: AsyncConnection, names: Mapping[str, Any], wards: Sequence[Ward]
) -> Sequence[tuple[int, Ward]]:
    """Open the points, shared among the wards and the organisations in turn; return each with its ward."""
    mark = names["mark"]
    holders = await _insert(
        connection,
        organisations,
        [{"name": f"{name} {mark}", "demo": True} for name in names["organisations"]],
    )
    rows = []
    for place, ward in enumerate(islice(cycle(wards), POINTS)):
        name = f"{names['point']} {ward.name} {place // len(wards) + 1} {mark}"
        organisation = holders[place % len(holders)]
        rows.append(
            {"code": f"D{place + 1:04d}", "organisation_id": organisation, "name": name, "ward": ward.code}
        )
    opened = await _insert(connection, points, rows)
    return list(zip(opened, islice(cycle(wards), POINTS), strict=True))


async def _staff(
    connection: AsyncConnection,
    names: Mapping[str, Any],
    cipher: Cipher,
    rng: Random,
    at_points: Sequence[tuple[int, Ward]],
) -> Sequence[int]:
    """Appoint the collectors, point by point in turn, each with an inbox on the web; return their ids."""
    rows = []
    for number, (point, _) in enumerate(islice(cycle(at_points), COLLECTORS), start=1):
        code = f"LS{number:04d}"
        name = f"{rng.choice(names['family'])} {rng.choice(names['given'])}"
        spoken = [language for language in names["languages"] if rng.random() < 1 / 3]
        rows.append(
            {
                "code": code,
                "name": f"{names['first_collector'] if code == FIRST_CODE else name} {names['mark']}",
                # no number in Vietnam begins with two zeros and an area of zeros
                "phone": cipher.seal(f"+84000000{number:04d}", phone_place(code)),
                "point_id": point,
                "languages": ["vi", *(names["languages"] if code == FIRST_CODE else spoken)],
                "active_from": _FIRST_SINCE if code == FIRST_CODE else _SINCE,
            }
        )
    appointed = await _insert(connection, collectors, rows)
    inboxes = [
        {"channel": "web", "account": "inbox", "person": f"collector:{row['code']}", "collector_id": identity}
        for identity, row in zip(appointed, rows, strict=True)
    ]
    await connection.execute(insert(staff_chats), inboxes)
    return appointed


async def _cover(
    connection: AsyncConnection,
    rng: Random,
    wards: Sequence[Ward],
    at_points: Sequence[tuple[int, Ward]],
    staff: Sequence[int],
) -> None:
    """Give everybody his ward, some the next one too, and his hours of the week."""
    following = dict(zip(wards, (*wards[1:], wards[0]), strict=True))
    covered, hours = [], []
    for place, (collector, (_, ward)) in enumerate(zip(staff, cycle(at_points), strict=False)):
        covered.append({"ward": ward.code, "collector_id": collector})
        if rng.random() < _SHARE_OF_NEIGHBOURS:
            covered.append({"ward": following[ward].code, "collector_id": collector})
        for opens, closes in _SHIFTS[0] if place == 0 else rng.choice(_SHIFTS):
            hours += [
                {"collector_id": collector, "weekday": weekday, "opens": opens, "closes": closes}
                for weekday in _WORKDAYS
            ]
    await connection.execute(insert(collector_wards), covered)
    await connection.execute(insert(weekly_hours), hours)


async def _insert(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> Sequence[int]:
    """Insert rows; return their ids in the same order."""
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list((await connection.execute(statement, [dict(row) for row in rows])).scalars())
