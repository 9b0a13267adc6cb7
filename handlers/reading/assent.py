"""Yes and no as people say them: dialects, politeness, double negation, questions that are neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import TypeVar

from handlers.reading.numbers import Forms, Token, Tokens
from handlers.reading.unclear import Unclear

T = TypeVar("T")

YES = (
    "có", "ừ", "ừm", "uh", "uhm", "um", "ờ", "vâng", "dạ", "đúng", "phải", "ok", "oke", "okay", "okie", "oki",
    "okela", "okê",
    "okk", "ukm", "uk", "ừa", "đk", "được", "dc", "đc", "chuẩn",
    "rồi", "r", "yes", "y", "yeah", "yep", "yup", "right", "sure",
    "correct", "muốn", "từng", "👍", "👌", "✅", "✔", "☑", "🆗", "💯", "1",
    "dạ có", "đúng rồi", "đúng r", "đồng ý", "có chứ", "tất nhiên",
)  # fmt: skip
NO = (
    "không", "ko", "k", "kh", "khg", "kg", "hok", "hông", "hong", "hem", "hổng", "hăm", "khum", "chưa",
    "chẳng",
    "chả",
    "no", "n", "nope", "nah", "not", "never", "sai", "khỏi", "dont", "don", "doesn", "didn", "isn", "aren",
    "haven", "hasn", "👎", "❌", "✖", "🙅", "🚫", "2", "không có", "không phải", "chưa có", "sai rồi",
    "không đúng", "chưa đúng", "thôi khỏi", "dạ không", "làm gì có",
)  # fmt: skip

_YES = Forms(" ".join(form for form in YES if " " not in form))
_NO = Forms(" ".join(form for form in NO if " " not in form))
_POLITE = Forms("dạ vâng ừ nhầm")
_FILLER = Forms(
    "em anh chị cô chú bác ông bà tôi tui mình tao mày e a c b ạ à ơi nhé nha nhe hả thì là mà ý vậy thế "
    "đó đấy này luôn nữa đi cũng đã đang vẫn còn hiện giờ nay thật ra hoàn toàn nhà mẹ bố chồng vợ con "
    "hề bao ừa ad shop i am m do does did she he it is we my of"
)
_CLEAR = Forms(
    "đồng ý nhất trí chắc chắn chính xác tất nhiên em anh chị cô chú bác ông bà tôi tui mình tao e a c b ạ "
    "ơi nhé nha nhe ad shop thì cứ cho giúp hộ đi luôn chứ vậy thế đó đấy mà i do agree it please , . !"
)
_KEEP, _DO_NOT, _ENOUGH_OF_IT = Forms("giữ keep"), Forms("=đừng"), Forms("thôi")
_ASKS = Forms("bao nhiêu gì sao nào mấy ai how what why when where which")

_N = r"(?:khong|ko|k|kh|khg|kg|hok|hong|hem|chua|chang|cha|dau)"
_UNSURE = re.compile(
    rf"\b{_N} (?:biet|bit|bik|bt|han|ro|nho|chac|hieu|sao|(?:thanh )?van de)\b"
    r"|\bquen (?:roi|mat)\b|\bco (?:le|the|khi)\b"
    r"|\bhet roi\b|\bgan nhu\b|\bhinh nhu\b|\bchac (?!chan|roi|luon)|\bchac$|\bmaybe\b|\bno problem\b"
    r"|\b(?:co|yes) (?:hay|hoac|or) (?:khong|ko|no)\b|\bsao cung\b|\bdon ' t know\b|\bnot sure\b"
)
_LATER = re.compile(
    r"\bde (?:xem|sau|tinh|hoi|nghi|khi|luc|mai|tu tu)\b|\btu tu\b|\btinh sau\b|\bsuy nghi\b|\bmai tinh\b"
    r"|\bhoi (?:chong|vo|con|ck|vk|nha|gia dinh|y kien|lai|da)\b|\bnghi (?:da|them|lai)\b"
    rf"|\bxem (?:da|lai|sao)\b|\b(?:luc|hom|khi) khac\b|\b{_N} voi\b|\blater\b"
    r"|\bthink about\b|\bnot now\b|\bchua muon\b"
)
_ENOUGH = re.compile(r"^(?:da |vang )?thoi(?: (?:a|em|anh|chi|nhe|nha|de|cam on|ban|da))*$")
_NOT_NO = re.compile(rf"\b{_N} (?:phai|the) (?:la )?{_N}\b")
_HARDLY = re.compile(
    r"\b(?:lam gi|dau|cha|chang|mo|no) (?:co|duoc|phai)\b|\b(?:co|duoc|phai) (?:dau|mo)\b"
    r"|\bthoi (?:khoi|khong|ko)\b"
)
_AGREED = re.compile(
    r"\bo ke\b|\b(?:di nhien|duong nhien)\b"
    r"|\b(?:dong y|nhat tri|tat nhien|chinh xac|chac chan|chac roi|chac luon|of course|agree)\b"
)


_US = r"(?:em|anh|chi|co|chu|bac|ong|ba|toi|tui|minh|tao|e|a|c)"
_REFUSING = re.compile(rf"\b(?:{_N}|dung)(?: (?:can|phai|muon|thich|duoc|nghe|nhan|{_US}))* $")
_PLAIN = Forms("được phải đâu bao giờ cái người nam công dân mang từng hề hổng nỏ mô yet")


def yes_no(text: str, on: date) -> bool:
    """Read yes or no.

    Raises Unclear: "later" for somebody who is not ready to say, "yes_or_no" for anything else: a question,
    "I do not know", or words that are neither.
    """
    del on
    tokens = Tokens(text)
    words = " ".join(token.word for token in tokens.all)
    if _LATER.search(words) or _ENOUGH.match(words):
        raise Unclear("later")
    if _UNSURE.search(words) or "?" in words:
        raise Unclear("yes_or_no")
    if _NOT_NO.search(words):
        return True
    if _HARDLY.search(words):
        return False
    agreed = _AGREED.search(words)
    if agreed:
        return not any(token in _NO for token in tokens.all)
    if any(_counts(tokens.all, place) for place in range(len(tokens))):
        raise Unclear("yes_or_no")
    return _decided([token for token in tokens.all if token.word not in (".", "!", "'")])


def yes_no_of(subject: str) -> Callable[[str, date], bool]:
    """Return a reader of yes and no whose no is bare, or names the `subject` (words parted by spaces).

    A no to something else ("không nhận gì", where her nationality is asked) raises Unclear("yes_or_no").
    """
    asked = Forms(subject)

    def read(text: str, on: date) -> bool:
        answer = yes_no(text, on)
        said = [token for token in Tokens(text).all if token.letters]
        known = (_YES, _NO, _FILLER, _CLEAR, _PLAIN)
        beside = any(all(token not in forms for forms in known) for token in said)
        if not answer and beside and not any(token in asked for token in said):
            raise Unclear("yes_or_no")
        return answer

    return read


def sure(*, yes: T, no: T, act: str, of: str = "") -> Callable[[str, date], T]:
    """Return a reader of the answer to what cannot be taken back: `yes` only where nothing else is said.

    A message is a yes that holds words of assent and politeness alone, or those of the `act` itself and what
    it is done to (`of`, which counts only after it): "huỷ lịch đi". Parted by spaces, as for Forms. A no may
    be said in any words, but not to something else: "không cần gọi" would not keep a call; nor does one count
    that goes on with the act ("không cần hỏi, cứ gọi đi"). Raises Unclear as `yes_no` does, "yes_or_no" for
    an assent with more beside it.
    """
    doing, done_to = Forms(act), Forms(of)
    acts = "|".join(map(re.escape, sorted(doing.folded)))
    goes_on = re.compile(
        rf"\bcu (?:{_US} )?(?:{acts})\b|\b(?:{acts})(?: (?:dien|lai|cho|{_US}))* (?:di|luon)\b"
    )

    def read(text: str, on: date) -> T:
        if text in (yes, no):
            return yes if text == yes else no
        tokens = Tokens(text).all
        if _nothing_but_yes(tokens, doing, done_to):
            return yes
        words = " ".join(token.word for token in tokens)
        if any(not _REFUSING.search(words[: found.start()]) for found in goes_on.finditer(words)):
            raise Unclear("yes_or_no")
        if _leaves_it(tokens, doing):
            return no
        elsewhere = any(token in done_to for token in tokens) and not any(token in doing for token in tokens)
        if yes_no(text, on) or elsewhere:
            raise Unclear("yes_or_no")
        return no

    return read


def _nothing_but_yes(tokens: list[Token], doing: Forms, done_to: Forms) -> bool:
    words = " ".join(token.word for token in tokens)
    if _LATER.search(words) or _UNSURE.search(words):
        return False
    acts = any(token in doing for token in tokens)
    after = False  # the act, or what it is done to, was said just before
    for token in tokens:
        if token in doing or (after and token in done_to):
            after = True
        elif token.marked == "dung":  # đúng, or đừng
            return False
        elif token in _YES or token in _CLEAR or (acts and token in _ENOUGH_OF_IT):
            after = False
        else:
            return False
    return acts or any(token in _YES for token in tokens) or bool(_AGREED.search(words))


def _leaves_it(tokens: list[Token], doing: Forms) -> bool:
    """Tell whether she would rather not: "thôi", "giữ lại", "đừng huỷ"."""
    said = [token for token in tokens if token not in _CLEAR and token not in _ENOUGH_OF_IT]
    if not said:
        return any(token in _ENOUGH_OF_IT for token in tokens)
    return said[0] in _KEEP or (said[0] in _DO_NOT and any(token in doing for token in said))


def not_yet(text: str) -> bool:
    """Tell whether somebody says that she will answer later: "để xem đã", "hỏi chồng đã"."""
    return bool(_LATER.search(" ".join(token.word for token in Tokens(text).all)))


def _decided(tokens: list[Token]) -> bool:
    """Decide by the first word that says yes or no; what follows may turn it into a question."""
    said = [token for token in tokens if token not in _FILLER or token in _YES or token in _NO]
    while len(said) > 1 and said[0] in _POLITE and _answers(said[1]) is not None:
        said = said[1:]
    said = [token for token in said if token.word != ","] if said and said[0].word == "," else said
    if not said:
        raise Unclear("yes_or_no")
    first, last = _answers(said[0]), _answers(said[-1])
    if first is False:
        if _contradicts(said, yes=True):
            raise Unclear("yes_or_no")
        return False
    if first is True:
        follows_no = len(said) > 1 and _answers(said[1]) is False
        if follows_no or last is False or any(token in _ASKS for token in said):
            raise Unclear("yes_or_no")
        return True
    if last is True and len(said) <= 6 and not any(token in _ASKS or token in _NO for token in said):
        return True
    raise Unclear("yes_or_no")


def _contradicts(said: list[Token], *, yes: bool) -> bool:
    """Tell whether the opposite is said after a comma: "không, có chứ"."""
    return any(one.word == "," and _answers(two) is yes for one, two in pairwise(said))


def _counts(tokens: list[Token], place: int) -> bool:
    """Tell whether a number counts something and names no choice: "1 năm", "2 chai"."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return tokens[place].digits and after is not None and after.letters and after not in _FILLER


def _answers(token: Token) -> bool | None:
    if token in _YES:
        return True
    return False if token in _NO else None
