"""Words that work anywhere in a conversation and never cost an answer."""

from __future__ import annotations

import re
from types import MappingProxyType

from handlers.reading.choices import NO, YES
from handlers.reading.fold import clean, fold
from handlers.reading.why import asks_why

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
            "delete my data",
        ),
        "stop_news": (
            "dừng",
            "stop",
            "đừng nhắn nữa",
            "thôi nhắn",
            "huỷ nhận tin",
            "hủy nhận tin",
            "bỏ theo dõi",
            "unsubscribe",
        ),
        "my_call": ("lịch gọi", "lịch hẹn", "lịch của tôi", "xem lịch", "lịch gọi của tôi", "my call"),
        "reschedule": (
            "đổi giờ",
            "đổi lịch",
            "dời lịch",
            "đổi hẹn",
            "hẹn lại",
            "đổi giờ gọi",
            "chọn giờ khác",
            "reschedule",
            "change the time",
        ),
        "new_number": (
            "đổi số",
            "đổi số điện thoại",
            "đổi sđt",
            "đổi số khác",
            "nhầm số",
            "nhầm số điện thoại",
            "sai số điện thoại",
            "cho nhầm số",
            "em cho nhầm số",
            "tôi cho nhầm số",
            "change my number",
            "change the number",
            "wrong number",
        ),
        "another_number": (
            "để số khác",
            "để lại số khác",
            "hẹn lại số khác",
            "another number",
            "leave another number",
        ),
        "cancel_call": (
            "huỷ lịch",
            "hủy lịch",
            "huỷ hẹn",
            "hủy hẹn",
            "huỷ",
            "hủy",
            "huỷ cuộc gọi",
            "không cần gọi nữa",
            "cancel",
            "cancel the call",
        ),
        "nobody_called": (
            "chưa ai gọi",
            "chưa thấy gọi",
            "chưa thấy ai gọi",
            "không thấy gọi",
            "không thấy ai gọi",
            "không ai gọi",
            "chưa gọi",
            "nobody called",
        ),
        "feedback": ("góp ý", "chấm điểm", "đánh giá", "góp ý cuộc gọi", "feedback", "rate the call"),
        "report_scam": (
            "báo cáo lừa đảo",
            "báo lừa đảo",
            "nghi lừa đảo",
            "tố cáo lừa đảo",
            "bị lừa",
            "bị lừa đảo",
            "report a scam",
            "report scam",
        ),
        "my_data": ("dữ liệu của tôi", "xem dữ liệu", "xem dữ liệu của tôi", "tải dữ liệu", "my data"),
        "news": ("nhận tin", "báo cho tôi", "keep me informed"),
        "link": ("liên kết", "liên kết zalo", "liên kết telegram", "nối tài khoản", "link", "link my chats"),
        "why": ("vì sao", "tại sao", "sao lại thế", "cách tính", "why"),
        "english": ("english", "tiếng anh", "in english"),
        "vietnamese": ("tiếng việt", "vietnamese"),
    }
)
"""Command → the whole messages that mean it; an option's id means it too."""

_BY_WORDS = {words: command for command, forms in COMMANDS.items() for words in forms}
_ANSWERS = {fold(words) for words in (*YES, *NO)}
_BY_BARE_WORDS = {fold(words): command for words, command in _BY_WORDS.items() if fold(words) not in _ANSWERS}
_QUOTE_CODE = re.compile(r"(?:phieu|ma|ma phieu|quote)?\s*#?([a-z]{2,4}-[a-z2-9]{4})")
_ASKING_FOR = (
    r"(?:em|e|toi|tui|minh|chi|anh|a|c|bac|co|chu|da|thoi|muon|can|cho|xin|duoc|dc|please|i want to)"
)
_A_PERSON = (
    r"(?:nguoi(?! (?:nha|khac|quen|ta))|can bo|nhan vien|tu van vien|chuyen vien|"
    r"(?:a |an |some |any )?(?:real )?(?:person|human|someone|agent|staff))"
)
_WANTS_A_PERSON = re.compile(
    rf"(?:^|.*[,.;!] ?)(?:{_ASKING_FOR} )*"
    r"(?:gap|noi chuyen|noi voi|tu van voi|trao doi|chat voi|ket noi|talk|speak|chat)"
    rf"(?: (?:truc tiep|thang|rieng|voi|toi|den|to|with|mot|1))* {_A_PERSON}"
    r"(?: (?:that|tu van|truc tiep|bao hiem|bhxh|phu trach|di|nhe|nha|voi|a|em|e|luon|please|ho tro))*"
)
_WHOSE = rf"(?:(?:cua|ve|ca nhan) )*(?:{_ASKING_FOR} )*"
_KEPT = (
    r"(?:du lieu|thong tin|(?:so )?(?:dien thoai|dt)|sdt|ten|lich su|tin nhan"
    r"|so(?= (?:cua )?(?:em|e|toi|tui|minh|chi|anh|a|c|bac|co|chu)\b))"
)
_WANTS_IT_DELETED = re.compile(
    rf"(?:(?:{_ASKING_FOR}|hay|giup|nho|lam on|vui long|vay|a)[ ,]+)*"
    rf"xoa (?:(?:di|het|sach|toan bo|tat ca|moi|cac|nhung|cai|giup|ho|bo|luon|ngay|{_ASKING_FOR}) )*"
    rf"{_KEPT}(?: {_WHOSE}(?:(?:va|voi|cung|lan|ca) )?{_KEPT})*"
    rf"(?: (?:cua|ve|ca nhan|di|het|giup|ho|luon|ngay|nhe|nha|nhen|voi|em oi|a|oi|{_ASKING_FOR}))*"
    r"|(?:please |i want (?:you )?to |can you )?(?:delete|erase|remove) (?:all )?(?:of )?my"
    r" (?:data|information|info|details|phone number|number)(?: please)?"
)
_BY_DIGIT = {"0": "menu", "9": "human"}


def command_in(text: str, *, menu: bool) -> str | None:
    """Return the command a whole message is, or None: a command inside a sentence is not one.

    Words typed with their marks are taken at their word ("dừng" stops, "đúng" is a yes); without marks they
    are a command only if they cannot be an answer. A wish for a person, or to have her data deleted, may be
    put in any words. Under a numbered menu the digits 0 and 9 are commands too, where it has no such number.
    """
    words = clean(text).lower().strip(" .!/")
    if asks_why(text):
        return "why"
    found = _BY_WORDS.get(words) or (_BY_DIGIT.get(words) if menu else None)
    found = found or (_BY_BARE_WORDS.get(words) if words == fold(words) else None)
    if found:
        return found
    if _WANTS_IT_DELETED.fullmatch(fold(words)):
        return "privacy"
    return "human" if _WANTS_A_PERSON.fullmatch(fold(words)) else None


def quote_code_in(text: str) -> str | None:
    """Return the code of a quote a whole message is ("LS-7K2P", "phiếu ls-7k2p"), or None."""
    found = _QUOTE_CODE.fullmatch(fold(text).strip(" .!?"))
    return found[1].upper() if found else None
