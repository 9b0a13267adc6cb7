"""The main job on a phone: from "xin chào" to a booked call, and the collector's inbox shows it at once."""

from __future__ import annotations

import gzip

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.web.visitors import inbox_path
from tests.browser.conftest import PHONE, picture
from tests.channels.served import Served

pytestmark = pytest.mark.browser

LANH = (
    ("tui 43t ban hang cho ky lua muon dong bhxh", "Phường Kỳ Lừa"),
    ("dung roi", "năm sinh"),
    ("3/83", "quốc tịch"),
    ("có", "lương hưu hay trợ cấp"),
    ("không", "đã đóng BHXH"),
    ("co, cty may 4 nam 2008 2012", "đã rút"),
    ("chua rut", "nam hay nữ"),
    ("nữ", "hỗ trợ một phần"),
    ("can ngheo", "Thấp nhất là 198.000"),
    ("198 dc", "số tiền này"),
)


async def say(page: Page, text: str, answer: str) -> None:
    await page.get_by_label("Câu trả lời").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn .theirs").last).to_contain_text(answer)


async def tap(page: Page, label: str, answer: str) -> None:
    await page.get_by_role("button", name=label, exact=True).last.click()
    await expect(page.locator(".turn .theirs").last).to_contain_text(answer)


async def test_a_trader_books_a_call_and_her_collector_sees_it_at_once(
    served: Served, phone: BrowserContext, browser: Browser
) -> None:
    troubles: list[str] = []
    inbox = await (await browser.new_context(**PHONE)).new_page()
    await inbox.goto(served.url + inbox_path("LS0001", served.app.cipher))
    page = await phone.new_page()
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    await page.goto(served.url)
    await expect(page.locator(".theirs").last).to_contain_text("BHXH tự nguyện")
    await picture(page, "1-welcome")
    await say(page, "xin chào", "em đây ạ")
    for text, answer in LANH:
        await say(page, text, answer)
    await picture(page, "2-confirm-amount")
    await tap(page, "198.000 đ", "mấy tháng một lần")
    await tap(page, "Từng tháng", "Phiếu LS-")
    quote = page.locator(".turn .theirs").last
    for figure in ("198.000 đ", "290.400 đ", "193.600 đ", "244 tháng", "56%", "tháng 3/2043", "từ 4/2043"):
        await expect(quote).to_contain_text(figure)
    await picture(page, "3-quote")
    await tap(page, "Vì sao ra số này?", "Nghị định 159/2025/NĐ-CP điều 5")
    await picture(page, "4-why")
    await tap(page, "Hẹn nhân viên gọi lại", "gọi lúc nào")
    await picture(page, "5-slots")
    await page.locator(".options button").first.click()
    await expect(page.locator(".turn .theirs").last).to_contain_text("gọi chị là gì")
    await say(page, "chị Lành", "Số điện thoại nào")
    await say(page, "0912 345 678", "đồng ý cho nhân viên")
    await picture(page, "6-consent")
    await tap(page, "Tôi đồng ý", "Mã gọi lại")
    await picture(page, "7-booked")
    await expect(inbox.locator(".turn .theirs").last).to_contain_text("Chị Lành")
    await expect(inbox.locator(".turn .theirs").last).not_to_contain_text("0912")
    await picture(inbox, "8-inbox-card")
    await tap(inbox, "Nhận", "Đã nhận #1")
    await inbox.get_by_role("button", name="Gọi #1").last.click()
    await expect(inbox.locator(".turn .theirs").last).to_contain_text("0912 345 678")
    await picture(inbox, "9-inbox-call")
    await tap(inbox, "#1: tham gia", "Đóng mấy tháng một lần")
    await inbox.locator(".options button").first.click()
    await expect(inbox.locator(".turn .theirs").last).to_contain_text("Đã ghi: #1 tham gia")
    await picture(inbox, "10-inbox-outcome")
    assert troubles == []


async def test_a_reload_and_a_lost_network_lose_nothing(served: Served, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(served.url)
    await say(page, "3", "sinh tháng năm nào")
    await page.reload()
    await expect(page.locator(".theirs").last).to_contain_text("sinh tháng năm nào")
    await expect(page.locator(".mine").last).to_contain_text("3")
    await phone.set_offline(True)
    await page.get_by_label("Câu trả lời").fill("5/1980")
    await page.keyboard.press("Enter")
    await expect(page.locator(".waiting")).to_have_count(1)
    await picture(page, "11-offline")
    await phone.set_offline(False)
    await expect(page.locator(".theirs").last).to_contain_text("nam hay nữ")
    await expect(page.locator(".mine", has_text="5/1980")).to_have_count(1)


async def test_another_visitor_sees_nothing_of_it(served: Served, browser: Browser) -> None:
    for _ in range(2):
        page = await (await browser.new_context(**PHONE)).new_page()
        await page.goto(served.url)
        await expect(page.locator(".turn")).to_have_count(1)
        await say(page, "3", "sinh tháng năm nào")


async def test_it_works_without_javascript(served: Served, browser: Browser) -> None:
    page = await (await browser.new_context(**PHONE, java_script_enabled=False)).new_page()
    await page.goto(served.url)
    await page.get_by_role("button", name="Tính mức đóng, lương hưu").click()
    await expect(page.locator(".theirs").last).to_contain_text("sinh tháng năm nào")
    await page.get_by_label("Câu trả lời").fill("5/1980")
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.locator(".theirs").last).to_contain_text("nam hay nữ")
    await page.go_back()
    await expect(page.locator(".turn").first).to_contain_text("BHXH tự nguyện")


async def test_it_works_by_keyboard_alone_and_names_everything(served: Served, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(served.url)
    await expect(page.get_by_role("log", name="Cuộc trò chuyện")).to_be_visible()
    await expect(page.get_by_role("button", name="Gửi")).to_be_visible()
    for _ in range(4):
        await page.keyboard.press("Tab")
        if "Tính mức đóng" in await page.evaluate("document.activeElement.textContent"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator(".theirs").last).to_contain_text("sinh tháng năm nào")
    small = await page.evaluate(
        "[...document.querySelectorAll('button:not([hidden]), input:not([type=hidden])')]"
        ".filter((e) => e.getBoundingClientRect().height < 48).map((e) => e.outerHTML)"
    )
    assert small == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_events_and_posts_take_over_where_sockets_are_blocked(
    served: Served, phone: BrowserContext
) -> None:
    page = await phone.new_page()
    await page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose && this.onclose(), 1); } };"
    )
    await page.goto(served.url)
    await expect(page.locator("#state")).to_have_text("", timeout=20_000)
    await say(page, "3", "sinh tháng năm nào")


async def test_the_page_weighs_less_than_sixty_kilobytes(served: Served, phone: BrowserContext) -> None:
    weight: list[int] = []
    page = await phone.new_page()

    async def weigh(response: object) -> None:
        if response.status == 200:
            weight.append(len(gzip.compress(await response.body())))

    page.on("response", weigh)
    await page.goto(served.url, wait_until="networkidle")
    assert 0 < sum(weight) <= 60 * 1024
