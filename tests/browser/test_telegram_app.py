"""The menu button of the simulated phone, tapped: the page reads who opened it and leads to the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import picture
from tests.channels.phones import House
from tests.channels.test_telegram_app import opened_house, site_of, web_sender
from tests.conftest import Databases

pytestmark = pytest.mark.browser

IN_TELEGRAM = """
window.TelegramWebviewProxy = { postEvent: (...event) => document.cookie = "told=" + event.join("|") };
"""


@pytest.fixture
async def house(databases: Databases, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(databases.make("sqlite", demo=True), tmp_path) as made, web_sender(made):
        yield made


async def test_the_menu_button_opens_her_chat_on_the_whole_screen(
    house: House, phone: BrowserContext
) -> None:
    house.person(name="Lành")
    await phone.add_init_script(IN_TELEGRAM)
    simulated = await phone.new_page()
    await simulated.goto(house.app.settings.telegram_api)
    async with phone.expect_page() as opening:
        await simulated.get_by_role("button", name="Mở trang chat").click()
    page = await opening.value
    await expect(page.locator(".turn")).to_have_count(1)
    assert page.url.startswith(f"{site_of(house)}/c/")
    assert "tgWebAppData" not in page.url
    told = [one["value"] for one in await phone.cookies() if one["name"] == "told"]
    assert told == ["web_app_expand|{}"]
    await page.get_by_label("Câu trả lời").fill("tính mức đóng")
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn")).to_have_count(2)


async def test_outside_telegram_the_page_stays_and_leads_to_the_ordinary_chat(
    house: House, phone: BrowserContext
) -> None:
    page = await phone.new_page()
    await page.goto(f"{site_of(house)}/telegram/app#tgWebAppVersion=9.1")
    await picture(page, "telegram-app-outside")
    await page.get_by_role("link", name="Nói chuyện trên web").click()
    await expect(page.locator(".turn")).to_have_count(1)


async def test_what_is_not_signed_is_refused_kindly(house: House, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(f"{site_of(house)}/telegram/app#tgWebAppData=user%3D1%26hash%3D2")
    await expect(page.get_by_role("heading", name="Chưa mở được từ Telegram")).to_be_visible()
    await picture(page, "telegram-app-refused")
