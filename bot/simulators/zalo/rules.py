"""What the Official Account API takes of a consultation message, and with which code it refuses the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.simulators.zalo.options import OaSwitches

Refusal = tuple[int, str]
_BUTTON_PAYLOADS: Mapping[str, type] = {
    "oa.query.show": str,
    "oa.query.hide": str,
    "oa.open.url": dict,
    "oa.open.phone": dict,
    "oa.open.sms": dict,
}
TOO_MUCH: Refusal = (-210, "Parameter exceeds allowable limit")
UNSUPPORTED: Refusal = (-233, "message type is invalid or not support")


def invalid(field: str) -> Refusal:
    """The refusal of one field."""
    return -201, f"{field} is invalid!"


def refuse(message: Any, switches: OaSwitches, uploaded: Callable[[str], int]) -> Refusal | None:  # noqa: ANN401
    """Return why a message is refused, or None. `uploaded` gives 0 for a good upload, or its error."""
    if not isinstance(message, dict) or set(message) - {"text", "attachment", "quote_message_id"}:
        return invalid("message")
    text = message.get("text", "")
    if not isinstance(text, str):
        return invalid("text")
    if len(text) > 2_000:
        return TOO_MUCH
    attachment = message.get("attachment")
    if attachment is None:
        return None if text else invalid("text")
    if not isinstance(attachment, dict) or set(attachment) != {"type", "payload"}:
        return invalid("attachment")
    kind, payload = attachment["type"], attachment["payload"]
    if kind not in ("template", "file") or not isinstance(payload, dict):
        return invalid("attachment")
    if kind == "file":
        code = uploaded(str(payload.get("token", "")))
        return (code, "attachment_id was expired") if code else None
    return _template(payload, switches, uploaded)


def _template(
    payload: Mapping[str, Any], switches: OaSwitches, uploaded: Callable[[str], int]
) -> Refusal | None:
    template = payload.get("template_type")
    if template == "media":
        return _media(payload.get("elements"), uploaded)
    if template == "request_user_info":
        return _request(payload.get("elements"))
    if "buttons" in payload and template in (None, "button"):
        return _buttons(payload["buttons"], typed=template is not None, switches=switches)
    return UNSUPPORTED


def _media(elements: Any, uploaded: Callable[[str], int]) -> Refusal | None:  # noqa: ANN401
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        return invalid("elements")
    one = elements[0]
    if ("url" in one) == ("attachment_id" in one):
        return invalid("attachment_id")
    if one.get("media_type") not in ("image", "gif", "sticker"):
        return invalid("media_type")
    if one["media_type"] == "gif" and not (one.get("width") and one.get("height")):
        return invalid("width")
    if "attachment_id" in one and one["media_type"] != "sticker":
        code = uploaded(str(one["attachment_id"]))
        return (code, "attachment_id was expired") if code else None
    return None


def _request(elements: Any) -> Refusal | None:  # noqa: ANN401
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        return invalid("elements")
    one = elements[0]
    if not one.get("title") or not one.get("subtitle"):
        return invalid("elements")
    return TOO_MUCH if len(one["title"]) > 100 or len(one["subtitle"]) > 500 else None


def _buttons(buttons: Any, *, typed: bool, switches: OaSwitches) -> Refusal | None:  # noqa: ANN401
    allowed = {"both": True, "plain_ok": not typed, "typed_ok": typed, "none": False}
    if not allowed[switches.buttons]:
        return UNSUPPORTED
    if not isinstance(buttons, list) or not buttons:
        return invalid("buttons")
    if len(buttons) > 5:
        return TOO_MUCH
    for button in buttons:
        if not isinstance(button, dict) or not isinstance(button.get("title"), str) or not button["title"]:
            return invalid("title")
        expected = _BUTTON_PAYLOADS.get(str(button.get("type")))
        if expected is None or not isinstance(button.get("payload"), expected):
            return invalid("payload")
        if len(button["title"]) > 100 or len(str(button["payload"]).encode()) > 1_000:
            return TOO_MUCH
    return None
