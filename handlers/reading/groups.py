"""Words people use for the choices of our questions: ids, each with the forms that mean it."""

from __future__ import annotations

import re
from datetime import date

from handlers.reading.choices import Finder, Lexicon, choose
from handlers.reading.fold import clean, fold
from handlers.reading.unclear import Unclear

INTENTS: Lexicon = {
    "consult": (
        "tư vấn", "tư vấn từ đầu", "muốn đóng", "muốn tham gia", "đăng ký", "muốn đóng bhxh", "tham gia bhxh",
        "đóng bảo hiểm", "mua bảo hiểm", "đóng bh", "muốn mua", "tìm hiểu", "làm bảo hiểm", "consult",
        "consultation", "advice", "join", "want to join", "interested",
    ),
    "eligibility": (
        "có được tham gia không", "được tham gia không", "có được đóng không", "đóng được không",
        "có đóng được không", "điều kiện", "ai được tham gia", "tự nguyện được không", "tham gia được không",
        "tự nguyện dc k", "tự nguyện được k", "tự nguyện dc ko", "tự nguyện được ko", "tham gia dc k",
        "tham gia được k", "tham gia dc ko", "tham gia được ko", "đóng dc k", "đóng được k", "đóng dc ko",
        "đóng được ko",
        "may i join", "can i join", "eligible", "eligibility",
    ),
    "quote": (
        "tính", "tính mức đóng", "tính giúp", "tính thử", "đóng bao nhiêu", "muốn đóng bao nhiêu",
        "phải đóng bao nhiêu", "bao nhiêu tiền", "hết bao nhiêu", "lương hưu bao nhiêu", "mức đóng",
        "bảng giá", "báo giá", "how much", "quote", "calculate", "what would i pay",
    ),
    "booking": (
        "hẹn", "gọi lại", "hẹn gọi", "hẹn lịch", "đặt lịch", "gọi cho tôi", "gọi lại cho tôi", "gọi cho em",
        "gọi điện", "call me", "call back", "callback", "book", "booking", "appointment",
    ),
    "on_behalf": (
        "hỏi hộ", "tôi hỏi hộ", "hỏi giúp", "hỏi cho", "hỏi cho mẹ", "hỏi cho bố", "cho mẹ", "cho bố",
        "đóng cho mẹ", "đóng cho bố", "mua cho mẹ", "mua cho bố", "on behalf", "for someone else",
        "for my mother", "for my father",
    ),
}  # fmt: skip

RELATIONS: Lexicon = {
    "mother": (
        "mẹ", "má", "u", "bầm", "mế", "mẹ em", "mẹ tôi", "mẹ chồng", "mẹ vợ", "mẹ già", "mother", "mum",
        "mom",
    ),
    "father": ("bố", "ba", "cha", "tía", "bố em", "bố tôi", "bố chồng", "bố vợ", "father", "dad"),
    "spouse": ("vợ", "chồng", "vk", "ck", "vc", "wife", "husband", "spouse", "ông xã", "bà xã"),
    "other": (
        "người khác", "người thân", "bạn", "cô", "chú", "dì", "bác", "ông", "bà", "anh trai", "chị gái",
        "em gái", "em trai", "con", "cháu", "hàng xóm", "friend", "someone else",
    ),
}  # fmt: skip

SEXES: Lexicon = {
    "female": (
        "nữ", "nữ giới", "đàn bà", "phụ nữ", "con gái", "giới tính nữ", "female", "woman", "girl", "f",
    ),
    "male": ("nam", "nam giới", "đàn ông", "con trai", "giới tính nam", "male", "man", "boy", "m"),
}  # fmt: skip
"""Not the forms of address: "anh ơi em là nữ" says who is spoken to."""

BENEFITS: Lexicon = {
    "none": (
        "không", "ko", "k", "không nhận gì", "chưa", "không có", "chưa nhận", "hông", "hok", "no", "none",
        "nothing", "neither",
    ),
    "pension": (
        "lương hưu", "đang nhận lương hưu", "hưu trí", "đã nghỉ hưu", "nghỉ hưu", "pension", "retired",
    ),
    "monthly_allowance": (
        "trợ cấp hằng tháng", "trợ cấp hàng tháng", "mất sức", "mất sức lao động", "trợ cấp bhxh",
        "monthly allowance",
    ),
    "unemployment": ("thất nghiệp", "trợ cấp thất nghiệp", "bhtn thất nghiệp", "unemployment"),
    "other": (
        "có", "trợ cấp khác", "không rõ", "ko rõ", "trợ cấp xã hội", "bảo trợ xã hội", "trợ cấp", "yes",
        "other", "not sure",
    ),
}  # fmt: skip

