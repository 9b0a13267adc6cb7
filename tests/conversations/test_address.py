"""Forms of address: kept once somebody has shown what she is called, and never guessed from a name."""

import pytest

from handlers.address import heard
from tests.conversations.engine_chat import EngineChat


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("chị 43 tuổi", "chị"),
        ("chi 43t", "chị"),
        ("bác sn 62", "bác"),
        ("tôi già rồi", "bác"),
        ("chào em, cô bán rau", "cô"),
        ("gọi tôi là chú nhé", "chú"),
        ("anh muốn hỏi chút", "anh"),
        ("anh ơi cho hỏi", ""),
        ("chị cho em hỏi", ""),
        ("chị làm ơn tính giúp", ""),
        ("co ban rau", ""),
        ("ba 60 tuoi", ""),
        ("mẹ 1970", ""),
        ("Lành", ""),
    ],
)
def test_what_somebody_calls_herself_is_heard(said: str, form: str) -> None:
    assert heard(said) == form


@pytest.mark.parametrize(
    ("lines", "asks"),
    [
        (("tính mức đóng", "5/1983", "nữ"), "Trước đây chị đã đóng BHXH"),
        (("tính mức đóng", "5/1983", "nam"), "Trước đây anh đã đóng BHXH"),
        (("tính mức đóng", "5/1960", "nữ"), "Trước đây bác đã đóng BHXH"),
        (("cô muốn tính mức đóng", "5/1983", "nữ"), "Trước đây cô đã đóng BHXH"),
        (("hỏi cho mẹ", "mẹ", "5/1960", "có", "không", "nội trợ"), "Trước đây mẹ của anh/chị đã đóng BHXH"),
        (
            ("hỏi cho mẹ", "mẹ", "5/1960", "có", "không", "anh muốn nói là mẹ nội trợ"),
            "Trước đây mẹ của anh đã đóng BHXH",
        ),
    ],
)
async def test_she_is_called_by_it_from_then_on(lines: tuple[str, ...], asks: str) -> None:
    chat = EngineChat()
    for line in ("xin chào", *lines):
        message = await chat.type(line)
    assert asks in message["text"]


async def test_beginning_again_forgets_it() -> None:
    chat = EngineChat()
    for line in ("xin chào", "bác sn 1960 muốn tính mức đóng", "làm lại"):
        message = await chat.type(line)
    assert "Chào anh/chị" in message["text"]
    assert chat.state.address == ""
