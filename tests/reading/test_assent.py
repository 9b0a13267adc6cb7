"""A no counts only as the answer of what is asked."""

from datetime import date

import pytest

from handlers.booking import CONSENT
from handlers.eligibility import CITIZEN
from handlers.reading import Unclear

TODAY = date(2026, 11, 26)
NO_CITIZEN = (
    "không", "ko", "dạ không ạ", "chưa có", "không có", "không phải", "em không", "chị ko có quốc tịch", "no",
    "không, chị người nước ngoài", "không phải người việt nam", "không phải công dân",
    "chưa có đâu em",
    "k phai", "chị không có quốc tịch VN", "no, I'm a foreigner", "không, quốc tịch Trung Quốc",
)  # fmt: skip
OF_SOMETHING_ELSE = (
    "chi khong nhan gi",
    "chi ko co bao hiem",
    "chưa đóng bao giờ",
    "không cần",
    "ko lam cty nao",
)
NO_CALL = (
    "không",
    "đừng gọi",
    "không gọi",
    "không cần gọi đi",
    "thôi",
    "chị không đồng ý",
    "không muốn gọi luôn",
)
GOES_ON = (
    "ko can hoi, cu goi di",
    "không cần hỏi, cứ gọi đi",
    "ko can hoi goi di",
    "đừng hỏi nữa, cứ gọi cho chị",
)


@pytest.mark.parametrize("text", NO_CITIZEN)
def test_a_no_to_the_question_is_a_no(text: str) -> None:
    assert CITIZEN.read(text, TODAY) is False


@pytest.mark.parametrize(
    "text", ["có", "vâng", "dạ có", "phải", "chị có quốc tịch Việt Nam", "có, chị có bảo hiểm"]
)
def test_a_yes_stays_a_yes(text: str) -> None:
    assert CITIZEN.read(text, TODAY) is True


@pytest.mark.parametrize("text", OF_SOMETHING_ELSE)
def test_a_no_to_something_else_is_asked_again(text: str) -> None:
    with pytest.raises(Unclear) as unclear:
        CITIZEN.read(text, TODAY)
    assert unclear.value.code == "yes_or_no"


@pytest.mark.parametrize("text", NO_CALL)
def test_who_refuses_the_call_is_not_called(text: str) -> None:
    assert CONSENT.read(text, TODAY) == "decline"


@pytest.mark.parametrize("text", GOES_ON)
def test_a_no_that_goes_on_with_the_call_refuses_none(text: str) -> None:
    with pytest.raises(Unclear) as unclear:
        CONSENT.read(text, TODAY)
    assert unclear.value.code == "yes_or_no"