WORKS: Lexicon = {
    "self": (
        "buôn bán", "bán hàng", "bán rau", "bán tạp hóa", "bán cá", "bán thịt", "đi chợ", "tiểu thương",
        "làm nông", "nông dân", "làm ruộng", "làm rẫy", "trồng hồi", "chăn nuôi", "tự do", "lao động tự do",
        "làm tự do", "tự làm", "chạy xe", "xe ôm", "chạy ship", "ship", "shipper", "grab", "thợ xây",
        "thợ hồ",
        "phụ hồ", "thợ may", "nội trợ", "ở nhà", "không có việc", "thất nghiệp", "không hợp đồng",
        "ko hợp đồng", "không có hợp đồng", "ko có hợp đồng", "bán online", "làm thuê", "nghỉ việc",
        "nghỉ làm",
        "nghỉ công ty", "nghỉ cty", "bỏ công ty",
        "đã nghỉ", "nghỉ rồi", "thôi việc", "mất việc", "không làm gì", "ko làm gì",
        "self employed",
        "self-employed", "farmer", "trader", "freelance", "housewife", "unemployed",
    ),
    "household_owner": (
        "chủ hộ", "hộ kinh doanh", "hkd", "dkkd", "đkkd", "có đăng ký kinh doanh", "chủ hộ kinh doanh",
        "đăng ký kinh doanh", "chủ cửa hàng có đăng ký", "household business", "registered business",
    ),
    "contract": (
        "hợp đồng", "hđlđ", "hdld", "có hợp đồng", "công nhân", "công ty", "cty", "nhân viên văn phòng",
        "nhà máy", "xí nghiệp", "labour contract", "employee", "company",
    ),
    "suspended": (
        "tạm hoãn", "nghỉ không lương", "nghỉ ko lương", "tạm nghỉ việc", "suspended", "unpaid leave",
    ),
    "part_time": ("bán thời gian", "part time", "part-time", "parttime", "làm theo giờ", "làm thêm"),
    "probation": ("thử việc", "probation"),
    "domestic": ("giúp việc", "giúp việc gia đình", "giúp việc nhà", "ô sin", "osin", "domestic worker"),
    "public": ("cán bộ", "công chức", "viên chức", "giáo viên", "gv", "nhà nước", "civil servant"),
    "forces": ("bộ đội", "công an", "quân đội", "dân quân thường trực", "army", "police"),
    "manager": ("giám đốc", "quản lý doanh nghiệp", "chủ doanh nghiệp", "director"),
    "commune": ("cán bộ xã", "cán bộ thôn", "không chuyên trách", "trưởng thôn", "commune worker"),
}  # fmt: skip

HOUSEHOLD_TAXES: Lexicon = {
    "declares": (
        "kê khai", "có kê khai", "nộp thuế kê khai", "kê khai thuế", "có nộp thuế", "nộp thuế", "trên 1 tỷ",
        "hơn 1 tỷ", "declares", "declare", "pays tax",
    ),
    "notice_only": (
        "thông báo", "chỉ thông báo", "không nộp thuế", "ko nộp thuế", "dưới 1 tỷ", "không phải nộp",
        "không phải nộp thuế", "thuế khoán", "khoán", "notice only", "no tax",
    ),
    "unknown": (
        "không rõ", "ko rõ", "không biết", "ko biết", "chưa rõ", "i do not know", "not sure", "don't know",
    ),
}  # fmt: skip

