"""The client of the Official Account API: what we call, checked before it is sent."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.channels.zalo.errors import ZaloError, refused
from bot.channels.zalo.signature import credentials
from bot.channels.zalo.wire import Answer, Wire, whole
from handlers.messages import Attached

LONGEST_TEXT = 2_000  # code points after NFC; longer is refused
MOST_BUTTONS, LONGEST_TITLE, LONGEST_PAYLOAD = 5, 100, 1_000  # buttons, characters, bytes
LONGEST_SUBTITLE = 500
ButtonsMode = Literal["off", "plain", "typed"]
"""How buttons are attached: not at all, without a template_type, or with one. Sources disagree."""


class TokenProvider(Protocol):
    """Gives access tokens."""

    async def access(self) -> str:
        """Return a token that should hold."""
        ...

    async def renewed(self, failed: str) -> str:
        """Return another than the one that was refused."""
        ...


class InvalidError(ValueError):
    """A request Zalo would refuse: it is not sent."""


def nfc(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text as it is counted. Raises InvalidError for an empty or too long one."""
    text = unicodedata.normalize("NFC", text)
    if not 1 <= len(text) <= longest:
        raise InvalidError(f"a text has 1 to {longest} characters after NFC, not {len(text)}")
    return text


@dataclass(frozen=True, slots=True)
class Button:
    """A button that sends `payload` as if she had typed it: seen in the chat, or hidden."""

    title: str
    payload: str
    hidden: bool = True

    def __post_init__(self) -> None:
        """Raises InvalidError."""
        nfc(self.title, LONGEST_TITLE)
        if not 1 <= len(self.payload.encode()) <= LONGEST_PAYLOAD:
            raise InvalidError(f"a payload has 1 to {LONGEST_PAYLOAD} bytes")

    def as_json(self) -> dict[str, str]:
        """Return what the API takes."""
        kind = "oa.query.hide" if self.hidden else "oa.query.show"
        return {"title": self.title, "type": kind, "payload": self.payload}


@dataclass(frozen=True, slots=True)
class InfoRequest:
    """A card that asks for name and phone; the answer comes as user_submit_info."""

    title: str
    subtitle: str
    image_url: str

    def __post_init__(self) -> None:
        """Raises InvalidError."""
        nfc(self.title, LONGEST_TITLE)
        nfc(self.subtitle, LONGEST_SUBTITLE)

    def as_json(self) -> dict[str, Any]:
        """Return the attachment."""
        card = {"title": self.title, "subtitle": self.subtitle, "image_url": self.image_url}
        elements = [{name: value for name, value in card.items() if value}]
        return _template({"template_type": "request_user_info", "elements": elements})


@dataclass(frozen=True, slots=True)
class Consultation:
    """A consultation message: a text, with one attachment at most."""

    user_id: str
    text: str = ""
    buttons: Sequence[Button] = ()
    info: InfoRequest | None = None
    image_url: str = ""
    image_id: str = ""
    file_token: str = ""
    mode: ButtonsMode = field(default="plain", kw_only=True)

    def __post_init__(self) -> None:
        """Raises InvalidError."""
        if not self.user_id:
            raise InvalidError("a message needs a user_id")
        if self.image_url and self.image_id:
            raise InvalidError("an image has a url or an attachment_id, never both")
        if sum(map(bool, (self.buttons, self.info, self.image_url or self.image_id, self.file_token))) > 1:
            raise InvalidError("a message has one attachment: buttons, a request, an image or a file")
        if len(self.buttons) > MOST_BUTTONS:
            raise InvalidError(f"a message has {MOST_BUTTONS} buttons at most")
        if self.text or not self.has_attachment:
            nfc(self.text)

    @property
    def has_attachment(self) -> bool:
        """Tell whether there is more than text."""
        buttons = self.buttons and self.mode != "off"
        return bool(buttons or self.info or self.image_url or self.image_id or self.file_token)

    def as_json(self) -> dict[str, Any]:
        """Return the body of the call."""
        message: dict[str, Any] = {"text": nfc(self.text)} if self.text else {}
        if self.info is not None:
            message["attachment"] = self.info.as_json()
        elif self.image_url or self.image_id:
            where = {"url": self.image_url} if self.image_url else {"attachment_id": self.image_id}
            elements = [{"media_type": "image", **where}]
            message["attachment"] = _template({"template_type": "media", "elements": elements})
        elif self.file_token:
            message["attachment"] = {"type": "file", "payload": {"token": self.file_token}}
        elif self.buttons and self.mode != "off":
            typed = {"template_type": "button"} if self.mode == "typed" else {}
            message["attachment"] = _template({**typed, "buttons": [b.as_json() for b in self.buttons]})
        return {"recipient": {"user_id": self.user_id}, "message": message}


