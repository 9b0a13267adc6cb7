"""Words people use for the choices of our questions: ids, each with the forms that mean it."""

from __future__ import annotations

from datetime import date

from handlers.reading.choices import Lexicon, choose
from handlers.reading.unclear import Unclear

INTENTS: Lexicon = {
    "consult": (
        "tư vấn", "tư vấn từ đầu", "muốn đóng", "muốn tham gia", "đăng ký", "muốn đóng bhxh", "tham gia bhxh",
        "đóng bảo hiểm", "mua bảo hiểm", "đóng bh", "consult", "consultation", "join", "want to join",
    ),
    "eligibility": (
        "có được tham gia không", "được tham gia không", "có được đóng không", "đóng được không",
        "điều kiện", "tự nguyện được không", "may i join", "can i join", "eligible", "eligibility",
    ),
    "quote": (
        "tính", "tính mức đóng", "tính giúp", "tính thử", "đóng bao nhiêu", "bao nhiêu tiền", "hết bao nhiêu",
        "lương hưu bao nhiêu", "mức đóng", "how much", "quote", "calculate", "what would i pay",
    ),
    "booking": (
        "hẹn", "gọi lại", "hẹn gọi", "hẹn lịch", "đặt lịch", "gọi cho tôi", "call me", "call back",
        "callback",
        "book", "booking",
    ),
    "on_behalf": (
        "hỏi hộ", "tôi hỏi hộ", "hỏi giúp", "hỏi cho", "hỏi cho mẹ", "hỏi cho bố", "cho mẹ", "cho bố",
        "on behalf", "for someone else", "for my mother", "for my father",
    ),
}  # fmt: skip

RELATIONS: Lexicon = {
    "mother": ("mẹ", "má", "u", "bầm", "mẹ em", "mẹ tôi", "mẹ chồng", "mẹ vợ", "mother", "mum", "mom"),
    "father": ("bố", "ba", "cha", "thầy", "bố em", "bố tôi", "bố chồng", "bố vợ", "father", "dad"),
    "spouse": ("vợ", "chồng", "vk", "ck", "vc", "wife", "husband", "spouse"),
    "other": ("người khác", "bạn", "cô", "chú", "dì", "anh trai", "chị gái", "em gái", "hàng xóm", "friend"),
}

SEXES: Lexicon = {
    "female": ("nữ", "nu", "đàn bà", "phụ nữ", "con gái", "chị", "cô", "bà", "female", "woman", "f"),
    "male": ("nam", "đàn ông", "con trai", "anh", "ông", "chú", "male", "man", "m"),
}

BENEFITS: Lexicon = {
    "none": (
        "không", "ko", "k", "không nhận gì", "chưa", "không có", "chưa nhận", "hông", "hok", "no", "none",
        "nothing", "neither",
    ),
    "pension": ("lương hưu", "đang nhận lương hưu", "hưu trí", "đã nghỉ hưu", "pension", "retired"),
    "monthly_allowance": (
        "trợ cấp hằng tháng", "trợ cấp hàng tháng", "mất sức", "mất sức lao động", "trợ cấp bhxh",
        "monthly allowance",
    ),
    "unemployment": ("thất nghiệp", "trợ cấp thất nghiệp", "bhtn thất nghiệp", "unemployment"),
    "other": (
        "có", "trợ cấp khác", "không rõ", "ko rõ", "trợ cấp xã hội", "bảo trợ xã hội", "trợ cấp", "yes",
        "other",
        "not sure",
    ),
}  # fmt: skip

WORKS: Lexicon = {
    "self": (
        "buôn bán", "bán hàng", "bán rau", "đi chợ", "tiểu thương", "làm nông", "nông dân", "làm ruộng",
        "tự do",
        "lao động tự do", "tự làm", "chạy xe", "xe ôm", "chạy ship", "ship", "shipper", "grab", "thợ xây",
        "thợ hồ", "nội trợ", "ở nhà", "không có việc", "thất nghiệp", "không hợp đồng", "ko hợp đồng",
        "không có hợp đồng", "bán online", "làm thuê", "self employed", "self-employed", "farmer", "trader",
        "freelance", "housewife",
    ),
    "household_owner": (
        "chủ hộ", "hộ kinh doanh", "hkd", "dkkd", "đkkd", "có đăng ký kinh doanh", "chủ hộ kinh doanh",
        "chủ cửa hàng có đăng ký", "household business", "registered business",
    ),
    "contract": (
        "hợp đồng", "hđlđ", "hdld", "có hợp đồng", "công nhân", "công ty", "cty", "nhân viên văn phòng",
        "labour contract", "employee", "company",
    ),
    "suspended": (
        "tạm hoãn", "nghỉ không lương", "nghỉ ko lương", "tạm nghỉ việc", "suspended", "unpaid leave",
    ),
    "part_time": ("bán thời gian", "part time", "part-time", "parttime", "làm theo giờ", "làm thêm"),
    "probation": ("thử việc", "probation"),
    "domestic": ("giúp việc", "giúp việc gia đình", "ô sin", "osin", "domestic worker"),
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
        "thuế khoán",
        "khoán", "notice only", "no tax",
    ),
    "unknown": ("không rõ", "ko rõ", "không biết", "ko biết", "chưa rõ", "i do not know", "not sure"),
}  # fmt: skip

