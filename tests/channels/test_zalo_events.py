"""Every event the Official Account's webhook is known to bring, read; and what is none, refused."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.errors import TABLE, refused
from bot.channels.zalo.events import Event, MalformedError, Sort, parse

ROWS = yaml.safe_load(Path(__file__).with_name("zalo_events.yaml").read_text("utf-8"))
EMPTY = {"text": "", "messages": [], "phone": "", "tracking": ""}


def plain(event: Event) -> dict[str, Any]:
    found = {field.name: getattr(event, field.name) for field in fields(event)}
    found["identity"] = event.identity
    return found | {"messages": list(event.messages)}


@pytest.mark.parametrize("row", [row for row in ROWS if "is" in row], ids=lambda row: row["name"])
def test_an_event_is_read(row: dict[str, Any]) -> None:
    found = plain(parse(row["body"]))
    del found["at"]
    expected = {**EMPTY, "account": "", "person": "", "name": row["body"]["event_name"], **row["is"]}
    assert found == expected


@pytest.mark.parametrize("row", [row for row in ROWS if "malformed" in row], ids=lambda row: row["name"])
def test_what_is_no_event_is_refused_by_name(row: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match=row["malformed"]):
        parse(row["body"])


def test_every_sort_of_event_is_in_the_table() -> None:
    assert {row["is"]["sort"] for row in ROWS if "is" in row} == set(Sort)


KEYS = st.sampled_from(
    ("event_name", "sender", "recipient", "message", "id", "msg_id", "msg_ids", "attachments", "payload",
     "timestamp", "info", "phone", "follower", "oa_id", "coordinates", "latitude")
)  # fmt: skip
NAMES = st.sampled_from(("user_send_text", "user_submit_info", "follow", "oa_send_text", "user_seen_message"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, ANYTHING, max_size=8), NAMES)
def test_any_object_is_an_event_or_none(body: dict[str, Any], name: str) -> None:
    try:
        event = parse({**body, "event_name": name})
    except MalformedError:
        return
    assert len(event.identity) <= 200
    assert len(event.person) <= 100


DOCUMENTED = {
    "oa": """32 100 200 201 202 204 205 209 210 211 212 213 216 217 218 219 220 221 222 223 224 227 230 232
        233 234 235 237 238 240 241 242 244 248 249 305 311 320 321 403""",
    "zbs": """100 101 102 103 104 105 108 109 110 111 112 113 114 115 117 118 119 120 121 122 124 125 126 127
        130 131 132 133 135 136 137 138 139 140 141 144 146 147 161 162 1121 1122 1124 1131 1351 1441 1471
        1472""",
}


@pytest.mark.parametrize("family", ["oa", "zbs"])
def test_every_documented_code_says_what_it_means(family: Any) -> None:
    assert {-int(code) for code in DOCUMENTED[family].split()} <= set(TABLE[family])


@pytest.mark.parametrize(
    ("family", "code", "kind"),
    [("oa", -32, "rate"), ("oa", -230, "window"), ("oa", -232, "window"), ("oa", -244, "stopped"),
     ("oa", -216, "token"), ("oa", -233, "plain"), ("zbs", -124, "token"), ("zbs", -118, "elsewhere"),
     ("zbs", -133, "night"), ("zbs", -144, "tomorrow"), ("zbs", -137, "human"), ("bot", 429, "quota"),
     ("oa", -99_999, "bug")],
)  # fmt: skip
def test_a_code_is_what_the_sender_can_act_on(family: Any, code: int, kind: str) -> None:
    problem = refused(family, code)
    assert problem.kind == kind
    assert bool(problem.remedy) == (kind == "human")