@dataclass(frozen=True, slots=True)
class UidTemplate:
    """An approved template to a user id: not bound to the window of 7 days."""

    user_id: str
    template_id: str
    data: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the body of the call."""
        return {
            "user_id": self.user_id,
            "template_id": self.template_id,
            "template_data": dict(self.data),
        }


class OaClient:
    """Calls for one Official Account. A dead token is renewed once and the call repeated once."""

    def __init__(self, wire: Wire, tokens: TokenProvider, base: str, secret: str = "") -> None:
        """`base` is https://openapi.zalo.me, or a simulator; with `secret`, the app's, calls prove it."""
        self._wire, self._tokens, self._base, self._secret = wire, tokens, base.rstrip("/"), secret
        self.limit: int | None = None  # calls a minute, as the last answer said
        self.remain: int | None = None

    def with_token(self, access: str) -> OaClient:
        """Return a client that calls with one token, to see whose it is."""
        return OaClient(self._wire, _OneToken(access), self._base, self._secret)

    async def send(self, message: Consultation) -> str:
        """Send a consultation message; return its id. Raises ZaloError."""
        return _sent(await self._post("/v3.0/oa/message/cs", message.as_json()))

    async def send_template(self, message: UidTemplate) -> str:
        """Send a template to a user id; return its id. Raises ZaloError."""
        return _sent(await self._post("/v3.0/oa/message/template", message.as_json()))

    async def upload(self, file: Attached) -> str:
        """Upload a file; return the attachment_id of an image, the token of a document. Raises ZaloError."""
        kind, name = ("image", "attachment_id") if file.kind == "image" else ("file", "token")

        async def call(token: str) -> Answer:
            url = f"{self._base}/v2.0/oa/upload/{kind}"
            return await self._wire.post_file(url, file.name, file.content, credentials(token, self._secret))

        return str(_data(await self._authorised(call)).get(name) or "")

    async def account(self) -> Mapping[str, Any]:
        """Return what Zalo says of the account: name, package, whether it is verified. Raises ZaloError."""
        return _data(await self._get("/v2.0/oa/getoa", {}))

    async def last_interaction(self, user_id: str) -> int:
        """Return when a person last opened the window, in milliseconds since 1970; 0 for never.

        Raises ZaloError.
        """
        data = _data(await self._post("/v3.0/oa/quota/message", {"user_id": user_id}))
        return whole(data.get("last_interaction"))

    async def conversation(self, user_id: str, *, offset: int = 0, count: int = 10) -> list[dict[str, Any]]:
        """Return the last messages of a chat, newest first: at most 10. Raises ZaloError."""
        query = {"user_id": user_id, "offset": offset, "count": min(count, 10)}
        return await self._lines("/v2.0/oa/conversation", query)

    async def recent(self, *, offset: int = 0, count: int = 10) -> list[dict[str, Any]]:
        """Return the last message of each chat, newest first: at most 10. Raises ZaloError."""
        return await self._lines("/v2.0/oa/listrecentchat", {"offset": offset, "count": min(count, 10)})

    async def _lines(self, path: str, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = (await self._get(path, query)).body.get("data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    async def _post(self, path: str, body: Mapping[str, Any]) -> Answer:
        async def call(token: str) -> Answer:
            return await self._wire.post_json(self._base + path, body, credentials(token, self._secret))

        return await self._authorised(call)

    async def _get(self, path: str, query: Mapping[str, Any]) -> Answer:
        params = {"data": json.dumps(query, separators=(",", ":"))} if query else {}

        async def call(token: str) -> Answer:
            return await self._wire.get(self._base + path, params, credentials(token, self._secret))

        return await self._authorised(call)

    async def _authorised(self, call: Any) -> Answer:  # noqa: ANN401 - a call that takes a token
        return await authorised("oa", self._tokens, call, self._note)

    def _note(self, answer: Answer) -> None:
        """Keep what the headers say of the calls left in this minute."""
        self.limit = whole(answer.headers.get("x-ratelimit-limit"), -1)
        self.remain = whole(answer.headers.get("x-ratelimit-remain"), -1)


@dataclass(frozen=True, slots=True)
class _OneToken:
    """A token that nobody renews."""

    token: str

    async def access(self) -> str:
        """Return it."""
        return self.token

    async def renewed(self, failed: str) -> str:
        """Return it again: there is no other."""
        return failed


async def authorised(family: Literal["oa", "zbs"], tokens: TokenProvider, call: Any, note: Any) -> Answer:  # noqa: ANN401
    """Make a call with a token; when Zalo says that the token is dead, once more with another.

    Raises ZaloError.
    """
    token = await tokens.access()
    answer: Answer = await call(token)
    note(answer)
    problem = _problem(family, answer)
    if problem is not None and problem.kind == "token":
        answer = await call(await tokens.renewed(token))
        note(answer)
        problem = _problem(family, answer)
        if problem is not None and problem.kind == "token":
            problem = ZaloError("transient", problem.code, retry_after=60.0)
    if problem is not None:
        raise problem
    return answer


def _problem(family: Literal["oa", "zbs"], answer: Answer) -> ZaloError | None:
    """The error in an answer, which Zalo gives with HTTP 200; an empty one may hide that it was done."""
    if answer.empty or "error" not in answer.body:
        return ZaloError("unknown")
    code = whole(answer.body.get("error"), default=-1)
    return refused(family, code) if code else None


def _data(answer: Answer) -> Mapping[str, Any]:
    data = answer.body.get("data")
    return data if isinstance(data, dict) else {}


def _sent(answer: Answer) -> str:
    """The id of what was sent; it was sent, even when its id is missing."""
    return str(_data(answer).get("message_id") or "")


def _template(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": dict(payload)}
