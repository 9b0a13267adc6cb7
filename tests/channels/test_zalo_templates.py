"""Templates: what must arrive outside the window goes by user id, then by phone, once, if it fits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.zalo.oa import InvalidError
from bot.channels.zalo.templates import Templates, TemplatesError, UnfitError
from bot.channels.zalo.zbs import PhoneTemplate, international
from bot.clock import LOCAL
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import serve
from bot.simulators.zalo.zbs import ZaloZbsSimulator
from bot.storage import leads, network
from bot.storage.leads import Lead, Person
from bot.storage.network_schema import collectors
from bot.storage.zalo_schema import zalo_templates
from handlers.leads import LeadState
from handlers.messages import Address, Outgoing
from tests.channels.phones import NOW, ZALO_OA, House, house_of

FILE = Path(__file__).with_name("zalo_templates.toml")
PHONE = "84912345678"
FACTS = {"collector.name": "Hoàng Thị Hương", "call_code": "4021", "starts_at": "2026-12-10T09:00+07:00"}
NOTICE = Outgoing("Hẹn gọi chị 9 giờ.", notice="call_set", facts=FACTS)


@dataclass
class Town:
    """An Official Account, the template host, and somebody whose window has closed."""

    house: House
    zbs: ZaloZbsSimulator
    user: str

    async def later(self, **by: float) -> None:
        await self.house.clock.advance(timedelta(**by).total_seconds())

    async def until(self, time: str) -> None:
        """Let it become so late, in Vietnam."""
        local = self.house.clock().astimezone(LOCAL)
        hour, minute = map(int, time.split(":"))
        then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        await self.later(days=0 if then > local else 1, seconds=(then - local).total_seconds())

    async def notice(self, notice: Outgoing = NOTICE) -> None:
        await self.house.put((self.user, notice))
        await self.house.sender.drain()

    async def states(self) -> list[str]:
        return [state for state, _ in await self.house.rows(self.user)]

    async def templates(self) -> list[tuple[str, str, int]]:
        async with self.house.app.engine.connect() as connection:
            columns = zalo_templates.c.way, zalo_templates.c.state, zalo_templates.c.code
            rows = await connection.execute(select(*columns).order_by(zalo_templates.c.id))
            return [(way, state, code) for way, state, code in rows]

    async def delivered_at(self) -> datetime | None:
        async with self.house.app.engine.connect() as connection:
            last = select(zalo_templates.c.delivered_at).order_by(zalo_templates.c.id.desc()).limit(1)
            return await connection.scalar(last)


@asynccontextmanager
async def town_on(
    url: str, folder: Path, file: Path = FILE, *, processes: int = 1, **change: Any
) -> AsyncIterator[Town]:
    zbs = ZaloZbsSimulator(VirtualClock(NOW), Random(4))
    zbs.approve("12345", {"collector": 30, "code": 30, "time": 20})
    zbs.approve("67890", {"lead": 8, "ward": 200})
    runner, address = await serve(zbs)
    more = {"zalo_zbs_url": address, "zalo_templates": str(file), **change}
    kind = replace(ZALO_OA, settings=lambda simulator, at: ZALO_OA.settings(simulator, at) | more)
    try:
        async with house_of(kind, url, folder, processes=processes) as house:
            zbs.clock = zbs.journal._clock = house.clock
            zbs._accepts = lambda token: house.simulator.oauth.state(token) == "good"
            zbs.webhook.aim(house.processes[0].hook)
            town = Town(house, zbs, house.person())
            await house.say(town.user, "xin chào")
            await _book(town)
            await town.later(days=8)
            yield town
    finally:
        await runner.cleanup()
    assert zbs.violations == []


async def _book(town: Town) -> None:
    """She booked, and so agreed to be reached at her number."""
    at = town.house.clock()
    lead = Lead(
        id=0, state=LeadState.UNASSIGNED, ward="06187", quote_code=None, starts_at=at, ends_at=at,
        call_code="4021", language="vi", collector_id=None, address=town.house.address(town.user),
    )  # fmt: skip
    async with town.house.app.engine.begin() as connection:
        cipher = town.house.app.cipher
        await leads.create(connection, cipher, lead, Person("chị Lành", "0912345678", {}), at=at)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_on(database_url, tmp_path) as made:
        yield made


@pytest.fixture
async def small(databases: Any, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_on(databases.make("sqlite", demo=True), tmp_path) as made:
        yield made


async def test_within_the_window_it_is_a_message_as_any_other(town: Town) -> None:
    await town.house.say(town.user, "menu")
    await town.notice()
    assert town.house.said(town.user)[-1]["text"] == NOTICE.text
    assert await town.templates() == []


async def test_outside_it_is_a_template_to_her_user_id(town: Town) -> None:
    await town.notice()
    assert await town.states() == ["sent", "sent"]
    assert town.house.said(town.user)[-1]["text"].startswith("[uid-call]")
    assert "09:00 10/12/2026" in town.house.said(town.user)[-1]["text"]
    assert await town.templates() == [("uid", "sent", 0)]
    await town.house.simulator.people.settle()
    await town.later(seconds=11)
    await town.house.processes[0].platform._parts.echoes.settle()
    assert len(await town.house.say(town.user, "menu")) >= 1  # its echo was ours


async def test_a_template_that_cannot_go_to_a_user_id_goes_to_her_phone_and_its_report_is_kept(
    town: Town,
) -> None:
    town.house.simulator.faults.add("error", "message/template", code=-249)
    town.zbs.switches.reports_twice = 1.0
    await town.notice()
    await town.zbs.webhook.settle()
    assert await town.states() == ["sent", "sent"]
    assert await town.templates() == [("uid", "refused", -249), ("phone", "delivered", 0)]
    [sent] = town.zbs.sent.values()
    expected = {"collector": "Hoàng Thị Hương", "code": "4021", "time": "09:00 10/12/2026"}
    assert (sent["phone"], sent["data"]) == (PHONE, expected)


async def test_the_number_need_not_be_told_only_its_hash(databases: Any, tmp_path: Path) -> None:
    change = {"zalo_hashed_phones": True, "zalo_proof": True}
    async with town_on(databases.make("sqlite", demo=True), tmp_path, **change) as town:
        town.zbs.add_user({"phone": PHONE})
        town.zbs._oa.wants_proof = True
        town.house.simulator.faults.add("error", "message/template", code=-249)
        await town.notice()
        assert [sent["phone"] for sent in town.zbs.sent.values()] == [PHONE]
        [call] = [line for line in town.zbs.journal.lines if line["what"] == "call"]
        assert "/message/template/hashphone" in call["call"]
        assert PHONE[2:] not in str(call)


async def test_who_is_not_on_zalo_is_reached_in_no_way(small: Town) -> None:
    small.house.simulator.faults.add("error", "message/template", code=-249)
    small.zbs.add_user({"phone": PHONE, "behaviour": "no_zalo"})
    await small.notice()
    assert await small.states() == ["sent", "dead"]
    assert await small.templates() == [("uid", "refused", -249), ("phone", "refused", -118)]


async def test_an_answer_that_was_lost_is_found_by_the_report_and_nothing_is_sent_twice(town: Town) -> None:
    town.house.simulator.faults.add("error", "message/template", code=-249)
    town.zbs.faults.add("reset_after", "message/template")
    await town.notice()
    await town.zbs.webhook.settle()
    await town.house.processes[0].platform._parts.echoes.settle()
    assert await town.states() == ["sent", "sent"]
    assert (await town.templates())[-1] == ("phone", "delivered", 0)
    assert len(town.zbs.sent) == 1


async def settle(town: Town) -> None:
    await town.zbs.webhook.settle()
    parts = town.house.processes[0].platform._parts
    await parts.reports.settle()
    await parts.echoes.settle()


def phone_only(town: Town) -> None:
    """Templates cannot go to a user id here."""
    town.house.simulator.faults.add("error", "message/template", count=9, code=-249)


async def test_a_report_that_comes_late_counts_and_another_changes_nothing(town: Town) -> None:
    phone_only(town)
    town.zbs.switches.reports_within = 3_600.0
    town.zbs.switches.reports_twice = 1.0
    await town.notice()
    await settle(town)
    assert (await town.templates())[-1] == ("phone", "sent", 0)
    await town.later(hours=1)
    await settle(town)
    assert (await town.templates())[-1] == ("phone", "delivered", 0)
    first = await town.delivered_at()
    assert NOW < first <= town.house.clock()
    await town.later(hours=30)
    await settle(town)
    assert (await town.delivered_at(), len(town.zbs.sent)) == (first, 1)


async def test_a_report_that_never_comes_is_asked_for(town: Town) -> None:
    phone_only(town)
    town.zbs.switches.reports_lost = 1.0
    await town.notice()
    await town.later(hours=2)
    await settle(town)
    assert (await town.templates())[-1] == ("phone", "sent", 0)  # it may still come
    await town.later(hours=2)
    await settle(town)
    assert (await town.templates())[-1] == ("phone", "delivered", 0)


async def test_what_did_not_arrive_goes_the_next_way_and_a_late_report_of_the_first_is_kept(
    town: Town,
) -> None:
    await town.notice()
    [(user_id, message_id)] = [(town.user, line["id"]) for line in town.house.said(town.user)[-1:]]
    await settle(town)
    assert await town.states() == ["sent", "sent"]
    await town.later(hours=4)
    await settle(town)
    assert await town.states() == ["sent", "waiting"]
    await town.house.sender.drain()
    await settle(town)
    assert await town.templates() == [("uid", "lost", 0), ("phone", "delivered", 0)]
    person = town.house.simulator.people.get(user_id)
    town.house.simulator.switches.receipts = True
    town.house.simulator.people._receipts(person, message_id)
    await town.house.simulator.webhook.settle()
    assert await town.templates() == [("uid", "delivered", 0), ("phone", "delivered", 0)]
    assert await town.states() == ["sent", "sent"]


async def test_what_arrives_by_no_way_is_lost_and_is_not_tried_for_ever(town: Town) -> None:
    town.zbs.add_user({"phone": PHONE, "behaviour": "off"})
    await town.notice()
    for _ in range(5):
        await town.later(hours=4)
        await settle(town)
        await town.house.sender.drain()
    assert await town.templates() == [("uid", "lost", 0), ("phone", "lost", 0)]
    assert len(town.zbs.sent) == 1


async def test_two_processes_let_what_did_not_arrive_go_on_once(network_url: str, tmp_path: Path) -> None:
    async with town_on(network_url, tmp_path) as town:
        await town.notice()
        await town.later(hours=4)
        reports = town.house.processes[0].platform._parts.reports
        await asyncio.gather(*(reports.settle() for _ in range(4)))
        await town.house.sender.drain()
        await asyncio.gather(*(reports.settle() for _ in range(4)))
        await town.house.sender.drain()
        assert [way for way, _, _ in await town.templates()] == ["uid", "phone"]


async def test_without_money_a_person_must_act_but_the_chat_goes_on(small: Town) -> None:
    small.house.simulator.faults.add("error", "message/template", count=2, code=-249)
    small.zbs.switches.money = 0
    await small.notice()
    assert await small.states() == ["sent", "waiting"]
    answers = await small.house.say(small.user, "menu")
    assert answers[0]["text"] == NOTICE.text  # she is here: it needs no template
    assert await small.states() == ["sent", "sent", "sent"]


@pytest.mark.parametrize(
    ("at", "waits"), [("21:59", False), ("22:00", True), ("05:59", True), ("06:00", False)]
)
async def test_what_may_not_be_sent_at_night_is_sent_in_the_morning(town: Town, at: str, waits: bool) -> None:
    town.zbs.templates["12345"].by_day = True
    town.house.simulator.faults.add("error", "message/template", count=9, code=-249)
    await town.until(at)
    await town.notice()
    assert len(town.zbs.sent) == (0 if waits else 1)
    if waits:
        await town.until("06:04")
        await town.house.sender.drain()
        assert town.zbs.sent == {}
        await town.until("06:15")
        await town.house.sender.drain()
        assert len(town.zbs.sent) == 1
    assert await town.states() == ["sent", "sent"]


async def test_what_does_not_fit_is_not_sent(small: Town) -> None:
    long = Outgoing("…", notice="call_set", facts={**FACTS, "collector.name": "H" * 31})
    await small.notice(long)
    await small.notice(Outgoing("…", notice="call_set", facts={"call_code": "4021"}))
    assert await small.states() == ["sent", "dead", "dead"]
    assert await small.templates() == []


async def test_a_collector_gets_his_card_at_his_own_number(databases: Any, tmp_path: Path) -> None:
    async with town_on(databases.make("sqlite", demo=True), tmp_path) as town:
        him = Address("zalo_oa", town.house.processes[0].platform.account, town.user)
        async with town.house.app.engine.begin() as connection:
            collector = await network.collector_by_code(connection, "LS0001")
            assert collector
            await network.link_chat(connection, him, collector.id)
            sealed = town.house.app.cipher.seal("0987 654 321", network.phone_place("LS0001"))
            his = collectors.c.code == "LS0001"
            await connection.execute(update(collectors).where(his).values(phone=sealed))
        card = Outgoing("[Mới #7]", notice="lead_card", facts={"lead": 7, "ward": "06187"})
        await town.notice(card)
        [sent] = town.zbs.sent.values()
        assert sent["phone"] == "84987654321"
        assert sent["data"]["lead"] == "7"
        assert sent["data"]["ward"] != "06187"


async def test_the_self_test_compares_each_template_with_what_was_approved(small: Town) -> None:
    small.zbs.approve(
        "12345", {"collector": 20, "code": 30, "time": 20, "office": 30}, status="PENDING_REVIEW"
    )
    found = {each.what: each for each in await small.house.processes[0].platform.look()}
    assert found["template lead_card"].fine
    wrong = found["template call_set"]
    assert wrong.found == (
        "its status is PENDING_REVIEW; collector may have 20 characters, not 30; office is missing"
    )
    assert found["templates"].found == "500 of 500 left today"


BROKEN = [
    ("[a", "cannot be read as TOML"),
    ('[a]\nway = "x"', "has order, uid, phone, next_after and data"),
    ('[a]\norder = ["sms"]', "a way is one of chat, uid, phone, not 'sms'"),
    ('[a]\norder = ["uid"]', "so uid needs a template's id"),
    ("[a]\norder = []", "order is empty"),
    ('[a]\nphone = "1"\nnext_after = 0', "next_after is 1 to 72 hours, not 0"),
    ('[a]\nphone = "1"\n[a.data.b]\ntype = "name"', "has from, type or longest"),
    ('[a]\nphone = "1"\n[a.data.b]\nfrom = "c"\ntype = "nom"', "type is one of name, phone"),
    (
        '[a]\nphone = "1"\n[a.data.b]\nfrom = "c"\ntype = "name"\nas = "roman"',
        "as is one of capital, day, moment",
    ),
]


@pytest.mark.parametrize(("text", "says"), BROKEN)
def test_a_wrong_file_of_templates_says_where_and_what(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text(text)
    with pytest.raises(TemplatesError, match=says):
        Templates.load(file)


def test_without_a_file_everything_stays_in_the_chat() -> None:
    assert Templates.load(None).purpose("call_set").order == ("chat",)
    with pytest.raises(TemplatesError):
        Templates.load(Path("nowhere.toml"))


def test_a_value_that_cannot_be_written_names_its_parameter(tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text('[a]\nphone = "1"\n[a.data.when]\nfrom = "at"\ntype = "time"\nas = "when"')
    with pytest.raises(UnfitError, match="when: at cannot be written"):
        Templates.load(file).purpose("a").fill({"at": "tomorrow"})


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0912345678", PHONE), ("+84 912 345 678", PHONE), ("84912345678", PHONE), ("0912.345.678", PHONE),
     ("912345678", None), ("091234567", None), ("+8613812345678", None)],
)  # fmt: skip
def test_a_number_is_written_as_zalo_takes_it(given: str, taken: str | None) -> None:
    if taken:
        assert international(given) == taken
    else:
        with pytest.raises(InvalidError):
            international(given)


@pytest.mark.parametrize("tracking", ["", "a" * 49, "mã 1", "a.b"])
def test_a_label_zalo_would_refuse_is_not_sent(tracking: str) -> None:
    with pytest.raises(InvalidError):
        PhoneTemplate(PHONE, "1", {"a": "b"}, tracking)