WITHDRAWALS: Lexicon = {
    "no": (
        "chưa", "chưa rút", "không", "ko", "k", "chưa có", "vẫn còn", "còn nguyên", "hok", "chưa lĩnh",
        "chưa lấy", "no", "not yet",
    ),
    "yes": (
        "rồi", "rút rồi", "đã rút", "đã rút hết", "rút hết", "có", "lấy rồi", "lĩnh rồi", "đã lĩnh", "yes",
    ),
    "waiting": (
        "đang chờ", "chờ rút", "đang đợi rút", "đợi rút", "chờ đủ năm", "sắp rút", "chuẩn bị rút", "waiting",
    ),
}  # fmt: skip

INSURANCES: Lexicon = {
    "compulsory": (
        "bắt buộc", "công ty", "cty", "nhà máy", "xí nghiệp", "cơ quan", "xn", "nhà nước", "công nhân",
        "compulsory", "company",
    ),
    "voluntary": ("tự nguyện", "tn", "bhxhtn", "voluntary"),
    "both": ("cả hai", "cả 2", "vừa bắt buộc vừa tự nguyện", "bắt buộc và tự nguyện", "both"),
}  # fmt: skip

TIERS: Lexicon = {
    "tier_50": (
        "hộ nghèo", "hngheo", "nghèo", "sổ nghèo", "diện nghèo", "50%", "50", "poor",
    ),
    "tier_50_island": ("xã đảo", "đặc khu", "ở đảo", "huyện đảo", "island", "special zone"),
    "tier_40": (
        "cận nghèo", "cngheo", "hộ cận nghèo", "cận", "hộ cận", "diện cận nghèo", "40%", "40", "near poor",
        "near-poor",
    ),
    "tier_30": (
        "dân tộc thiểu số", "dân tộc", "dtts", "người dân tộc", "thiểu số", "tày", "nùng", "dao", "mông",
        "h'mông", "hmong", "sán chay", "sán chỉ", "cao lan", "hoa", "30%", "30", "ethnic minority",
        "minority",
    ),
    "tier_20": (
        "không", "ko", "k", "không thuộc", "ko thuộc diện nào", "không thuộc diện nào", "không có", "kinh",
        "dân tộc kinh", "người kinh", "bình thường", "khác", "không rõ", "mới thoát nghèo", "thoát nghèo",
        "hết nghèo", "không biết", "ko biết", "ko rõ", "chưa rõ", "20%", "20", "none", "other", "no",
        "not sure",
    ),
}  # fmt: skip

METHODS: Lexicon = {
    "monthly": (
        "hằng tháng", "hàng tháng", "từng tháng", "mỗi tháng", "1 tháng", "một tháng", "theo tháng",
        "1 tháng 1 lần", "mỗi tháng một lần", "tháng", "monthly",
    ),
    "quarterly": ("3 tháng", "ba tháng", "quý", "theo quý", "hàng quý", "3 tháng 1 lần", "quarterly"),
    "half_year": (
        "6 tháng", "sáu tháng", "nửa năm", "6 tháng 1 lần", "half year", "6 months", "half a year",
    ),
    "yearly": (
        "12 tháng", "1 năm", "một năm", "cả năm", "hàng năm", "theo năm", "năm", "1 năm 1 lần", "yearly",
        "12 months", "a year",
    ),
}  # fmt: skip

_BEST_FIRST = ("tier_50", "tier_50_island", "tier_40", "tier_30")
_LEAST, _TELLING = "tier_20", 6  # letters: in a longer message "dao", "hoa", "kinh" are mostly other words
_TIERS, _RELATIONS = Finder(TIERS), Finder(RELATIONS)
_NOT_HER_TIER = re.compile(r"\b(?:bao nhieu|thi sao|nhu the nao|co phai|dieu kien|chuan)\b")
_NO_TIER = re.compile(r"\b(?:khong|ko|k|chang) thuoc (?:dien|ho|doi tuong|nhom)\b.{0,30}\bnao\b")
_FOR_SOMEBODY = re.compile(
    r"\b(?:hoi|dong|mua|lam|tinh|xem|dang ky|tham gia) (?:\w+ )?(?:cho|ho|giup|gium) |\bfor my\b"
    r"|^my (?=wife|husband|mother|father|mum|dad)"
)
_SOON = 1  # words between "cho" and the relation: "cho bà mẹ", and not "cho em hỏi mẹ"

NEAREST = ("mother", "father", "spouse")
"""Relations that are never a form of address for the one who asks, as "cô", "bác", "bạn" are."""