WITHDRAWALS: Lexicon = {
    "no": (
        "chưa",
        "chưa rút",
        "không",
        "ko",
        "k",
        "chưa có",
        "vẫn còn",
        "còn nguyên",
        "hok",
        "no",
        "not yet",
    ),
    "yes": ("rồi", "rút rồi", "đã rút", "đã rút hết", "rút hết", "có", "lấy rồi", "yes"),
    "waiting": ("đang chờ", "chờ rút", "đang đợi rút", "chờ đủ năm", "sắp rút", "waiting"),
}

INSURANCES: Lexicon = {
    "compulsory": (
        "bắt buộc", "công ty", "cty", "nhà máy", "xí nghiệp", "cơ quan", "xn", "nhà nước", "công nhân",
        "compulsory", "company",
    ),
    "voluntary": ("tự nguyện", "tn", "bhxhtn", "voluntary"),
    "both": ("cả hai", "cả 2", "vừa bắt buộc vừa tự nguyện", "both"),
}  # fmt: skip

TIERS: Lexicon = {
    "tier_50": (
        "hộ nghèo", "ho ngheo", "hngheo", "nghèo", "sổ nghèo", "xã đảo", "đặc khu", "50%", "50", "poor",
    ),
    "tier_40": ("cận nghèo", "can ngheo", "cngheo", "hộ cận nghèo", "40%", "40", "near poor", "near-poor"),
    "tier_30": (
        "dân tộc thiểu số", "dân tộc", "dtts", "người dân tộc", "tày", "nùng", "dao", "mông", "sán chay",
        "hoa",
        "30%", "30", "ethnic minority", "minority",
    ),
    "tier_20": (
        "không", "ko", "k", "không thuộc", "ko thuộc diện nào", "không thuộc diện nào", "không có", "kinh",
        "bình thường", "khác", "không rõ", "mới thoát nghèo", "thoát nghèo", "20%", "20", "none", "other",
        "no", "not sure",
    ),
}  # fmt: skip

METHODS: Lexicon = {
    "monthly": ("hằng tháng", "hàng tháng", "từng tháng", "mỗi tháng", "1 tháng", "tháng", "monthly"),
    "quarterly": ("3 tháng", "ba tháng", "quý", "theo quý", "hàng quý", "quarterly"),
    "half_year": ("6 tháng", "sáu tháng", "nửa năm", "half year", "6 months"),
    "yearly": (
        "12 tháng",
        "1 năm",
        "một năm",
        "cả năm",
        "hàng năm",
        "theo năm",
        "năm",
        "yearly",
        "12 months",
    ),
}

_RELATION = choose(RELATIONS)
_TIERS = {tier: choose({tier: forms}) for tier, forms in TIERS.items()}
_BEST_FIRST = ("tier_50", "tier_40", "tier_30", "tier_20")


def support_tier(text: str, on: date) -> str:
    """Return the best tier of support the words name. Decree 159/2025/NĐ-CP art. 5: the highest only.

    What is returned, and kept, is a tier: never which people or household someone belongs to.
    """
    if text in TIERS:
        return text
    for tier in _BEST_FIRST:
        try:
            found = _TIERS[tier](text, on)
        except Unclear:
            continue
        if found == "tier_50" and _says(text, on, "tier_40"):
            continue  # "cận nghèo" holds the word "nghèo"
        if found in ("tier_50", "tier_40") and _says(text, on, "tier_20") and "thoat" in text:
            continue
        return found
    raise Unclear("unknown_choice")


def _says(text: str, on: date, tier: str) -> bool:
    try:
        return bool(_TIERS[tier](text, on))
    except Unclear:
        return False


def spot_tier(text: str, on: date) -> str | None:
    """Find a tier named inside a longer message; "không" alone says nothing there."""
    try:
        found = support_tier(text, on)
    except Unclear:
        return None
    return found if found != "tier_20" else None


def spot_relation(text: str, on: date) -> str | None:
    """Find whom someone asks for: "hỏi cho mẹ em"."""
    try:
        return _RELATION(text, on) if "hỏi" in text.lower() or "hoi " in text.lower() else None
    except Unclear:
        return None
