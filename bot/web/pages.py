"""Pages from templates/web, with everything a browser is told about them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.channels.web import Kept

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
}
_ERRORS = {
    400: ("Chưa gửi được", "Trang này gửi lên điều máy chủ không hiểu. Anh/chị quay lại và thử lần nữa."),
    404: ("Không có trang này", "Có thể đường dẫn bị gõ thiếu, hoặc đã cũ."),
    413: ("Tin dài quá", "Anh/chị gõ ngắn lại giúp em."),
    429: ("Nhanh quá", "Anh/chị chờ một phút rồi thử lại."),
    500: ("Xin lỗi, máy chủ gặp trục trặc", "Anh/chị thử lại sau ít phút."),
}


class Pages:
    """Renders pages; compiled once."""

    def __init__(self) -> None:
        """`version` marks the static files, so that a browser keeps them until they change."""
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(STATIC.iterdir())))
        self.version = digest.hexdigest()[:10]
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES / "web"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(event=_event, version=self.version)
        self._message = self._templates.get_template("message.html")

    def chat(self, history: Sequence[Kept], *, path: str, inbox: bool, demo: bool) -> web.Response:
        """The chat page with its history."""
        page = self._templates.get_template("chat.html").render(
            history=history,
            path=path,
            demo=demo,
            title="Hộp việc nhân viên thu" if inbox else "An Sinh: tư vấn BHXH tự nguyện",
            about="Lịch gọi, kết quả, tất cả ở đây."
            if inbox
            else "Trợ lý tự động. Tính thử không cần tên, số điện thoại.",
            safe=(
                "Đọc mã gọi lại trước khi tư vấn. Không thu tiền qua điện thoại."
                if inbox
                else "Em không bao giờ hỏi số căn cước, mã OTP, mật khẩu hay tiền."
            ),
        )
        return self._html(page, 200)

    def message(self, kept: Kept) -> str:
        """One message as the page shows it, newest."""
        module = self._message.make_module()
        return str(module.message(kept, last=True)).strip()  # type: ignore[attr-defined] # a macro of the template

    def error(self, status: int, detail: str = "") -> web.Response:
        """A page that says what went wrong, and nothing of how things work here."""
        title, text = _ERRORS.get(status, _ERRORS[500])
        page = self._templates.get_template("error.html").render(title=title, text=text, detail=detail)
        return self._html(page, status)

    @staticmethod
    def _html(page: str, status: int) -> web.Response:
        return web.Response(
            text=page, status=status, content_type="text/html", headers={"Cache-Control": "no-store"}
        )


def _event() -> str:
    return secrets.token_hex(12)
