"""An import changes when and where collectors work: the calls they can no longer make go to others."""

import io
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from bot.cli import main
from bot.sheets import desk, store
from bot.storage import leads
from tests.network.house import DONG_KINH, KY_LUA, at, citizen, employ, house_on, inbox
from tests.network.test_sheets import HUONG, without, workbook

WEDNESDAY = 25


@pytest.fixture
async def house(database_url):
    """Two collectors; the first has accepted a call at 9 and is offered others at 10 and 14."""
    async with house_on(database_url) as made:
        async with made.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, DONG_KINH)
        for number, hour in ((1, 9), (2, 10), (3, 14)):
            await made.book(number, at(WEDNESDAY, hour), (KY_LUA, KY_LUA, DONG_KINH)[number - 1])
        await made.settle("LS0001", "accept", 1)
        async with made.engine.begin() as connection:
            await employ(connection, "LS0002", KY_LUA, DONG_KINH)
        yield made


async def bring(house, *, dry_run=False, code="LS0001", **cells):
    """Import the network as it is, but for some cells of a collector's row; return what it did."""
    mail = []
    async with house.engine.begin() as connection:
        await leads.alone(connection)
        stored = await store.load(connection, house.cipher)
        plan = replace(stored.plan, staff=dict(stored.plan.staff))
        plan.staff[code] = replace(plan.staff[code], **cells)
        dispatch = house.worlds.dispatch(connection, house.now, lambda *one: mail.append(one))
        done = await desk.bring(dispatch, stored, plan, dry_run=dry_run)
    house.mail += mail
    return done


async def holders(house):
    return [(await house.lead(number))[1] for number in (1, 2, 3)]


MORNINGS = tuple((weekday, 480, 720) for weekday in range(5))


@pytest.mark.parametrize(
    ("cells", "left_with_him", "why"),
    [
        ({"hours": tuple((weekday, 780, 1020) for weekday in range(5))}, (3,), "not_working"),
        ({"hours": MORNINGS}, (1, 2), "not_working"),
        ({"hours": tuple((weekday, 480, 1020) for weekday in (0, 1, 3, 4))}, (), "not_working"),
        ({"days_off": ((date(2026, 11, 24), date(2026, 11, 26)),)}, (), "day_off"),
        ({"wards": (KY_LUA,)}, (1, 2), "not_covering"),
        ({"per_day": 2}, (1, 2), "full"),
        ({"active_until": date(2026, 11, 24)}, (), "not_working"),
        ({"active_until": date(2026, 11, 22)}, (), "left"),
        ({"active_from": date(2026, 12, 1)}, (), "left"),
        ({"name": "Hoàng Thị Hương", "languages": ("vi", "tay")}, (1, 2, 3), ""),
    ],
)
async def test_what_he_can_no_longer_call_goes_to_another_and_the_rest_stays(
    cells, left_with_him, why, house
):
    done = await bring(house, **cells)
    assert await holders(house) == ["LS0001" if n in left_with_him else "LS0002" for n in (1, 2, 3)]
    gone = [number for number in (1, 2, 3) if number not in left_with_him]
    assert [before.id for before, _ in done.handed] == gone
    for number in gone:
        assert ("import", "take_back", why) in await house.events(number)
        assert "Người gọi cho anh/chị đổi thành Cô LS0002" in house.told(citizen(number))[-1]
        assert any(text.startswith(f"[Chuyển #{number}]") for text in house.told(inbox("LS0001")))
        assert any(f"#{number}" in text for text in house.told(inbox("LS0002")))
    assert not [text for number in left_with_him for text in house.told(citizen(number))]
    mail = len(house.mail)
    assert (await bring(house, **cells)).handed == []
    assert len(house.mail) == mail, "the same file again tells nobody anything"


async def test_a_dry_run_tells_whose_calls_would_go_and_changes_nothing(house):
    before = [await house.lead(n) for n in (1, 2, 3)], await house.booked(), await house.events(1)
    done = await bring(house, dry_run=True, hours=MORNINGS)
    assert [(lead.id, after.collector_id is not None) for lead, after in done.handed] == [(3, True)]
    assert ([await house.lead(n) for n in (1, 2, 3)], await house.booked(), await house.events(1)) == before


