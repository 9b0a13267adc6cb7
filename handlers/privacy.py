"""What is kept about a person: seeing it, being kept informed or not, and having it deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from handlers.flow import Ask, Case, Do, Outcome, Question
from handlers.reading.assent import sure
from handlers.state import EVERYTHING

CONVERSATION_KEPT = 30  # days of silence after which a conversation is deleted
LEAD_KEPT = 90  # days after the last thing that happened to a lead until it names nobody; said in the consent
NEWS_VERSION = "news-1"

SURE = Question(
    "forget_sure",
    read=sure(yes=True, no=False, act="xoá xóa delete", of="hết sạch tất cả dữ liệu everything all my data"),
    choices=("yes", "no"),
    firm=True,
)
NEWS = Question(
    "news",
    read=sure(yes="agree", no="decline", act="nhận nhắn báo", of="tin me"),
    choices=("agree", "decline"),
    firm=True,
)


@dataclass(frozen=True, slots=True)
class Forgotten(Outcome):
    """Everything is deleted but what `kept` names, each with its reason in the template."""

    kept: tuple[str, ...]
    drops: ClassVar[tuple[str, ...]] = EVERYTHING


@dataclass(frozen=True, slots=True)
class NothingForgotten(Outcome):
    """She thought better of it."""

    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True, slots=True)
class MyData(Outcome):
    """What is kept about her, and where she gets it all; `link` is a path, or empty."""

    leads: tuple[Mapping[str, Any], ...]
    quotes: tuple[str, ...]
    consents: int
    news: bool
    link: str
    silent_days: int
    drops: ClassVar[tuple[str, ...]] = ("data_shown",)
    then: ClassVar[tuple[str, ...]] = ("resume", "privacy", "menu")


@dataclass(frozen=True, slots=True)
class NewsOn(Outcome):
    """She will be told when what she pays changes."""

    drops: ClassVar[tuple[str, ...]] = ("news", "keep_informed")
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True, slots=True)
class NewsOff(Outcome):
    """She is told nothing she did not ask for; an answer to what she writes is no such thing."""

    drops: ClassVar[tuple[str, ...]] = ("news", "keep_informed")
    then: ClassVar[tuple[str, ...]] = ("resume", "privacy", "menu")


def _kept(done: Any) -> tuple[str, ...]:  # noqa: ANN401 - plain JSON
    return tuple(done["kept"])


FORGET = Do(
    "forgotten",
    perform=lambda world: world.forget(),
    result=_kept,
    results=({"kept": []}, {"kept": ["consent_record"]}, {"kept": ["consent_record", "call_record"]}),
)

_LEAD = {
    "lead": 1482, "state": "offered", "ward": "06187", "quote_code": None, "name": "chị Lành",
    "phone": "0912 345 678", "starts_at": "2026-11-26T11:00+07:00", "call_code": "0417",
    "note": {"speaks": "tay"},
}  # fmt: skip

SHOW: Do[Any] = Do(
    "data_shown",
    perform=lambda world: world.my_data(),
    result=lambda done: done,
    results=(
        {"leads": [], "quotes": [], "consents": 0, "news": False, "link": ""},
        {
            "leads": [_LEAD],
            "quotes": ["LS-7K2P", "LS-9QWE"],
            "consents": 1,
            "news": True,
            "link": "https://tuvan.example.vn/my-data/x",
        },
    ),
)


def keep_informed(*, given: bool) -> Do[None]:
    """Keep her answer, once."""
    return Do(
        "keep_informed",
        perform=lambda world: world.keep_informed(given=given, version=NEWS_VERSION),
        result=lambda _: None,
        about=str(given),
        results=(None,),
    )


def forgetting(ask: Ask, case: Case) -> Outcome:
    """Law 91/2025/QH15 art. 4: delete on request, and say what had to stay and why."""
    del case
    if not ask(SURE):
        return NothingForgotten()
    return Forgotten(kept=ask(FORGET))


def showing(ask: Ask, case: Case) -> Outcome:
    """Law 91/2025/QH15 art. 4: show what is kept, and give it to her."""
    del case
    kept = ask(SHOW)
    leads, quotes = tuple(kept["leads"]), tuple(kept["quotes"])
    return MyData(leads, quotes, kept["consents"], kept["news"], kept["link"], CONVERSATION_KEPT)


def informing(ask: Ask, case: Case) -> Outcome:
    """Ask for a consent of its own, never taken for granted. Law 91/2025/QH15; Decree 356/2025/NĐ-CP."""
    del case
    given = ask(NEWS) == "agree"
    ask(keep_informed(given=given))
    return NewsOn() if given else NewsOff()


def stopping(ask: Ask, case: Case) -> Outcome:
    """Decree 91/2020/NĐ-CP art. 13: a refusal holds at once."""
    del case
    ask(keep_informed(given=False))
    return NewsOff()
