"""Words that work anywhere in a conversation and never cost an answer."""

from __future__ import annotations

from types import MappingProxyType

from handlers.reading.fold import fold

COMMANDS = MappingProxyType(
    {
        "menu": ("menu", "thực đơn", "về đầu", "trang chủ", "main menu"),
        "back": ("quay lại", "lùi", "trở lại", "back", "nhầm", "nhầm rồi", "go back"),
        "change": ("sửa", "đổi câu trả lời", "sửa lại", "change", "edit"),
        "restart": ("bắt đầu lại", "làm lại", "làm lại từ đầu", "restart", "start over"),
        "resume": ("tiếp tục", "tiếp", "continue", "resume"),
        "human": (
            "gặp người",
            "gặp người tư vấn",
            "gặp cán bộ",
            "gặp nhân viên",
            "nói chuyện với người",
            "tổng đài",
            "gọi cho tôi",
            "talk to a person",
            "human",
        ),
        "privacy": (
            "xoá dữ liệu",
            "xóa dữ liệu",
            "xoá thông tin",
            "xóa",
            "xoá",
            "dừng",
            "stop",
            "đừng nhắn nữa",
            "huỷ nhận tin",
            "bỏ theo dõi",
            "delete my data",
        ),
        "english": ("english", "tiếng anh", "in english"),
        "vietnamese": ("tiếng việt", "vietnamese"),
    }
)
"""Command → the whole messages that mean it; an option's id means it too."""

_BY_WORDS = {fold(words): command for command, forms in COMMANDS.items() for words in forms}


_BY_DIGIT = {"0": "menu", "9": "human"}


def command_in(text: str, *, menu: bool) -> str | None:
    """Return the command a whole message is, or None: a command inside a sentence is not one.

    Under a numbered menu the digits 0 and 9 are commands too, where the menu has no such number.
    """
    words = fold(text).strip(" .!/")
    return _BY_WORDS.get(words) or (_BY_DIGIT.get(words) if menu else None)