async def test_what_he_lost_costs_him_no_turn(house):
    await bring(house, days_off=((date(2026, 11, 25), date(2026, 11, 25)),))
    house.later(minutes=1)
    turns = []
    for number in (4, 5):
        house.later(minutes=1)
        turns.append((await house.book(number, at(26, 5 + number)))["collector"]["code"])
    assert turns == ["LS0001", "LS0002"]


async def test_when_nobody_else_is_free_the_office_has_it_and_she_knows(house):
    await bring(house, code="LS0002", days_off=((date(2026, 11, 25), date(2026, 11, 25)),))
    done = await bring(house, hours=MORNINGS)
    assert [after.collector_id for _, after in done.handed] == [None]
    assert await house.lead(3) == ("unassigned", None)
    assert "Cơ quan BHXH sẽ sắp người gọi" in house.told(citizen(3))[-1]


async def test_who_leaves_while_an_outcome_is_missing_leaves_it_to_the_officer(house):
    await house.at_its_hour()
    await house.settle("LS0001", "call", 1)
    await bring(house, active_until=date(2026, 11, 22))
    assert await house.lead(1) == ("unassigned", None)
    assert (await house.events(1))[-1] == ("system", "to_office", "no_outcome")
    assert house.told(citizen(1)) == [], "somebody has spoken with her"


async def test_a_call_whose_hour_has_begun_is_his_though_his_hours_change(house):
    house.now = house.now.replace(day=WEDNESDAY, minute=10)
    await bring(house, hours=tuple((weekday, 600, 1020) for weekday in range(5)))
    assert await house.lead(1) == ("accepted", "LS0001")


async def test_a_call_whose_hour_has_begun_is_his_though_he_takes_the_day_off(house):
    house.now = house.now.replace(day=WEDNESDAY, minute=10)
    async with house.world(inbox("LS0001")) as world:
        assert (await world.take_off(house.now.date(), house.now.date()))["moved"] == 2
    assert await house.lead(1) == ("accepted", "LS0001")


async def test_calls_made_today_count_when_he_is_to_make_fewer(house):
    house.now = house.now.replace(day=WEDNESDAY, minute=10)
    await house.at_its_hour()
    for action in ("call", "joined"):
        await house.settle("LS0001", action, 1)
    await bring(house, per_day=2)
    assert await holders(house) == ["LS0001", "LS0001", "LS0002"]


async def test_whose_row_is_missing_keeps_his_calls_and_is_named(house):
    async with house.engine.begin() as connection:
        stored = await store.load(connection, house.cipher)
        plan = replace(stored.plan, staff={"LS0002": stored.plan.staff["LS0002"]})
        dispatch = house.worlds.dispatch(connection, house.now, lambda *_: None)
        done = await desk.bring(dispatch, stored, plan, dry_run=False)
    assert (done.unnamed, done.handed) == (["LS0001"], [])
    assert await holders(house) == ["LS0001"] * 3


def test_the_command_says_how_many_calls_go_and_from_whom(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANSINH_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    other = without(HUONG, code="LS0002", phone="0987654321")
    always = "T2-CN 08:00-17:00"
    both = [without(row, hours=always, days_off="", active_from="01/01/2020") for row in (HUONG, other)]
    assert main(["import", str(workbook(tmp_path / "net.xlsx", collectors=both))]) == 0
    assert "calls handed over: 0\n" in capsys.readouterr().out
    typed = ("chào", "hẹn gọi lại", "Kỳ Lừa", "1", "chị Lành", "0912345678", "đồng ý")
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(typed)))
    assert main(["chat"]) == 0
    [code] = set(re.findall(r"LS000\d", capsys.readouterr().out))
    left = [without(row, active_until="02/01/2020") for row in both if row[0] == code]
    file = str(workbook(tmp_path / "left.xlsx", collectors=left))
    for arguments, told in ((["import", file, "--dry-run"], 0), (["import", file], 3)):
        assert main(arguments) == 0
        with closing(sqlite3.connect(tmp_path / "var" / "ansinh.db")) as connection:
            mail = connection.execute("SELECT count(*) FROM outbox WHERE cause LIKE 'import-%'")
            assert mail.fetchone() == (told,), "she, who had her call, and who has it now"
        said = capsys.readouterr().out
        assert f"calls handed over: 1 ({code} 1)\n" in said
        assert "Nhân viên: 1 not in the files stay as they are: LS000" in said
        assert "whoever leaves needs his last day in “Làm đến ngày”" in said
    assert main(["import", file]) == 0
    assert "calls handed over: 0\n" in capsys.readouterr().out
