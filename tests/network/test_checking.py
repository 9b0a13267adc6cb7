"""Whoever is called checks the code of who calls, whatever codes a province gives its collectors."""

from tests.network.house import citizen
from tests.network.town import town_on


async def test_whatever_code_a_sheet_gave_a_collector_can_be_checked_by_whom_he_calls(databases):
    async with town_on(databases.make("sqlite"), "KL-01", "10234") as town:
        await town.say(citizen(), "xin chào")
        for code, ways in {"KL-01": ("kl-01", "kiểm tra mã KL-01"), "10234": ("kiểm tra mã 10234",)}.items():
            for words in ways:
                assert (await town.say(citizen(), words)).startswith(f"Mã {code} đúng")
        assert "Mã" not in await town.say(citizen(), "10234")  # alone it is a number like any other


async def test_a_code_is_the_same_with_a_space_or_a_hyphen_or_without(databases):
    async with town_on(databases.make("sqlite"), "LS0001", "KL-01") as town:
        for words in ("LS 0001", "ls-0001", "kiểm tra mã ls 0001"):
            assert (await town.say(citizen(), words)).startswith("Mã LS0001 đúng")
        assert (await town.say(citizen(), "kiểm tra mã kl01")).startswith("Mã KL-01 đúng")
        assert (await town.say(citizen(), "LS9999")).startswith("Không có nhân viên thu nào")
