"""Texts made of known values, in the ways people write them: the value is the label."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from handlers.reading.fold import fold

_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_words(number: int) -> str:
    """Return a number below a billion in words, as it is said in the north."""
    parts = []
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, number = divmod(number, size)
        if group:
            parts.append(f"{_below_thousand(group, full=bool(parts))} {name}".strip())
    return " ".join(parts)


def _below_thousand(number: int, *, full: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_ONES[hundreds]} trăm"] if hundreds or full else []
    if tens == 0 and ones:
        words.append(f"{'lẻ ' if words else ''}{_ONES[ones]}")
    elif tens == 1:
        words.append("mười" + (f" {'lăm' if ones == 5 else _ONES[ones]}" if ones else ""))
    elif tens:
        last = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}.get(ones, f" {_ONES[ones]}")
        words.append(f"{_ONES[tens]} mươi{last}")
    return " ".join(words)


def _money_forms(amount: int) -> list[str]:
    dotted = f"{amount:,}".replace(",", ".")
    millions, rest = divmod(amount, 10**6)
    thousands = rest // 1000
    forms = [dotted, f"{dotted}đ", f"{dotted} đồng", f"{amount:,}", dotted.replace(".", " "), f"{amount}đ"]
    forms += [f"{amount // 1000}k", f"{amount // 1000} nghìn", f"{in_words(amount)} đồng", in_words(amount)]
    if millions:
        tail = f"{thousands:03d}".rstrip("0")
        forms += [
            f"{millions}tr{tail}",
            f"{millions} triệu {thousands} nghìn" if thousands else f"{millions} triệu",
        ]
        forms += [f"{millions}tr{thousands}k" if thousands else f"{millions}tr"]
        forms += [f"{millions},{tail} triệu", f"{millions}.{tail}tr"] if len(tail) in (1, 2) else []
    return forms


def _around(texts: st.SearchStrategy[str], before: list[str], after: list[str]) -> st.SearchStrategy[str]:
    whole = st.builds("{}{}{}".format, st.sampled_from(before), texts, st.sampled_from(after))
    return st.one_of(whole, whole.map(fold), whole.map(str.upper))


@st.composite
def amounts(draw):
    """Return (amount, a way to write it)."""
    amount = draw(st.integers(10, 60_000)) * 1000
    texts = st.sampled_from(_money_forms(amount))
    before = ["", "đóng ", "tôi đóng được ", "khoảng ", "em chọn ", "mức "]
    return amount, draw(
        _around(texts, before, ["", " nhé", " ạ", " thôi", "/tháng", " một tháng", " được không"])
    )


@st.composite
def births(draw):
    """Return (date of birth, a way to write it)."""
    born = draw(st.dates(date(1940, 1, 1), date(2011, 12, 31)))
    d, m, y = born.day, born.month, born.year
    texts = st.sampled_from(
        (f"{d}/{m}/{y}", f"{d:02d}/{m:02d}/{y}", f"{d}-{m}-{y}", f"{d}.{m}.{y}", f"{d:02d}{m:02d}{y}",
         f"{born}", f"{in_words(d)} tháng {m} năm {y}",
         f"{d} {m} {y}", f"ngày {d} tháng {m} năm {y}", f"{d} tháng {m} {y}", f"{d}/{m}/{y % 100:02d}",
         f"{d:02d}{m:02d}{y % 100:02d}", f"{d} {m} {y % 100:02d}", f"{d}t{m} {y}")
    )  # fmt: skip
    return born, draw(_around(texts, ["", "sinh ", "em sinh ngày ", "sn "], ["", " nhé", " ạ"]))


@st.composite
def months_of_birth(draw):
    """Return ((year, month), a way to write it)."""
    year, month = draw(st.integers(1940, 2011)), draw(st.integers(1, 12))
    texts = st.sampled_from(
        (f"{month}/{year}", f"{month:02d}-{year}", f"tháng {month} năm {year}", f"t{month}/{year}",
         f"tháng {month}/{year}", f"{month:02d}{year}", f"{year}-{month:02d}",
         f"tháng {month} năm {year % 100:02d}")
    )  # fmt: skip
    return (year, month), draw(_around(texts, ["", "sinh "], ["", " ạ"]))


@st.composite
def phones(draw):
    """Return (E.164, a way to write it) of an invented mobile number in service."""
    prefix = draw(
        st.sampled_from(("091", "098", "086", "032", "038", "070", "079", "081", "056", "090", "096"))
    )
    number = prefix + draw(st.from_regex(r"[0-9]{7}", fullmatch=True))
    sep = draw(st.sampled_from((" ", ".", "-")))
    cuts = draw(st.sampled_from(((4, 7), (3, 6), (4, 6, 8), (2, 6))))
    pieces = [number[a:b] for a, b in zip((0, *cuts), (*cuts, 10), strict=True)]
    texts = st.sampled_from(
        (number, sep.join(pieces), f"+84{number[1:]}", f"84{number[1:]}", number[1:],
         f"+84 {sep.join(pieces)[1:]}",
         f"0084{number[1:]}", number.replace("0", "o", 1), "".join(chr(0xFF10 + int(n)) for n in number))
    )  # fmt: skip
    before = ["", "sdt ", "số của em là ", "e gui sdt ", "zalo: "]
    return "+84" + number[1:], draw(_around(texts, before, ["", " nhé", " (zalo)", " gọi sau 5h", "."]))


@st.composite
def durations(draw):
    """Return (months, a way to write it)."""
    years, months = draw(st.integers(0, 39)), draw(st.integers(0, 11))
    total = years * 12 + months
    texts = [f"{total} tháng", f"{total}th"]
    if years:
        texts += [
            f"{years} năm {months} tháng" if months else f"{years} năm",
            f"{years}n {months}th" if months else f"{years}n",
        ]
        texts += [f"{in_words(years)} năm"] if not months else []
        texts += [f"{years} năm rưỡi", f"{years},5 năm"] if months == 6 else []
    before = ["", "đóng được ", "em đóng ", "ở công ty ", "khoảng "]
    return total, draw(_around(st.sampled_from(texts), before, ["", " rồi", " ạ", " ở công ty"]))
