"""What the Official Account API tells: people, tags, quota, the last messages, the account itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.kit import Json
from bot.simulators.zalo import rules
from bot.simulators.zalo.hooks import milliseconds

if TYPE_CHECKING:
    from bot.simulators.zalo.oa import ZaloOaSimulator

Call = Callable[[web.Request], Awaitable[web.Response]]
MOST_OFFSET, MOST_COUNT, MOST_CHAT = 9_951, 50, 10


class Reads:
    """The calls that change nothing, or only tags."""

    def __init__(self, oa: ZaloOaSimulator) -> None:
        """Of one account."""
        self._oa = oa
        self._tags: dict[str, set[str]] = {}

    def gets(self) -> dict[str, Call]:
        """The GET routes; each has its query as one JSON object in `data`."""
        return {
            "/v3.0/oa/user/detail": self._detail,
            "/v3.0/oa/user/getlist": self._list,
            "/v2.0/oa/tag/gettagsofoa": self._all_tags,
            "/v2.0/oa/conversation": self._conversation,
            "/v2.0/oa/listrecentchat": self._recent,
            "/v2.0/oa/getoa": self._account,
        }

    def posts(self) -> dict[str, Call]:
        """The POST routes."""
        return {
            "/v3.0/oa/quota/message": self._quota,
            "/v2.0/oa/tag/tagfollower": self._tag,
            "/v2.0/oa/tag/rmfollowerfromtag": self._untag,
            "/v2.0/oa/tag/rmtag": self._remove_tag,
        }

    async def _detail(self, request: web.Request) -> web.Response:
        person = self._oa.people.all.get(str(_query(request).get("user_id")))
        if person is None:
            return self._oa.refused(rules.invalid("user_id"))
        spoke = person.spoke_at.strftime("%d/%m/%Y") if person.spoke_at else ""
        tags = [name for name, ids in self._tags.items() if person.id in ids]
        data: Json = {
            "user_id": person.id,
            "user_id_by_app": person.by_app,
            "display_name": person.name,
            "is_sensitive": False,
            "user_last_interaction_date": spoke,
            "user_is_follower": person.follows,
            "tags_and_notes_info": {"notes": [], "tag_names": tags},
        }
        return self._oa.answer(0, "Success", data)

    async def _list(self, request: web.Request) -> web.Response:
        query = _query(request)
        offset, count = query.get("offset", 0), query.get("count", MOST_COUNT)
        if offset > MOST_OFFSET or count > MOST_COUNT:
            return self._oa.refused(rules.invalid("count"))
        ids = list(self._oa.people.all)
        page = [{"user_id": identity} for identity in ids[offset : offset + count]]
        data = {"total": len(ids), "count": len(page), "offset": offset, "users": page}
        return self._oa.answer(0, "Success", data)

    async def _all_tags(self, _: web.Request) -> web.Response:
        return self._oa.answer(0, "Success", sorted(self._tags))

    async def _tag(self, request: web.Request) -> web.Response:
        body = await self._oa.json_of(request) or {}
        if body.get("user_id") not in self._oa.people.all:
            return self._oa.refused(rules.invalid("user_id"))
        self._tags.setdefault(str(body.get("tag_name")), set()).add(body["user_id"])
        return self._oa.answer(0, "Success")

    async def _untag(self, request: web.Request) -> web.Response:
        body = await self._oa.json_of(request) or {}
        self._tags.get(str(body.get("tag_name")), set()).discard(str(body.get("user_id")))
        return self._oa.answer(0, "Success")

    async def _remove_tag(self, request: web.Request) -> web.Response:
        body = await self._oa.json_of(request) or {}
        self._tags.pop(str(body.get("tag_name")), None)
        return self._oa.answer(0, "Success")

    async def _quota(self, request: web.Request) -> web.Response:
        body = await self._oa.json_of(request) or {}
        person = self._oa.people.all.get(str(body.get("user_id")))
        if person is None:
            return self._oa.refused(rules.invalid("user_id"))
        spoke = milliseconds(person.spoke_at) if person.spoke_at else ""
        return self._oa.answer(0, "Success", {"last_interaction": spoke})

    async def _conversation(self, request: web.Request) -> web.Response:
        query = _query(request)
        if query.get("count", MOST_CHAT) > MOST_CHAT:
            return self._oa.refused(rules.invalid("count"))
        person = self._oa.people.all.get(str(query.get("user_id")))
        if person is None:
            return self._oa.refused(rules.invalid("user_id"))
        first = int(query.get("offset", 0))
        lines = person.history[::-1][first : first + MOST_CHAT]
        return self._oa.answer(0, "Success", lines)

    async def _recent(self, request: web.Request) -> web.Response:
        query = _query(request)
        if query.get("count", MOST_CHAT) > MOST_CHAT:
            return self._oa.refused(rules.invalid("count"))
        first = int(query.get("offset", 0))
        lines = [person.history[-1] for person in self._oa.people.all.values() if person.history]
        lines.sort(key=lambda line: -int(line["time"]))
        return self._oa.answer(0, "Success", lines[first : first + MOST_CHAT])

    async def _account(self, _: web.Request) -> web.Response:
        data = {
            "oaid": self._oa.switches.oa_id,
            "name": "BHXH (giả lập)",
            "is_verified": True,
            "oa_type": 4,
            "num_follower": sum(person.follows for person in self._oa.people.all.values()),
            "package_name": "Growth",
            "package_valid_through_date": "31/12/2027",
            "linked_ZCA": "yes",
        }
        return self._oa.answer(0, "Success", data)


def _query(request: web.Request) -> Json:
    try:
        data = json.loads(request.query.get("data", "{}"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
