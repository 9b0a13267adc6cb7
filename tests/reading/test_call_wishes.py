"""What people say of a call that is to come: read by its pattern, and never where they only ask."""

from datetime import date
from pathlib import Path

import pytest

from handlers.reading.call_wishes import call_wish, new_number, time_to_move_to

TODAY = date(2026, 11, 26)
FAQ = Path(__file__).parents[1] / "conversations" / "data" / "faq.tsv"
SAID = {
    "cancel_call": (
        "đừng gọi nữa", "dung goi nua", "thôi không cần gọi nữa", "bỏ lịch", "thôi khỏi gọi",
        "không cần gọi em nữa",
        "em không muốn nghe gọi nữa", "tôi đổi ý rồi không gọi nữa nhé", "ko can goi nua dau",
        "don't call me anymore",
        "huỷ giúp em lịch gọi mai",
    ),
    "reschedule": (
        "đổi giờ chiều mai", "đổi sang 9h sáng thứ 2", "dời sang chiều mai", "mai bận rồi",
        "em bận rồi",
        "em bận quá chị gọi lại chiều mai được không", "cho em đổi lịch chiều mai nhé",
        "gọi sớm hơn được k",
        "chiều mai gọi em nhé", "đừng gọi buổi sáng, dời sang chiều", "move it to tomorrow morning",
    ),
    "nobody_called": (
        "ko ai gọi", "chờ mãi không thấy gọi", "sao chưa gọi", "đến giờ rồi mà chưa ai gọi",
        "chưa thấy gọi gì hết", "chua ai goi chi dau", "chua ai goi dau", "khong co ai goi dau",
        "chưa gọi đâu em",
    ),
    "my_call": (
        "mấy giờ gọi em", "ai gọi em thế", "quên mã rồi", "mã gọi lại là gì",
        "khi nào gọi em vậy", "em quên giờ hẹn rồi",
    ),
    "new_number": (
        "đổi số điện thoại", "em cho nhầm số", "em ghi sai số điện thoại rồi", "doi so giup em",
        "số em là 0987 654 321", "số đúng là 0987654321 nhé", "đổi sang số 0987654321", "gọi số khác giúp em",
        "gọi em qua số này 0987654321", "em muốn đổi số", "my new number is 0987654321",
    ),
}  # fmt: skip
NOTHING = (
    "gọi nữa thì sao", "không gọi nữa thì sao", "đừng gọi nữa thì có sao không",
    "không cần gọi nữa à?", "không gọi được",
    "đúng gọi đi", "không đóng nữa", "đổi sang đóng 6 tháng một lần", "đổi mức đóng",
    "đổi ngày sinh", "đổi lại 3 triệu",
    "chuyển sang năm sau đóng", "tháng sau em đổi việc", "có người gọi đòi tiền", "ai gọi em đòi tiền",
    "bận quá không đóng được", "con bận đi học", "bán hàng", "bạn là ai", "không cần",
    "đổi số tiền đóng", "số người đóng là bao nhiêu", "số gọi em là 0912345678 có phải lừa đảo không",
    "sửa số năm đóng", "gọi số nào", "0912345678",
    "khi nào có điện lại", "gọi có mất tiền không",
)  # fmt: skip


@pytest.mark.parametrize(("wish", "text"), [(wish, text) for wish, texts in SAID.items() for text in texts])
def test_a_wish_is_read_by_its_pattern(wish: str, text: str) -> None:
    assert call_wish(text, TODAY) == wish


@pytest.mark.parametrize("text", NOTHING)
def test_a_question_and_what_is_about_something_else_are_no_wish(text: str) -> None:
    assert call_wish(text, TODAY) is None


def test_no_question_of_the_labelled_set_is_taken_for_one() -> None:
    asked = [line.split("\t")[1] for line in FAQ.read_text("utf-8").splitlines() if "\t" in line]
    assert len(asked) > 500
    assert [text for text in asked if call_wish(text, TODAY)] == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("dời sang chiều mai", "27/11/2026 13:30 - 17:30"),
        ("em bận rồi, chị gọi lại chiều mai nhé", "27/11/2026 13:30 - 17:30"),
        ("9h sáng thứ 2 gọi em nhé", "30/11/2026 09:00"),
        ("mai bận rồi", None),
        ("đừng gọi buổi sáng", None),
    ],
)
def test_the_time_is_the_one_to_be_called_at(text: str, time: str | None) -> None:
    assert time_to_move_to(text, TODAY) == time


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("số em là 0987 654 321", "0987 654 321"),
        ("đổi sang số 0987654321 nhé", "0987654321"),
        ("số em là 09876", "09876"),
        ("số đúng là 098765432", "098765432"),
        ("em ghi nhầm số rồi, số đúng là 0987654321", "0987654321"),
        ("xin lỗi, em cho nhầm số", ""),
        ("mai gọi em", None),
    ],
)
def test_the_number_is_the_one_to_be_called_on(text: str, number: str | None) -> None:
    assert new_number(text) == number