_SCHEME = re.compile(r"\b(?:bhxh(?:tn)?|bh|bao hiem|luong huu|tu nguyen|social insurance|pension)\b")
_WISHES = re.compile(
    r"toi|em|e|minh|tui|t|chi|anh|a|c|co|chu|bac|cho|hoi|ve|can|biet|tim|hieu|quan|tam|muon|dang|dong|mua|tham|gia"
    r"|nop|nghe|noi|bao|hiem|xa|tu|nguyen|bhxh|bhxhtn|bh|luong|huu|vu|viec|chuyen|cai|loai|dien|the|nay|nhe|nha"
    r"|voi|di|da|vang|ok|chao|shop|ad|oi|thong|tin|xin|xem|giup|i|want|to|know|about|the|social|insurance|pension"
    r"|voluntary|please|hello|hi"
)

_NOT_SELLING = re.compile(r"\bb[ạàảậ]n\b")  # bạn, bàn, bản: without marks they look like bán
_TRADES = re.compile(
    r"\b(?:ban (?!be|bac|gai|trai|than|nha\b|dat|ghe|hoc|hoi|tin|dau|vay|la|oi|co|ko|muon|nao|dang|bao hiem)"
    r"|(?:buon|trong|nuoi|cat toc|goi dau|boc vac|ve chai|danh ca|may va|cay thue|gat thue)\b"
    r"|di (?:cho|buon|bien|rung|cay)\b|lam (?:nuong|ray|vuon|dong|mong|toc|banh|mam)\b|street vendor)"
)
"""Trades nobody has a contract for by their nature, whatever is sold, grown or driven."""

_find_work, _works = choose(WORKS), Finder(WORKS)
intent = choose(INTENTS, ranked=True)


def work(text: str, on: date) -> str:
    """Read how somebody works: a choice, words for one, or a trade that is one's own ("bán quần áo").

    Raises Unclear("unknown_choice"), also where a trade is named beside other work: "bán hàng cho công ty".
    """
    try:
        return _find_work(text, on)
    except Unclear:
        if _works.find(text) or not _TRADES.search(fold(_NOT_SELLING.sub("-", clean(text).lower()))):
            raise
        return "self"


def names_the_scheme(text: str) -> bool:
    """Tell whether a message says nothing but that it is about the scheme: "hỏi về bảo hiểm tự nguyện"."""
    folded = fold(text)
    return bool(_SCHEME.search(folded)) and all(map(_WISHES.fullmatch, re.findall(r"\w+", folded)))


def support_tier(text: str, on: date) -> str:
    """Return the best tier of support the words name. Decree 159/2025/NĐ-CP art. 5: the highest only.

    What is returned, and kept, is a tier: never which people or household someone belongs to. Raises
    Unclear("unknown_choice"), also where one tier is denied and none named.
    """
    del on
    if text in TIERS:
        return text
    found = _TIERS.find(text)
    named = {one.option for one in found if not one.denied}
    best = next((tier for tier in _BEST_FIRST if tier in named), None)
    if best:
        return best
    if _LEAST in named and all(one.option == _LEAST for one in found):
        return _LEAST
    raise Unclear("unknown_choice")


def spot_tier(text: str, on: date) -> str | None:
    """Find a tier named in telling words inside a longer message; "không" alone says nothing there."""
    del on
    if _NOT_HER_TIER.search(fold(text)):
        return None
    if _NO_TIER.search(fold(text)):
        return _LEAST
    named = {one.option for one in _TIERS.find(text) if not one.denied and one.length >= _TELLING}
    if _LEAST in named:
        return None
    return next((tier for tier in _BEST_FIRST if tier in named), None)


def spot_relation(text: str, on: date) -> str | None:
    """Find whom someone asks for: "hỏi cho mẹ em"."""
    del on
    asked = _FOR_SOMEBODY.search(fold(text))
    found = _RELATIONS.find(fold(text)[asked.end() - 1 :]) if asked else []
    named = {one.option for one in found if one.start <= _SOON}
    return named.pop() if len(named) == 1 else None


def spot_intent(text: str, on: date) -> str | None:
    """Find what somebody wants inside a longer message."""
    try:
        return intent(text, on)
    except Unclear:
        return None
