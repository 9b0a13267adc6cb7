"""The page where a person takes her data: the link shows nothing of hers, the button gives the file."""

from aiohttp import ClientSession

from bot import exporting
from handlers.messages import Address, Incoming, Kind
from tests.channels.served import NOW, served_on
from tests.network.town import BOOKING

WHO = Address("telegram", "bot", "42")


async def test_the_page_shows_nothing_of_hers_and_its_button_gives_everything(network_url, tmp_path) -> None:
    async with served_on(network_url, tmp_path) as served, ClientSession() as session:
        for number, text in enumerate(BOOKING):
            await served.app.converse.hear(Incoming(WHO, str(number), Kind.TEXT, NOW, text))
        url = served.url + exporting.path(served.app.cipher, WHO, NOW)
        page = await session.get(url)
        shown = await page.text()
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        assert "Lành" not in shown
        assert "912" not in shown.replace(url, "")
        given = await session.post(url)
        data = await given.json()
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert [(lead["name"], lead["phone"]) for lead in data["leads"]] == [("chị Lành", "0912 345 678")]
        assert (await session.post(url[:-3])).status == 404
        assert (await session.get(url[:-3])).status == 404
