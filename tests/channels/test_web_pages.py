"""The pages of the web chat as a browser without JavaScript meets them, and what every browser is told."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
from aiohttp import DummyCookieJar, FormData

from bot.web import chat
from bot.web.prose import prose
from bot.web.visitors import inbox_address, inbox_path
from handlers.messages import Kind, Option
from tests.channels.served import Page
from tests.channels.web_site import PERSON, TOKEN, Site, site_on
from tests.conftest import Databases


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


# ---- whose page it is


async def test_the_front_door_leads_to_a_page_of_ones_own_and_back_to_it(site: Site) -> None:
    first = await site.get("/", allow_redirects=False)
    assert first.status == 303
    cookie = first.cookies["ansinh"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert first.headers["Location"] == f"/c/{cookie.value}"
    again = await site.get("/", allow_redirects=False)
    assert again.headers["Location"] == first.headers["Location"]


async def test_a_browser_that_refuses_cookies_keeps_its_page_by_its_address(site: Site) -> None:
    await site.session.close()
    site.session = type(site.session)(cookie_jar=DummyCookieJar())
    page = await site.get("/")
    said = await site.post(page.url.path, data={"event": "aaaaaaaa", "kind": "text", "text": "43 tuổi"})
    assert said.url.path == page.url.path
    assert [turn["heard"] for turn in Page(await said.text()).turns] == ["", "43 tuổi"]


async def test_the_token_of_a_page_is_not_what_the_person_is_kept_under(site: Site) -> None:
    await site.get()
    assert [incoming.address.person for incoming in site.converse.heard] == [PERSON]
    assert TOKEN not in PERSON


async def test_a_visitor_is_greeted_once_however_often_she_comes(site: Site) -> None:
    for _ in range(3):
        assert len(await site.turns()) == 1
    assert [incoming.kind for incoming in site.converse.heard] == [Kind.START]


async def test_an_inbox_opens_for_its_signed_address_only(site: Site) -> None:
    path = inbox_path("LS0001", site.cipher)
    page = await (await site.get(path)).text()
    assert "Hộp việc LS0001" in page
    assert site.converse.heard[-1].address == inbox_address("LS0001")
    for wrong in (path[:-1] + "x", path.replace("LS0001", "LS0002"), path + "0", "/inbox/LS0001.%ff%ff"):
        assert (await site.get(wrong)).status == 404


# ---- forms


async def test_every_form_of_the_page_can_be_posted_as_it_is(site: Site) -> None:
    [greeting] = await site.turns()
    answer = await site.post(data={**greeting["fields"], "text": "no"})
    assert [turn["heard"] for turn in Page(await answer.text()).turns] == ["", "no"]
    said = site.converse.heard[-1]
    assert (said.kind, said.text, said.turn) == (Kind.CHOICE, "no", 1)


async def test_a_form_gone_back_to_and_filled_in_anew_is_another_event(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "WAIT_FOR_AN_OLD_ONE", 0.05)
    await site.get()
    form = {"event": "the-same-form", "kind": "text", "after": "1"}
    for text in ("43 tuổi", "43 tuổi", "34 tuổi"):
        await site.post(data={**form, "text": text})
    assert [incoming.text for incoming in site.converse.heard] == ["", "43 tuổi", "34 tuổi"]


async def test_an_answer_that_is_late_is_waited_for_by_the_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "WAIT_FOR_ANSWER", 0.05)
    await site.get()
    site.converse.silent = True
    answer = await site.post(data={"event": "aaaaaaaa", "kind": "text", "text": "43 tuổi"})
    page = await answer.text()
    assert "Em đang trả lời" in page
    assert f'<noscript><meta http-equiv="refresh" content="3; url={site.path}"></noscript>' in page
    await site.converse.answer(site.converse.heard[-1])
    assert "Em đang trả lời… <a" not in await (await site.get()).text()


async def test_what_could_not_be_taken_is_still_there_to_send_again(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    await site.get()
    site.converse.broken = 1
    answer = await site.post(data={"event": "aaaaaaaa", "kind": "text", "text": 'chị "Lành" <b>'})
    page = await answer.text()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "Máy chủ đang bận" in page
    assert "chị &#34;Lành&#34; &lt;b&gt;" in page
    assert "0912" not in caplog.text
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    await site.post(data=fields)
    assert [incoming.text for incoming in site.converse.heard] == ["", 'chị "Lành" <b>']


async def test_a_photo_in_a_form_is_something_we_do_not_read(site: Site) -> None:
    form = FormData({"event": "aaaaaaaa", "kind": "text", "text": "x"})
    form.add_field("photo", b"\xff\xd8\xff", filename="cccd.jpg", content_type="image/jpeg")
    assert (await site.post(data=form)).status == 200
    assert (site.converse.heard[-1].kind, site.converse.heard[-1].text) == (Kind.MEDIA, "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"xx", "multipart/form-data"),
        (b"xx", "multipart/form-data; boundary=zz"),
        (b"event=aaaaaaaa&kind=text&text=x", "application/x-www-form-urlencoded; charset=bogus"),
        (b"", "application/x-www-form-urlencoded"),
        (b"event=aaaaaaaa&kind=dance", "application/x-www-form-urlencoded"),
        (b"event=aaaaaaaa&kind=text&text=x&turn=99999999999", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_is_no_form_is_a_page_that_says_so(
    site: Site, body: bytes, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await site.post(data=body, headers={"Content-Type": kind})
    assert answer.status == 400
    assert "Chưa gửi được" in await answer.text()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# ---- what a page shows


async def test_a_notice_takes_no_question_s_buttons_away(site: Site) -> None:
    await site.get()
    await site.notice("Thẻ 1", "n1", Option("accept-1", "Nhận"))
    await site.notice("Thẻ 2", "n2", Option("accept-2", "Nhận"))
    assert [[o["id"] for o in turn["options"]] for turn in await site.turns()] == [
        ["yes", "no"], ["accept-1"], ["accept-2"],
    ]  # fmt: skip
    await site.send("có")
    assert [[o["id"] for o in turn["options"]] for turn in await site.turns()] == [[], [], [], ["yes", "no"]]


async def test_the_page_says_what_it_is_and_what_it_never_asks(site: Site) -> None:
    page = await (await site.get()).text()
    for said in ("trợ lý tự động", "Không bao giờ hỏi CCCD, OTP", "Bản thử nghiệm"):
        assert said in page
    assert '<html lang="vi">' in page


def test_prose_is_escaped_and_its_figures_stand_out() -> None:
    shown = prose(
        "Đóng 198.000\u00a0đ <b>\n• từ 1/2027: 290.400 đ\n\nPhiếu LS-7K2P, mã gọi lại: 8320. Gọi 1900 9068."
    )
    assert shown == (
        '<p><span class="line">Đóng <b>198.000\u00a0đ</b> &lt;b&gt;</span><br>'
        '<span class="line item">• từ 1/2027: <b>290.400 đ</b></span></p>'
        '<p><span class="line">Phiếu <b>LS-7K2P</b>, mã gọi lại: <b>8320</b>. '
        'Gọi <a href="tel:19009068">1900 9068</a>.</span></p>'
    )


def test_a_person_s_number_is_called_by_a_tap_where_calling_is_the_job() -> None:
    assert 'href="tel:0912345678"' in prose("số 0912 345 678.", calls=True)
    assert "href" not in prose("số 0912 345 678.")
    for no_number in ("23/11/2026", "12.000.000 đ", "0912 345 6789", "điều 41/2024/QH15", "#1482"):
        assert "href" not in prose(no_number, calls=True)


# ---- what every browser is told


async def test_files_are_packed_and_kept_until_they_change(site: Site) -> None:
    page = await (await site.get()).text()
    for name, kind in (("chat.css", "text/css"), ("chat.js", "javascript"), ("icon.svg", "image/svg+xml")):
        [address] = {part for part in page.split('"') if part.startswith(f"/static/{name}?v=")}
        file = await site.get(address)
        assert kind in file.headers["Content-Type"]
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["Content-Encoding"] == "gzip"
        stale = await site.get(f"/static/{name}?v=other", headers={"Accept-Encoding": "identity"})
        assert stale.headers["Cache-Control"] == "no-cache"
        assert "Content-Encoding" not in stale.headers
        assert await stale.read() == await file.read()
    assert (await site.get("/static/..%2f..%2fpyproject.toml")).status == 404


async def test_page_style_and_script_weigh_a_fraction_of_what_a_slow_phone_bears(site: Site) -> None:
    parts = [
        await (await site.get(path)).read()
        for path in ("", "/static/chat.css", "/static/chat.js", "/static/icon.svg")
    ]
    assert sum(len(gzip.compress(part)) for part in parts) < 60 * 1024


async def test_nothing_on_the_page_comes_from_elsewhere_or_is_inline(site: Site) -> None:
    page = await (await site.get()).text()
    assert "http" not in page.replace("http-equiv", "")
    assert "style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count('<script src="/static/')
    policy = (await site.get()).headers["Content-Security-Policy"]
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("method", "path", "status", "title", "english"),
    [("POST", "/healthz", 405, "Chưa gửi được", "could not be sent"),
     ("GET", "/c/x", 404, "Không có trang này", "no such page"),
     ("GET", "/nowhere", 404, "Không có trang này", "no such page"),
     ("DELETE", "/", 405, "Chưa gửi được", "could not be sent")],
)  # fmt: skip
async def test_an_error_page_is_kind_and_tells_nothing_of_the_inside(
    site: Site, method: str, path: str, status: int, title: str, english: str
) -> None:
    answer = await site.session.request(method, site.url + path)
    page = await answer.text()
    assert answer.status == status
    assert title in page
    assert english in page.partition('<p lang="en">')[2]
    for inside in ("aiohttp", "Python", "Traceback", "bot."):
        assert inside not in page + str(answer.headers)
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_robots_keep_out_of_people_s_pages(site: Site) -> None:
    assert "Disallow: /c/" in await (await site.get("/robots.txt")).text()
    assert "noindex" in (await site.get()).headers["X-Robots-Tag"]
