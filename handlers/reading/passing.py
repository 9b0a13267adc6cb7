"""What people say of themselves in passing: sex, work, years paid, a method; each only a suggestion."""

from __future__ import annotations

import re
from datetime import date

from handlers.formatting import period
from handlers.reading.choices import Finder
from handlers.reading.durations import duration_months
from handlers.reading.fold import clean, fold
from handlers.reading.groups import WORKS
from handlers.reading.unclear import Unclear

_SEX = re.compile(
    r"(?:^|[,;.!] *|\b(?:la|em|toi|tui|minh|gioi tinh|gioi tinh:) |(?:\d{4}|\d\d ?t|tuoi) )"
    r"(nam|nu|female|male|woman|man)(?: gioi)?"
    r"(?= *(?:(?: (?:a|nha|nhe|em|e|day))* *(?:$|[,;.!])| (?:o|ho|dan toc) "
    r"|(?:nam nay )?\d\d ?(?:t|tuoi)\b| (?:19|20)\d\d\b| (?:sn|sinh)\b))"
)
_CALLED = re.compile(
    r"(?:^|[,.;!] *)(chi|anh|co|chu|di|mo|ba|ong|me(?: em| toi| minh)?|bo(?: em| toi| minh)?) "
    r"(?:nam nay |nay )?(?:\d\d ?(?:t|tuoi)?\b|sn\b|sinh\b)"
)
_FEMALE, _MALE = ("chi", "co", "di", "mo", "ba", "me"), ("anh", "chu", "ong", "bo")
_CLEAR_BARE = frozenset(("chi", "anh", "me", "bo"))  # without marks the others are as often other words
_MARKED = {"co": "cô", "di": "dì", "mo": "mợ", "ba": "bà", "ong": "ông", "chu": "chú"}

_SHORTEST = 5  # letters of words for work that are telling: "ship", "grab" are too often other words
_WORKING = Finder(
    {
        "self": [form for form in WORKS["self"] if len(form) >= _SHORTEST],
        "registered": [form for form in WORKS["household_owner"] if form != "chủ hộ"],
        "else": [
            form
            for option, forms in WORKS.items()
            if option not in ("self", "household_owner")
            for form in forms
        ],
    }
)
_OTHERS_WORK = re.compile(
    r"\b(?:chong|vo|con|chau|me|bo|anh trai|chi gai|em trai|hoi truoc|truoc day|tung)"
    r"(?: em| toi| minh| e)? *$"
)

_NEVER_PAID = re.compile(
    r"\bchua (?:(?:tung|bao gio|he|tung bao gio) )?(?:dong|tham gia|mua)\b"
    r"(?! (?:duoc|dc|du|xong|tien|phi|thang nay|nam nay))|\bnever (?:paid|joined|contributed)\b"
)
_PAID = re.compile(
    r"\b(?:dong|tham gia|lam)\b.*\b(?:duoc|dc|roi|truoc|hoi|tung|da|cty|cong ty|nha may|xi nghiep|co quan)\b"
    r"|\bhave paid\b|\bpaid (?:for )?\d"
    r"|\b(?:duoc|dc|hoi|tung|da|co|cty|cong ty|nha may)\b.*\b(?:dong|tham gia|lam)\b"
)
_SUPPOSED = re.compile(
    r"\b(?:neu|muon|phai|can|them|nua|bao nhieu|thi|con thieu|thieu|toi thieu|it nhat|moi|du|trong|den|se"
    r"|lien tuc|if|must|need|should|want)\b|\?"
)
_CLAUSES = re.compile(r"[,;.!]\s|\s-\s|\bnhưng\b|\bnhung\b")
_KINDS = (
    ("compulsory", re.compile(r"\b(?:cty|cong ty|nha may|xi nghiep|co quan|bat buoc|company|factory)\b")),
    ("voluntary", re.compile(r"\b(?:tu nguyen|bhxhtn|voluntar(?:y|ily))\b")),
)
_WITHDRAWN = (
    (re.compile(r"\bchua (?:rut|linh|lay)\b"), "no"),
    (re.compile(r"\bda (?:rut|linh) (?:het|roi)\b"), "yes"),
)
_ONCE = r"(?:dong )?(?:1|mot) lan\b"
_METHODS = (
    (re.compile(rf"\b(?:3|ba) thang {_ONCE}|\btheo quy\b"), "quarterly"),
    (re.compile(rf"\b(?:6|sau) thang {_ONCE}|\bnua nam {_ONCE}"), "half_year"),
    (re.compile(rf"\b(?:12 thang|(?:1|mot) nam) {_ONCE}|\bdong theo nam\b"), "yearly"),
    (re.compile(r"\b(?:dong|tra|nop) (?:hang|tung) thang\b|\btheo thang\b"), "monthly"),
)
_FORM = r"(?:[Cc]hị|[Aa]nh|[Cc]ô|[Cc]hú|[Bb]ác|[Bb]à|[Ôô]ng|[Dd]ì)"
_CAPITALS = r"[A-ZĐÀ-Ỹ][^\W\d_]+(?: [A-ZĐÀ-Ỹ][^\W\d_]+){0,3}"
_PERIOD = period("vi")
_NAME = re.compile(
    r"\b(?:[Tt]ên|[Tt]en)(?: là| la| em là| tôi là)?:? ((?:[^\W\d_]+ ?){1,4})(?=$|[,.;\d])"
    rf"|\b({_FORM} {_CAPITALS})(?=$| *[,.;:\d(-])"
)


