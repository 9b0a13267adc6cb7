"""What an Official Account is made of, and whether each part of it works."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.platform import Finding
from bot.channels.zalo.catchup import CatchUp
from bot.channels.zalo.channel import OaChannel, buttons_refused
from bot.channels.zalo.echoes import CHANNEL, Echoes
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.hook import OaHook
from bot.channels.zalo.oa import OaClient
from bot.channels.zalo.oauth import OAuth
from bot.channels.zalo.reports import Reports
from bot.channels.zalo.templates import Templates
from bot.channels.zalo.tokens import Tokens
from bot.channels.zalo.wire import Wire
from bot.channels.zalo.zbs import ZbsClient
from bot.intake import Intake
from bot.storage import accounts
from bot.storage.engine import reading


@dataclass(frozen=True, slots=True)
class OaParts:
    """What an Official Account is made of; `bot.platforms` builds it."""

    account: str
    wire: Wire
    engine: AsyncEngine
    intake: Intake
    hook: OaHook
    channel: OaChannel
    echoes: Echoes
    catch_up: CatchUp
    reports: Reports
    tokens: Tokens
    oauth: OAuth
    client: OaClient
    zbs: ZbsClient
    templates: Templates
    verifier: str  # of PKCE: set in the console too, and so it lives long
    given: tuple[str, str]  # access and refresh token of the settings, or empty


async def look(parts: OaParts) -> list[Finding]:
    """Look at the token, the account, the signature and every template. Raises nothing of Zalo's."""
    token = await _token(parts.tokens)
    try:
        about = await parts.client.account()
    except ZaloError as problem:
        return [token, _wrong("reachable", problem)]
    verified = bool(about.get("is_verified"))
    package = f"{about.get('name', '?')}, package {about.get('package_name', '?')}"
    calls = f"{parts.client.remain} of {parts.client.limit}"
    return [
        token,
        Finding("reachable", fine=True, found=package),
        Finding("verified", fine=verified, found=str(verified), fix="have Zalo verify the account"),
        Finding("calls left in this minute", fine=True, found=calls),
        *await _noted(parts),
        *await _quota(parts),
        *[await _template(parts, *each) for each in parts.templates.ids().items()],
    ]


async def _token(tokens: Tokens) -> Finding:
    held = await tokens.look()
    fix = "authorise the app for the account in the developer console"
    if held is None:
        return Finding("token", fine=False, found="there is none", fix=fix)
    if held.broken:
        return Finding("token", fine=False, found=held.broken, fix=fix)
    found = f"number {held.generation}, until {held.expires_at:%d/%m %H:%M} UTC"
    return Finding("token", fine=True, found=found)


async def _noted(parts: OaParts) -> list[Finding]:
    """What was written down while it worked: how webhooks are signed, whether buttons are refused."""
    async with reading(parts.engine) as connection:
        facts = (await accounts.state(connection, CHANNEL, parts.account)).facts
    signed = facts.get("signed_with")
    fix = "write to the account; if it stays so, check the webhook's address and ANSINH_ZALO_OA_SECRET"
    found = [Finding("webhook", fine=bool(signed), found=f"signed with {signed or 'nothing yet'}", fix=fix)]
    if code := buttons_refused(facts, parts.channel.buttons):
        refused = f"{parts.channel.buttons} ones are refused ({code}): the numbered menu is sent"
        found.append(
            Finding(
                "buttons", fine=False, found=refused, fix="set ANSINH_ZALO_BUTTONS to another mode, or to off"
            )
        )
    return found


async def _quota(parts: OaParts) -> list[Finding]:
    """How many templates may still be sent today, where there are any."""
    if not parts.templates.ids():
        return []
    try:
        quota = await parts.zbs.quota()
    except ZaloError as problem:
        return [_wrong("templates", problem)]
    left = f"{quota.get('remainingQuota')} of {quota.get('dailyQuota')} left today"
    return [Finding("templates", fine=True, found=left)]


async def _template(parts: OaParts, notice: str, identity: str) -> Finding:
    """Compare a template by phone with what Zalo approved."""
    what = f"template {notice}"
    try:
        info = await parts.zbs.template(identity)
    except ZaloError as problem:
        return _wrong(what, problem)
    wrong = parts.templates.differences(notice, info.get("listParams") or ())
    if info.get("status") != "ENABLE":
        wrong.insert(0, f"its status is {info.get('status')}")
    fix = "mend ANSINH_ZALO_TEMPLATES, or the template in the ZBS console"
    return Finding(what, fine=not wrong, found="; ".join(wrong) or "approved", fix=fix)


def _wrong(what: str, problem: ZaloError) -> Finding:
    fix = problem.remedy or "look at it again in a while; if it stays so, ask Zalo"
    return Finding(what, fine=False, found=str(problem), fix=fix)
