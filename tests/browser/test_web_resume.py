"""A phone on the road: lost networks, reloads, restarts. Nothing is lost, doubled or out of order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from bot.web.visitors import inbox_path
from handlers.messages import Address, Kind, Option
from tests.browser.conftest import PHONE
from tests.channels.web_site import Site, site_on
from tests.conftest import Databases

pytestmark = pytest.mark.browser

STORAGE_REFUSED = """
Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("x", "SecurityError"); } });
"""


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


@pytest.fixture
async def page(site: Site, phone: BrowserContext) -> Page:
    made = await phone.new_page()
    await made.goto(site.url + site.path)
    await expect(made.locator(".turn")).to_have_count(1)
    return made


async def type_in(page: Page, text: str) -> None:
    await page.get_by_label("Câu trả lời").fill(text)
    await page.keyboard.press("Enter")


def said(site: Site) -> list[str]:
    return [incoming.text for incoming in site.converse.heard if incoming.kind is not Kind.START]


async def shown(page: Page, *texts: str) -> None:
    """Her words are on the page once each, in their order, and all of them are taken."""
    await expect(page.locator(".mine")).to_have_text([f"Anh/chị: {text}" for text in texts], timeout=15_000)
    await expect(page.locator(".waiting")).to_have_count(0, timeout=15_000)


async def test_what_is_typed_without_a_network_goes_out_in_order_when_it_is_back(
    site: Site, phone: BrowserContext, page: Page
) -> None:
    await phone.set_offline(True)
    for text in ("một", "hai", "ba"):
        await type_in(page, text)
    await expect(page.locator(".waiting")).to_have_count(3)
    await phone.set_offline(False)
    await shown(page, "một", "hai", "ba")
    assert said(site) == ["một", "hai", "ba"]
    await expect(page.locator("#state")).to_be_empty()


async def test_what_waits_survives_a_reload(site: Site, page: Page) -> None:
    site.converse.broken = 1
    await type_in(page, "43 tuổi")
    await expect(page.locator("#state")).to_contain_text("Máy chủ đang bận")
    assert said(site) == []
    await page.reload()
    await shown(page, "43 tuổi")
    await page.reload()
    await shown(page, "43 tuổi")
    assert said(site) == ["43 tuổi"]


async def test_a_browser_that_keeps_nothing_for_a_page_serves_as_well(
    site: Site, phone: BrowserContext
) -> None:
    page = await phone.new_page()
    await page.add_init_script(STORAGE_REFUSED)
    await page.goto(site.url + site.path)
    await type_in(page, "43 tuổi")
    await shown(page, "43 tuổi")
    assert said(site) == ["43 tuổi"]


async def test_an_acknowledgement_that_is_lost_doubles_nothing(site: Site, phone: BrowserContext) -> None:
    cut = 0

    async def lossy(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        async def from_server(message: str | bytes) -> None:
            nonlocal cut
            if '"ack"' in str(message) and cut < 2:
                cut += 1
                await route.close()
            else:
                route.send(message)

        server.on_message(from_server)

    page = await phone.new_page()
    await page.route_web_socket("**/ws*", lossy)
    await page.goto(site.url + site.path)
    await type_in(page, "43 tuổi")
    await type_in(page, "nữ")
    await shown(page, "43 tuổi", "nữ")
    assert said(site) == ["43 tuổi", "nữ"]
    assert cut == 2


async def test_a_server_that_restarts_is_found_again(databases: Databases, phone: BrowserContext) -> None:
    url = databases.make("sqlite")
    page = await phone.new_page()
    async with site_on(url) as site:
        await page.goto(site.url + site.path)
        await type_in(page, "một")
        await shown(page, "một")
        port = int(site.url.rpartition(":")[2])
    await type_in(page, "hai")
    await expect(page.locator("#state")).to_have_text("Mất mạng. Tin sẽ tự gửi lại, không cần bấm lại.")
    async with site_on(url, port=port) as site:
        await site.notice("Em đã trở lại", "back")
        await expect(page.locator(".theirs", has_text="Em đã trở lại")).to_be_visible(timeout=30_000)
        await expect(page.locator(".waiting")).to_have_count(0, timeout=30_000)
        assert said(site) == ["hai"]


@pytest.mark.parametrize("blocked", ["refused", "missing"])
async def test_events_and_posts_do_where_sockets_are_blocked(
    site: Site, phone: BrowserContext, blocked: str
) -> None:
    page = await phone.new_page()
    if blocked == "missing":
        await page.add_init_script("delete window.WebSocket")
    else:
        await page.route_web_socket("**/ws*", lambda route: route.close())
    await page.goto(site.url + site.path)
    await type_in(page, "một")
    await type_in(page, "hai")
    await shown(page, "một", "hai")
    await site.notice("Tin báo", "n1")
    await expect(page.locator(".theirs").last).to_contain_text("Tin báo")
    site.converse.broken = 1
    await type_in(page, "ba")
    await shown(page, "một", "hai", "ba")
    assert said(site) == ["một", "hai", "ba"]


async def test_two_pages_of_one_person_show_the_same(site: Site, page: Page, phone: BrowserContext) -> None:
    other = await phone.new_page()
    await other.goto(site.url + site.path)
    await type_in(page, "43 tuổi")
    for each in (page, other):
        await shown(each, "43 tuổi")
        await expect(each.locator(".options")).to_have_count(1)
    await other.get_by_role("button", name="Có").click()
    for each in (page, other):
        await shown(each, "43 tuổi", "yes")


async def test_the_second_tap_of_an_old_page_says_which_turn_it_was_drawn_for(site: Site, page: Page) -> None:
    await page.get_by_role("button", name="Có").click()
    await shown(page, "yes")
    await page.get_by_role("button", name="Không").click()
    await shown(page, "yes", "no")
    assert [incoming.turn for incoming in site.converse.heard] == [None, 1, 2]


async def test_a_tap_that_adds_nothing_gives_the_buttons_back(site: Site, page: Page) -> None:
    site.converse.silent = True
    await page.get_by_role("button", name="Có").click()
    await expect(page.get_by_role("button", name="Không")).to_be_hidden()
    await expect(page.get_by_role("button", name="Không")).to_be_visible(timeout=15_000)
    await expect(page.locator(".waiting")).to_have_count(0)


async def test_a_notice_leaves_the_question_and_what_she_types_alone(site: Site, page: Page) -> None:
    await page.get_by_label("Câu trả lời").fill("đang gõ dở")
    await site.notice("Người gọi đã đổi", "n1")
    await expect(page.locator(".theirs").last).to_contain_text("Người gọi đã đổi")
    await expect(page.get_by_label("Câu trả lời")).to_have_value("đang gõ dở")
    await expect(page.get_by_label("Câu trả lời")).to_be_focused()
    await expect(page.get_by_role("button", name="Có")).to_be_visible()


async def test_who_reads_further_up_is_told_and_not_torn_away(site: Site, page: Page) -> None:
    for number in range(12):
        await site.notice(f"Tin {number}", f"n{number}")
    await expect(page.locator(".turn")).to_have_count(13)
    await page.evaluate("window.scrollTo(0, 0)")
    await expect(page.get_by_role("button", name="Tin mới")).to_be_hidden()
    await site.notice("Mới nhất", "newest")
    await expect(page.get_by_role("button", name="Tin mới")).to_be_visible()
    assert await page.evaluate("window.scrollY") == 0
    await page.get_by_role("button", name="Tin mới").click()
    await expect(page.get_by_text("Mới nhất")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Tin mới")).to_be_hidden()


async def test_a_card_that_comes_while_nobody_looks_is_counted_in_the_title(
    site: Site, browser: Browser
) -> None:
    page = await (await browser.new_context(**PHONE)).new_page()
    await page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => window.away === true })"
    )
    await page.goto(site.url + inbox_path("LS0001", site.cipher))
    await page.evaluate("window.away = true")
    to = Address("web", "inbox", "collector:LS0001")
    for number in (1, 2):
        await site.notice(f"[Mới #{number}]", f"card{number}", Option(f"accept-{number}", "Nhận"), to=to)
    await expect(page).to_have_title("(2) Hộp việc LS0001")
    await expect(page.get_by_role("button", name="Nhận")).to_have_count(2)
    await page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page).to_have_title("Hộp việc LS0001")


async def test_a_tapped_card_keeps_its_words_and_its_answer_follows_them(site: Site, page: Page) -> None:
    await site.notice("[Mới #1]", "card", Option("accept-1", "Nhận lịch này"))
    site.converse.silent = True
    await page.get_by_role("button", name="Nhận lịch này").click()
    await expect(page.locator(".waiting")).to_have_text("Anh/chị: Nhận lịch này")
    await site.answer_unheard("Đã nhận #1", "done")
    await expect(page.locator(".theirs").last).to_contain_text("Đã nhận #1")
    await shown(page, "Nhận lịch này")
    order = await page.locator(".bubble").all_inner_texts()
    assert [text.split(":")[0] for text in order[-2:]] == ["Anh/chị", "Trợ lý"]


async def test_a_pasted_picture_is_not_taken_and_she_is_told(site: Site, page: Page) -> None:
    await page.get_by_label("Câu trả lời").focus()
    await page.evaluate("""() => {
        const files = new DataTransfer();
        files.items.add(new File(["x"], "cccd.jpg", { type: "image/jpeg" }));
        said.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, cancelable: true }));
    }""")
    await expect(page.locator(".theirs")).to_have_count(2)
    assert (site.converse.heard[-1].kind, site.converse.heard[-1].text) == (Kind.MEDIA, "")


async def test_a_hundred_kilobytes_pasted_get_an_answer(site: Site, page: Page) -> None:
    await page.get_by_label("Câu trả lời").fill("đ" * 100_000)
    await page.keyboard.press("Enter")
    await expect(page.locator(".theirs")).to_have_count(2)
    assert len(site.converse.heard[-1].text) == 2_000


async def test_the_first_load_is_light_and_asks_nobody_else(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    network = await phone.new_cdp_session(page)
    await network.send("Network.enable")
    weights: list[int] = []
    addresses: list[str] = []
    network.on("Network.loadingFinished", lambda event: weights.append(int(event["encodedDataLength"])))
    network.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    await page.goto(site.url + site.path, wait_until="networkidle")
    assert {address[: len(site.url)] for address in addresses} == {site.url}
    assert len(weights) >= 4  # the page, its style, its script, its picture
    assert sum(weights) < 60 * 1024  # as sent, headers included
