"""The page for everybody: read aloud, by keyboard, in the sun, at night, with big letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.web.visitors import inbox_path
from handlers.messages import Address, Option
from tests.browser.conftest import PHONE, picture
from tests.channels.web_site import Site, site_on
from tests.conftest import Databases

pytestmark = pytest.mark.browser

LOOK = Path(__file__).with_name("look.js")


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


async def look(page: Page, what: str) -> Any:
    await page.evaluate(LOOK.read_text("utf-8"))
    return await page.evaluate(f"look.{what}()")


async def full_page(site: Site, page: Page) -> None:
    """A page that shows all it can show: what she said, an answer, a notice, both with buttons."""
    await page.goto(site.url + site.path)
    await page.get_by_label("Câu trả lời").fill("43 tuổi, đóng 300.000 đ, gọi 1900 9068")
    await page.keyboard.press("Enter")
    await expect(page.locator("#m2 .mine")).to_have_count(1)
    await site.notice(
        "Thẻ 1\n• đóng 198.000 đ\n\nMã gọi lại: 8320", "n1", Option("accept-1", "Nhận lịch này")
    )
    await expect(page.locator(".options")).to_have_count(2)


async def sending(site: Site, page: Page) -> None:
    """The same while something is on its way."""
    site.converse.silent = True
    await page.get_by_label("Câu trả lời").fill("đang gửi")
    await page.keyboard.press("Enter")
    await expect(page.locator("#state")).not_to_be_empty()


async def inbox(site: Site, page: Page) -> None:
    to = Address("web", "inbox", "collector:LS0001")
    await site.notice("[Mới #1] 0912 345 678", "card", to=to)
    await page.goto(site.url + inbox_path("LS0001", site.cipher))
    await expect(page.get_by_role("link", name="0912 345 678")).to_be_visible()


async def error(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/nowhere")


async def unsent(site: Site, page: Page) -> None:
    await page.goto(site.url + site.path)
    site.converse.broken = 1
    await page.evaluate("said.value = 'x'; say.submit()")  # as a form goes, without the script
    await expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_is_large_and_stands_out(site: Site, browser: Browser, scheme: str) -> None:
    page = await (await browser.new_context(**PHONE, color_scheme=scheme)).new_page()
    for number, show in enumerate((full_page, sending, inbox, error, unsent)):
        await show(site, page)
        texts = await look(page, "texts")
        assert len(texts) >= 3
        assert [text for text in texts if text["size"] < 18] == []
        assert [text for text in texts if text["contrast"] < 7] == []
        await picture(page, f"2{number}-{scheme}-{show.__name__}")


async def test_everything_has_a_name_a_role_and_room_for_a_thumb(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await full_page(site, page)
    assert await look(page, "nameless") == []
    assert await look(page, "small") == []
    log = page.get_by_role("log", name="Cuộc trò chuyện")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(page.get_by_role("status")).to_have_count(1)
    await expect(page.get_by_role("textbox", name="Câu trả lời")).to_be_visible()
    await expect(page.get_by_role("form", name="Các lựa chọn")).to_have_count(2)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("An Sinh")
    assert await page.evaluate("document.documentElement.lang") == "vi"
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


async def test_who_speaks_is_read_aloud_and_numbers_of_buttons_are_not(
    site: Site, phone: BrowserContext
) -> None:
    page = await phone.new_page()
    await full_page(site, page)
    spoken = await page.locator("#log").aria_snapshot()
    assert "Trợ lý:" in spoken
    assert "Anh/chị: 43 tuổi" in spoken
    assert 'button "Nhận lịch này"' in spoken


async def test_the_keyboard_goes_on_where_the_conversation_does(site: Site, browser: Browser) -> None:
    page = await (await browser.new_context(viewport={"width": 1280, "height": 800})).new_page()
    await page.goto(site.url + site.path)
    await page.keyboard.press("Tab")
    assert await look(page, "focused") == "Đến ô trả lời"
    await page.keyboard.press("Tab")
    assert "Có" in await look(page, "focused")
    await page.keyboard.press("Enter")
    await expect(page.locator("#m2")).to_be_focused()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('.turn').id") == "m2"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.locator("#m3")).to_be_focused()
    assert [incoming.text for incoming in site.converse.heard] == ["", "yes", "no"]
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("43 tuổi")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine").last).to_contain_text("43 tuổi")
    assert await look(page, "focused") == "said"


@pytest.mark.parametrize(("width", "letters"), [(360, 16), (360, 21), (320, 16), (320, 24), (740, 16)])
async def test_small_phones_and_big_letters_fit(
    site: Site, browser: Browser, width: int, letters: int
) -> None:
    """`letters` is the size the phone is set to; 16 is as delivered, 21 is 1.3 times that."""
    size = {"viewport": {"width": width, "height": 740}}
    context = await browser.new_context(**{**PHONE, **size})
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
    await full_page(site, page)
    assert await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= letters * 1.12
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await look(page, "cut") == []
    assert await look(page, "small") == []
    await picture(page, f"30-{width}px-letters-{letters}")


async def test_a_telephone_number_is_typed_on_a_telephone_keypad(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(site.url + site.path)
    field = page.get_by_label("Câu trả lời")
    await expect(field).not_to_have_attribute("inputmode", "tel")
    await site.ask_phone("Số điện thoại nào?", "q1")
    await expect(field).to_have_attribute("inputmode", "tel")
    await page.reload()
    await expect(field).to_have_attribute("inputmode", "tel")
    await field.fill("0912 345 678")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine").last).to_contain_text("0912 345 678")
    await expect(field).not_to_have_attribute("inputmode", "tel")
