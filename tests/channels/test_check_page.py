"""Anybody can check who calls: on the page, whose form works without JavaScript."""

from aiohttp import ClientSession

from tests.channels.served import served_on


async def test_a_code_is_somebodys_or_nobodys_and_asked_too_often_it_waits(network_url, tmp_path) -> None:
    async with served_on(network_url, tmp_path) as served, ClientSession() as session:

        async def ask(code: str) -> tuple[int, str]:
            page = await session.get(f"{served.url}/kiem-tra", params={"ma": code})
            return page.status, await page.text()

        assert "Mã in trên thẻ" in (await ask(""))[1]
        status, page = await ask("ls0001")
        assert status == 200
        assert "<b>LS0001</b> đúng" in page
        assert "4 số" in page
        assert "<b>LS0001</b> đúng" in (await ask("LS 0001"))[1]
        for nobody in ("LS9999", "KL-01", "<b>", "x" * 500, "' OR 1=1"):
            status, page = await ask(nobody)
            assert (status, "<b><b>" in page) == (200, False)
            assert "Không có nhân viên thu nào" in page
        answers = [(await ask("LS0001"))[0] for _ in range(7)]
        assert answers[-1] == 429
