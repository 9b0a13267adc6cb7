"""The people of a simulated Official Account: what they do reaches the webhook, what they get is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Json, Wrong
from bot.simulators.webhooks import Delivery
from bot.simulators.zalo.hooks import Writer, milliseconds

if TYPE_CHECKING:
    from bot.simulators.zalo.oa import ZaloOaSimulator

Headers = Callable[[int], Mapping[str, str]]
ADMIN = "7700000000000000001"
MEDIA: Mapping[str, Json] = {
    "image": {"url": "http://f6.photo.talk.zdn.vn/a.jpg", "thumbnail": "http://t.f6.photo.talk.zdn.vn/a.jpg"},
    "sticker": {"id": "17373", "url": "https://s.zdn.vn/17373.png"},
    "audio": {"url": "https://voice.zdn.vn/a.amr"},
    "video": {"url": "https://video.zdn.vn/a.mp4", "thumbnail": "https://t.zdn.vn/a.jpg"},
    "file": {"url": "https://f.zdn.vn/don.pdf", "size": "123456", "name": "don.pdf", "type": "pdf"},
    "link": {"url": "https://example.vn", "description": ""},
}


@dataclass(slots=True)
class Person:
    """Somebody with the app."""

    id: str
    by_app: str
    name: str
    phone: str
    follows: bool = False
    blocked: bool = False
    spoke_at: datetime | None = None
    chat: list[Json] = field(default_factory=list)  # what she sees, as the page shows it
    history: list[Json] = field(default_factory=list)  # as /v2.0/oa/conversation tells it
    buttons: dict[str, list[Json]] = field(default_factory=dict)  # by message


class People:
    """Everybody, and what they do."""

    def __init__(self, oa: ZaloOaSimulator, clock: VirtualClock, rng: Random) -> None:
        """Of one account."""
        self._oa, self._clock, self._rng = oa, clock, rng
        self._writer = Writer(oa.switches, rng)
        self.all: dict[str, Person] = {}
        self._last: dict[str, tuple[bytes, Headers]] = {}  # by queue: what can be delivered again
        self._echoing: set[asyncio.Task[None]] = set()

    def add(self, data: Mapping[str, Any]) -> Json:
        """Make a person."""
        number = len(self.all) + 1
        identity = str(data.get("id") or f"{2468 * 10**15 + number}")
        phone = str(data.get("phone") or f"8491{number:07d}")
        name = str(data.get("name") or f"Người {number}")
        person = Person(identity, f"{5521 * 10**15 + number}", name, phone)
        if data.get("started"):
            person.follows, person.spoke_at = True, self._clock()
        self.all[identity] = person
        return {"id": identity, "name": name, "phone": phone}

    def get(self, user: str) -> Person:
        """Return a person. Raises Wrong for nobody."""
        if user not in self.all:
            raise Wrong(f"nobody has the id {user!r}")
        return self.all[user]

    async def act(self, user: str, action: Mapping[str, Any]) -> None:
        """Let something happen: a kind of `_DEEDS`, or an image (a photo), sticker and so on. Raises Wrong.

        What is written under a medium is its `caption`; the words of a link are its `text`.
        """
        person, kind = self.get(user), str(action.get("kind", "")).replace("photo", "image")
        if kind in MEDIA:
            self._send_media(person, kind, str(action.get("text" if kind == "link" else "caption", "")))
        elif kind in _DEEDS:
            _DEEDS[kind](self, person, action)
        else:
            raise Wrong(f"kind is one of {', '.join((*_DEEDS, *MEDIA))}")

    async def receive(self, user: str, message: Mapping[str, Any], *, name: str = "oa_send_text") -> str:
        """Deliver a message to somebody's phone; its echo and its receipts come back."""
        person = self.get(user)
        identity = self._identity()
        self._show(person, identity, message)
        attachment = message.get("attachment") or {}
        if attachment.get("payload", {}).get("template_type") == "media":
            name = "oa_send_image"
        echo = self._by_account(person, name, {"text": message.get("text", ""), "msg_id": identity})
        if self._oa.switches.admin_on_all_echoes:
            echo["sender"]["admin_id"] = ADMIN
        if self._rng.random() < self._oa.switches.echo_first:
            delivery = self.post(f"echo:{user}", echo)
            await delivery.done.wait()
            self._receipts(person, identity)
        else:
            task = asyncio.create_task(self._echo_later(person, identity, echo))
            self._echoing.add(task)
            task.add_done_callback(self._echoing.discard)
        return identity

    async def settle(self) -> None:
        """Wait until every echo that is not waiting for time has been put on its way."""
        while self._echoing and not self._oa.switches.echo_within:
            await asyncio.gather(*self._echoing)
        await self._oa.webhook.settle()

    def post(self, queue: str, event: Mapping[str, Any], *, server: str = "") -> Delivery:
        """Put an event on its way to the webhook."""
        raw = self._writer.write(event)
        moment = str(event.get("timestamp", ""))
        headers = self._writer.headers(raw, moment, server=server)

        def with_number(attempt: int) -> Mapping[str, str]:
            return {**headers, "num_retry": str(attempt)} if attempt else headers

        if self._oa.disabled:
            raise Wrong("the webhook was switched off: save it again with configure()")
        self._last[queue] = raw, with_number
        return self._oa.webhook.put(queue, raw, with_number)

    def _show(self, person: Person, identity: str, message: Mapping[str, Any]) -> None:
        payload = (message.get("attachment") or {}).get("payload", {})
        text, buttons = str(message.get("text", "")), payload.get("buttons", [])
        person.buttons[identity] = buttons
        rows = [
            [{"label": button["title"], "do": {"kind": "tap", "message": identity, "index": index}}]
            for index, button in enumerate(buttons)
        ]
        if payload.get("template_type") == "request_user_info":
            rows = [[{"label": payload["elements"][0]["title"], "do": {"kind": "submit_info"}}]]
        elif payload.get("template_type") == "media":
            text = f"{text}\n[ảnh]".strip()
        person.chat.append({"id": identity, "who": "bot", "text": text, "buttons": rows})
        self._remember(person, identity, text, src=0)

    async def _echo_later(self, person: Person, identity: str, echo: Json) -> None:
        await self._clock.sleep(self._rng.random() * self._oa.switches.echo_within)
        self.post(f"echo:{person.id}", echo)
        self._receipts(person, identity)

    def _receipts(self, person: Person, identity: str) -> None:
        if not self._oa.switches.receipts:
            return
        events = [
            self._by_account(person, "user_received_message", {"msg_id": identity}),
            self._by_account(person, "user_seen_message", {"msg_ids": [identity]}),
        ]
        self._rng.shuffle(events)
        for event in events:
            self.post(f"receipt:{person.id}", event)

    # --- what people do

    def _say(self, person: Person, action: Mapping[str, Any]) -> None:
        text = str(action.get("text", ""))
        if not text:
            raise Wrong("nobody sends an empty text")
        self._send_text(person, text)

    def _tap(self, person: Person, action: Mapping[str, Any]) -> None:
        buttons = person.buttons.get(str(action.get("message")), [])
        index = action.get("index")
        if not isinstance(index, int) or not 0 <= index < len(buttons):
            self._oa.violation("a tap on a message without such a button")
            raise Wrong("there is no such button")
        button = buttons[index]
        if not button["type"].startswith("oa.query."):
            return
        self._send_text(person, button["payload"], shown=button["type"] == "oa.query.show")

    def _send_text(self, person: Person, text: str, *, shown: bool = True) -> None:
        identity = self._identity()
        if shown:
            person.chat.append({"id": identity, "who": "me", "text": text})
        self._remember(person, identity, text, src=1)
        self._by_person(person, "user_send_text", {"text": text, "msg_id": identity})

    def _send_media(self, person: Person, kind: str, text: str) -> None:
        identity = self._identity()
        person.chat.append({"id": identity, "who": "me", "text": f"[{kind}] {text}".strip()})
        self._remember(person, identity, text, src=1, kind=kind)
        message: Json = {"msg_id": identity, "attachments": [{"type": kind, "payload": dict(MEDIA[kind])}]}
        self._by_person(person, f"user_send_{kind}", {**message, "text": text} if text else message)

    def _locate(self, person: Person, action: Mapping[str, Any]) -> None:
        where = {
            "latitude": str(action.get("latitude", "21.8537")),
            "longitude": str(action.get("longitude", "106.7615")),
        }
        attachment = {"type": "location", "payload": {"coordinates": where}}
        message = {"msg_id": self._identity(), "text": "Lạng Sơn", "attachments": [attachment]}
        person.chat.append({"id": message["msg_id"], "who": "me", "text": "[vị trí]"})
        self._by_person(person, "user_send_location", message)

    def _submit(self, person: Person, action: Mapping[str, Any]) -> None:
        phone: str | int = str(action.get("phone") or person.phone)
        if self._oa.switches.phone_as_number:
            phone = int(phone)
        old = {"address": "Khối 6", "phone": phone, "city": "Lạng Sơn", "district": "", "name": person.name}
        new = {
            "name": person.name,
            "phone": phone,
            "full_address": {"user_city": "Lạng Sơn", "user_ward": "Phường Kỳ Lừa", "user_address": "Khối 6"},
        }
        event = self._from_person(person, "user_submit_info")
        person.chat.append({"id": self._identity(), "who": "me", "text": "[đã chia sẻ số điện thoại]"})
        person.spoke_at = self._clock()
        self.post(person.id, {**event, "info": old if self._oa.switches.old_info else new})

    def _follow(self, person: Person, action: Mapping[str, Any]) -> None:
        person.follows = action["kind"] == "follow"
        if person.follows:
            person.spoke_at = self._clock()
        person.chat.append({"id": self._identity(), "who": "note", "text": action["kind"]})
        flat = self._flat(action["kind"])
        self.post(person.id, {**flat, "follower": {"id": person.id}, "user_id_by_app": person.by_app})

    def _open(self, person: Person, action: Mapping[str, Any]) -> None:
        del action
        person.spoke_at = self._clock()
        flat = self._flat("user_click_chatnow")
        self.post(person.id, {**flat, "user_id": person.id, "user_id_by_app": person.by_app})

    def _human(self, person: Person, action: Mapping[str, Any]) -> None:
        """Somebody of the account writes in the OA Manager."""
        text, identity = str(action.get("text", "Em gọi chị ngay ạ")), self._identity()
        person.chat.append({"id": identity, "who": "bot", "text": f"(cán bộ) {text}", "buttons": []})
        self._remember(person, identity, text, src=0)
        echo = self._by_account(person, "oa_send_text", {"text": text, "msg_id": identity})
        if action.get("admin", True):
            echo["sender"]["admin_id"] = ADMIN
        self.post(f"echo:{person.id}", echo)

    def _block(self, person: Person, action: Mapping[str, Any]) -> None:
        person.blocked = action["kind"] == "block"
        person.chat.append({"id": self._identity(), "who": "note", "text": action["kind"]})

    def _unknown(self, person: Person, action: Mapping[str, Any]) -> None:
        flat = self._flat(str(action.get("name", "user_asks_for_erasure")))
        self.post(person.id, {**flat, "user_id": person.id})

    def _again(self, person: Person, action: Mapping[str, Any]) -> None:
        """Deliver the last of her events again."""
        for _ in range(int(action.get("times", 1))):
            self._oa.webhook.put(person.id, *self._last[person.id])

    # --- how events look

    def _by_person(self, person: Person, name: str, message: Json) -> None:
        person.spoke_at = self._clock()
        self.post(person.id, {**self._from_person(person, name), "message": message})

    def _from_person(self, person: Person, name: str) -> Json:
        return {
            "app_id": self._oa.switches.app_id,
            "sender": {"id": person.id},
            "recipient": {"id": self._oa.switches.oa_id},
            "user_id_by_app": person.by_app,
            "event_name": name,
            "timestamp": milliseconds(self._clock()),
        }

    def _by_account(self, person: Person, name: str, message: Json) -> Json:
        return {
            "app_id": self._oa.switches.app_id,
            "sender": {"id": self._oa.switches.oa_id},
            "recipient": {"id": person.id},
            "event_name": name,
            "message": message,
            "timestamp": milliseconds(self._clock()),
        }

    def _flat(self, name: str) -> Json:
        return {
            "app_id": self._oa.switches.app_id,
            "oa_id": self._oa.switches.oa_id,
            "event_name": name,
            "timestamp": milliseconds(self._clock()),
        }

    def _remember(self, person: Person, identity: str, text: str, *, src: int, kind: str = "text") -> None:
        line = {"src": src, "time": int(milliseconds(self._clock())), "type": kind, "message": text}
        ends = (person.id, self._oa.switches.oa_id)[:: 1 if src else -1]
        person.history.append({**line, "message_id": identity, "from_id": ends[0], "to_id": ends[1]})

    def _identity(self) -> str:
        return f"{self._rng.randrange(1 << 80):020x}"


_DEEDS: Mapping[str, Any] = {
    "text": People._say,  # noqa: SLF001 - its own
    "tap": People._tap,  # noqa: SLF001
    "location": People._locate,  # noqa: SLF001
    "submit_info": People._submit,  # noqa: SLF001
    "follow": People._follow,  # noqa: SLF001
    "unfollow": People._follow,  # noqa: SLF001
    "chatnow": People._open,  # noqa: SLF001
    "human_reply": People._human,  # noqa: SLF001
    "block": People._block,  # noqa: SLF001
    "unblock": People._block,  # noqa: SLF001
    "unknown": People._unknown,  # noqa: SLF001
    "duplicate": People._again,  # noqa: SLF001
}
