"""/metrics tells whoever runs the house how it stands, and nobody else, and nothing of anybody."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from bot.storage import accounts, timers
from bot.storage.schema import outbox
from bot.storage.zalo_schema import zalo_tokens
from bot.web.metrics import PATH
from handlers.messages import Outgoing
from tests.channels.phones import TELEGRAM, ZALO_BOT, ZALO_OA, House, house_of
from tests.channels.test_zalo_templates import PHONE, town_on

Figures = dict[tuple[str, ...], float]


async def figures(house: House, process: int = 0) -> Figures:
    """Every figure under its name and the values of its labels."""
    answer = await house.session.get(house.processes[process].server.make_url(PATH))
    assert answer.status == 200
    assert answer.content_type == "text/plain"
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }


def grown(before: Figures, after: Figures) -> Figures:
    """What was counted between two looks, of our own."""
    found = {key: value - before.get(key, 0) for key, value in after.items() if key[0].startswith("ansinh")}
    return {key: value for key, value in found.items() if value and key[0].endswith("_total")}


async def test_what_comes_and_goes_is_counted(network_url: str, tmp_path: Path) -> None:
    async with house_of(TELEGRAM, network_url, tmp_path) as house:
        user = house.person()
        before = await figures(house)
        await house.say(user, "chào", "3")
        await house.act(user, kind="unknown", name="some_news")
        [delivery] = await house.held((user, {"kind": "text", "text": "x"}))
        await house.session.post(house.processes[0].hook, data=delivery.body)
        house.simulator.faults.add("error", "sendMessage", code=403)
        await house.put((user, Outgoing("x")))
        await house.pump()
        assert grown(before, await figures(house)) == {
            ("ansinh_updates_total", "telegram", "welcome"): 2,
            ("ansinh_sends_total", "telegram", "ok"): 2,
            ("ansinh_sends_total", "telegram", "stopped"): 1,
            ("ansinh_deliveries_refused_total", "telegram"): 1,
            ("ansinh_deliveries_unreadable_total", "telegram", "unknown"): 1,
        }


async def test_zalo_tells_which_secret_signs_what_is_left_and_who_must_act(
    database_url: str, tmp_path: Path
) -> None:
    async with house_of(ZALO_OA, database_url, tmp_path) as house:
        before = await figures(house)
        await house.say(house.person(), "xin chào")
        after = await figures(house)
        signed = [key[1:] for key in grown(before, after) if key[0] == "ansinh_deliveries_signed_total"]
        assert signed == [("app_id", "oa_secret")]
        left = int(house.simulator.switches.calls_a_minute) - 1
        assert after["ansinh_quota_left", "zalo_oa", "calls_a_minute"] == left
        assert ("ansinh_accounts_need_human", "zalo_oa") not in after
        async with house.app.engine.begin() as connection:
            await connection.execute(update(zalo_tokens).values(broken="dead"))
        assert (await figures(house))["ansinh_accounts_need_human", "zalo_oa"] == 1


async def test_how_many_messages_of_the_month_are_left(databases: Any, tmp_path: Path) -> None:
    async with house_of(ZALO_BOT, databases.make("sqlite"), tmp_path) as house:
        await house.say(house.person(), "xin chào")
        assert (await figures(house))["ansinh_quota_left", "zalo_bot", "messages_a_month"] == 2_999


async def test_every_process_says_the_same_of_what_they_share(network_url: str, tmp_path: Path) -> None:
    async with town_on(network_url, tmp_path, processes=2) as town:
        house = town.house
        now = house.clock()
        await house.put((town.user, Outgoing("x")), (town.user, Outgoing("y")), (town.user, Outgoing("z")))
        async with house.app.engine.begin() as connection:
            newest = select(outbox.c.id).order_by(outbox.c.id.desc()).limit(2)
            for number, state in zip(
                (await connection.execute(newest)).scalars().all(), ("dead", "unknown"), strict=True
            ):
                await connection.execute(update(outbox).where(outbox.c.id == number).values(state=state))
            await timers.put(connection, "accept", 1, now - timedelta(hours=1))
            held = {"until": now + timedelta(hours=1), "code": "x", "human": True, "at": now}
            await accounts.hold(connection, "zalo_oa", house.processes[0].platform.account, **held)
        await house.clock.advance(90)
        for process in range(2):
            found = await figures(house, process)
            shared = {key: value for key, value in found.items() if not key[0].endswith("_total")}
            for key, value in {
                ("ansinh_outbox_messages", "zalo_oa", "waiting"): 1,
                ("ansinh_outbox_messages", "zalo_oa", "unknown"): 1,
                ("ansinh_outbox_messages", "zalo_oa", "dead"): 1,
                ("ansinh_outbox_oldest_due_seconds", "zalo_oa"): 90,
                ("ansinh_accounts_held", "zalo_oa"): 1,
                ("ansinh_accounts_need_human", "zalo_oa"): 1,
                ("ansinh_leads_open", "unassigned"): 1,
                ("ansinh_leads_open", "accepted"): 0,
                ("ansinh_leads_with_office",): 1,
                ("ansinh_deadlines_overdue",): 1,
                ("ansinh_failures_open",): 0,
            }.items():
                assert shared[key] == value, key


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("", {"Forwarded": "for=203.0.113.7"}, 404),
        ("", {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer "}, 404),
        ("s3cret", {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer s3cret"}, 200),
        ("s3cret", {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer no"}, 404),
        ("s3cret", {"X-Forwarded-For": "203.0.113.7", "Authorization": "s3cret"}, 404),
        ("s3cret", {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer \udcff\udcfe"}, 404),
    ],
)
async def test_only_this_machine_or_the_token_may_ask(
    databases: Any, tmp_path: Path, token: str, headers: dict[str, str], status: int
) -> None:
    async with town_on(databases.make("sqlite", demo=True), tmp_path, metrics_token=token) as town:
        url = town.house.processes[0].server.make_url(PATH)
        assert (await town.house.session.get(url, headers=headers)).status == status


async def test_nothing_of_anybody_is_in_it(databases: Any, tmp_path: Path) -> None:
    async with town_on(databases.make("sqlite", demo=True), tmp_path) as town:
        await town.house.act(town.user, kind="unknown", name="tên của chị")
        await town.notice()
        text = await (await town.house.session.get(town.house.processes[0].server.make_url(PATH))).text()
        account = town.house.processes[0].platform.account
        for secret in (town.user, account, PHONE, PHONE[2:], "Lành", "tên", *ZALO_OA.secrets):
            assert secret not in text
        labels = set(re.findall(r'="([^"]*)"', text))
        assert all(re.fullmatch(r"[a-z_.0-9]{0,20}", label) for label in labels), labels