def spot_sex(text: str, on: date) -> str | None:
    """Find a sex that is said: "nữ, 43 tuổi"."""
    del on
    folded, typed = fold(text), clean(text).lower()
    aligned = len(folded) == len(typed)
    for match in _SEX.finditer(folded):
        word = typed[match.start(1) : match.end(1)] if aligned else match[1]
        if word in ("female", "woman", "male", "man"):
            return "female" if word in ("female", "woman") else "male"
        if word == "nữ" or (word == "nu" and typed.isascii()):
            return "female"
        if word == "nam" and not folded[: match.start(1)].endswith(("viet ", "nam ")):
            year = re.match(r"nam (?:19|20)\d\d", folded[match.start(1) :])
            return None if year and typed.isascii() else "male"  # "nam 1980" without marks: the year
    return None


def suggest_sex(text: str, on: date) -> str | None:
    """Find the sex that a form of address suggests: "chị 43 tuổi", "mẹ em 60t"."""
    del on
    folded, typed = fold(text), clean(text).lower()
    aligned = len(folded) == len(typed)
    for match in _CALLED.finditer(folded):
        called = match[1].split()[0]
        word = typed[match.start(1) : match.end(1)].split()[0] if aligned else called
        if word == _MARKED.get(called) or called in _CLEAR_BARE:
            return "female" if called in _FEMALE else "male"
    return None


def spot_work(text: str, on: date) -> str | None:
    """Find work without a contract that is named in telling words, and no other work beside it."""
    del on
    named = [one for one in _WORKING.find(text) if not one.denied]
    if any(one.option == "registered" for one in named) and not any(one.option == "else" for one in named):
        return "household_owner"
    if not named or any(one.option != "self" for one in named):
        return None
    words = re.sub(r"[^\w]+", " ", fold(text)).split()
    return None if _OTHERS_WORK.search(" ".join(words[: named[0].start])) else "self"


def spot_past(text: str, on: date) -> str | None:
    """Find how long somebody has paid: "chưa đóng bao giờ", "từng đóng 4 năm ở công ty"; no plan to pay."""
    folded = fold(text)
    if _NEVER_PAID.search(folded) and "?" not in folded:
        return "none"
    for clause in _CLAUSES.split(clean(text)):
        words = fold(clause)
        if not _PAID.search(words) or _SUPPOSED.search(words):
            continue
        try:
            months = duration_months(clause, on)
        except Unclear:
            continue
        return _PERIOD(months) if months else None
    return None


def spot_kind(text: str, on: date) -> str | None:
    """Find where the time was paid that a message tells of: "4 năm ở công ty may"; no plan to pay."""
    folded = fold(text)
    kinds = [kind for kind, words in _KINDS if words.search(folded)]
    if len(kinds) != 1 or _SUPPOSED.search(folded):
        return None
    try:
        return kinds[0] if duration_months(text, on) else None
    except Unclear as unclear:
        return kinds[0] if unclear.candidates else None


def spot_withdrawn(text: str, on: date) -> str | None:
    """Find whether what was paid was taken out."""
    del on
    folded = fold(text)
    return next((option for pattern, option in _WITHDRAWN if pattern.search(folded)), None)


def spot_method(text: str, on: date) -> str | None:
    """Find a method of payment said as one: "3 tháng một lần"; "mỗi tháng 300k" is an amount."""
    del on
    folded = fold(text)
    found = {option for pattern, option in _METHODS if pattern.search(folded)}
    return found.pop() if len(found) == 1 else None


def spot_name(text: str, on: date) -> str | None:
    """Find what to call somebody: "tên Lành", "chị Lành 0912…"."""
    del on
    match = _NAME.search(clean(text))
    return (match[1] or match[2]).strip() if match else None
