"""A wish to be called is read with its time, and never out of what says more."""

from datetime import date

import pytest

from handlers.reading.call_asked import call_asked

TODAY = date(2026, 11, 26)
THAT_AFTERNOON, THAT_MORNING = "27/11/2026 13:30 - 17:30", "27/11/2026 07:00 - 11:00"
ASKED = {
    "hẹn gọi lại chiều mai": THAT_AFTERNOON,
    "hẹn gọi lại lúc 15h ngày mai": "27/11/2026 15:00",
    "chieu mai goi chi dc k": THAT_AFTERNOON,
    "sáng mai gọi cho chị nhé": THAT_MORNING,
    "gọi lại cho chị 10h sáng mai, ở phường Kỳ Lừa, số 0912345678": "27/11/2026 10:00",
    "gọi lại cho chị 10h sáng mai ở phường Kỳ Lừa số 0912 345 678": "27/11/2026 10:00",
    "gọi cho chị sau 17h": "sau 17:00",
    "hẹn gọi tối nay": "26/11/2026 18:00 - 21:00",
    "call me tomorrow at 9h": "27/11/2026 09:00",
    "cho ng goi chi di": "",
    "chị cần người gọi": "",
    "hẹn gọi lại": "",
    "hẹn gọi 25/11 lúc 14h30": "",
}
OTHERWISE = (
    "có ai gọi đòi tiền chiều mai", "có người gọi chị đòi tiền sáng nay", "hôm qua có người gọi chị",
    "sáng nay có người gọi cho chị", "gọi tổng đài lúc 8h sáng mai được không", "đừng gọi chị sáng mai",
    "không cần gọi lại chiều mai", "mai chưa gọi chị", "ai gọi chị sáng mai", "khi nào gọi lại cho chị",
    "gọi em là Lành", "gọi chị Lành", "gọi lại số cũ", "gọi lại sau nhé", "bố gọi chị chiều mai về",
    "chị chưa cần người gọi", "chiều mai",
)  # fmt: skip


@pytest.mark.parametrize(("text", "time"), ASKED.items())
def test_a_wish_to_be_called_is_read_with_its_time(text: str, time: str) -> None:
    assert call_asked(text, TODAY) == time


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_says_more_or_refuses_is_no_wish_to_be_called(text: str) -> None:
    assert call_asked(text, TODAY) is None
