"""Pages from templates/web, the files beside them, and everything a browser is told about both."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.channels.web import Kept
from bot.web.prose import prose
from bot.web.visitors import Visitor

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = TEMPLATES / "static"
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
A_YEAR = "public, max-age=31536000, immutable"


class Pages:
    """Renders pages; compiled once."""

    def __init__(self) -> None:
        """Read the static files: their version marks them, so that a browser keeps them until they change."""
        self._files = {file.name: file.read_bytes() for file in sorted(STATIC.iterdir())}
        self._packed = {name: gzip.compress(body, mtime=0) for name, body in self._files.items()}
        self.version = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:10]
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES / "web"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(event=_event, version=self.version)
        self._templates.filters["prose"] = prose
        self._chat, self._error = map(self._templates.get_template, ("chat.html", "error.html"))
        self._my_data = self._templates.get_template("my_data.html")
        self._check = self._templates.get_template("check.html")
        self._telegram_app = self._templates.get_template("telegram_app.html")
        self._message = self._templates.get_template("message.html")

    def chat(self, history: Sequence[Kept], visitor: Visitor, *, demo: bool, late: bool) -> web.Response:
        """The chat page with its history; `late` when an answer is still on its way."""
        page = self._chat.render(
            history=history,
            live=_live(history),
            path=visitor.path,
            collector=visitor.collector,
            demo=demo,
            late=late,
        )
        return self._html(page, 200)

    def message(self, kept: Kept, visitor: Visitor) -> str:
        """One message as the page shows it, new."""
        module = self._message.make_module()
        return str(module.message(kept, live=True, inbox=visitor.collector != "")).strip()  # type: ignore[attr-defined] # a macro of the template

    def error(self, status: int) -> web.Response:
        """A page that says what went wrong, and nothing of how things work here."""
        return self._html(self._error.render(status=status, unsent=None, path=""), status)

    def my_data(self, path: str) -> web.Response:
        """The page whose button gives a person her data."""
        return self._html(self._my_data.render(path=path), 200)

    def check(self, code: str, collector: Mapping[str, str] | None) -> web.Response:
        """The page that tells whose a collector's code is; `collector` is None for nobody's."""
        return self._html(self._check.render(code=code, collector=collector), 200)

    def telegram_app(self, path: str, *, refused: bool) -> web.Response:
        """The page Telegram opens at `path`; `refused` when it does not say who opened it."""
        return self._html(self._telegram_app.render(path=path, refused=refused), 403 if refused else 200)

    def unsent(self, status: int, said: Mapping[str, str], visitor: Visitor, wait: int) -> web.Response:
        """A page that says that a form was not taken, and has it ready to be sent again as it was."""
        page = self._error.render(status=status, unsent=said, path=visitor.path)
        response = self._html(page, status)
        response.headers["Retry-After"] = str(wait)
        return response

    async def static(self, request: web.Request) -> web.Response:
        """A file beside the pages; kept for ever by browsers when its address has the version."""
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = web.Response(
            body=(self._packed if packed else self._files)[name],
            content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            headers={"Vary": "Accept-Encoding"},
        )
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        fresh = request.query.get("v") == self.version
        response.headers["Cache-Control"] = A_YEAR if fresh else "no-cache"
        return response

    @staticmethod
    def _html(page: str, status: int) -> web.Response:
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        response = web.Response(text=page, status=status, content_type="text/html", headers=headers)
        response.enable_compression()
        return response


def _live(history: Sequence[Kept]) -> frozenset[int]:
    """The messages whose buttons still count: what was put last, and the notices that came after it."""
    live = set()
    for kept in reversed(history):
        live.add(kept.id)
        if kept.message.question or kept.message.outcome:
            break
    return frozenset(live)


def _event() -> str:
    return secrets.token_hex(12)
