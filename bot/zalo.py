"""Zalo built from the settings: the Official Account for citizens, the bot for collectors."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from random import SystemRandom

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.zalo.bot import BotChannel, BotClient, Month
from bot.channels.zalo.bot_platform import WEBHOOK as BOT_WEBHOOK
from bot.channels.zalo.bot_platform import ZaloBot
from bot.channels.zalo.catchup import CatchUp
from bot.channels.zalo.channel import OaChannel, OaOptions, able
from bot.channels.zalo.echoes import Echoes
from bot.channels.zalo.hook import OaHook
from bot.channels.zalo.oa import OaClient
from bot.channels.zalo.oauth import OAuth
from bot.channels.zalo.platform import ZaloOa
from bot.channels.zalo.proactive import Proactive
from bot.channels.zalo.reports import Reports
from bot.channels.zalo.selftest import OaParts
from bot.channels.zalo.signature import VERIFIER, Signing
from bot.channels.zalo.templates import FORMATS, Templates, TemplatesError
from bot.channels.zalo.tokens import Tokens
from bot.channels.zalo.wire import Wire
from bot.channels.zalo.zbs import ZbsClient
from bot.intake import Intake
from bot.settings import Settings, SettingsError
from bot.storage.reach import phone_of
from handlers.messages import Address


def zalo_oa(app: App, intake: Intake) -> ZaloOa:
    """Return the Official Account. Raises SettingsError for half a set-up."""
    settings = app.settings
    _check(settings)
    account, secret = settings.zalo_oa_id, settings.zalo_app_secret.get_secret_value()
    wire = Wire()
    oauth = OAuth(wire, settings.zalo_oauth_url, settings.zalo_app_id, secret)
    tokens = Tokens(app.engine, app.cipher, oauth, app.clock, account)
    proof = secret if settings.zalo_proof else ""
    client = OaClient(wire, tokens, settings.zalo_oa_url, proof)
    zbs = ZbsClient(wire, tokens, settings.zalo_zbs_url, proof)
    proactive = _proactive(app, client, zbs)
    options = OaOptions(settings.zalo_buttons, settings.zalo_asks_contact, settings.zalo_contact_image)
    rng, wait = SystemRandom(), timedelta(seconds=settings.zalo_echo_seconds)
    echoes = Echoes(app.engine, app.cipher, app.clock, account, able(options), wait=wait)
    hook = OaHook(account, _signing(settings), echoes)
    parts = OaParts(
        account=account,
        wire=wire,
        engine=app.engine,
        intake=intake,
        hook=hook,
        channel=OaChannel(account, client, proactive, app.engine, app.clock, options=options, rng=rng),
        echoes=echoes,
        catch_up=CatchUp(account, client, intake, hook, engine=app.engine, clock=app.clock),
        reports=Reports(account, proactive.templates, zbs, engine=app.engine, clock=app.clock),
        tokens=tokens,
        oauth=oauth,
        client=client,
        zbs=zbs,
        templates=proactive.templates,
        verifier=settings.zalo_code_verifier.get_secret_value(),
        given=(
            settings.zalo_access_token.get_secret_value(),
            settings.zalo_refresh_token.get_secret_value(),
        ),
    )
    return ZaloOa(parts)


def _proactive(app: App, client: OaClient, zbs: ZbsClient) -> Proactive:
    settings = app.settings
    return Proactive(
        settings.zalo_oa_id,
        _templates(app),
        client,
        zbs,
        engine=app.engine,
        clock=app.clock,
        phone_of=partial(_phone_of, app),
        development=settings.zalo_development,
        hashed=settings.zalo_hashed_phones,
    )


def zalo_bot(app: App, intake: Intake) -> ZaloBot:
    """Return the bot of collectors. Raises SettingsError for half a set-up."""
    settings = app.settings
    token = settings.zalo_bot_token.get_secret_value()
    account, _, secret = token.partition(":")
    if not account.isdigit() or not secret:
        raise SettingsError(
            "ANSINH_ZALO_BOT_TOKEN is digits, a colon and a secret, as the Zalo Bot Creator shows it"
        )
    wire = Wire()
    texts = Month(account, app.engine, app.clock)
    client = BotClient(wire, token, settings.zalo_bot_url)
    return ZaloBot(
        account,
        client,
        BotChannel(client, app.clock, SystemRandom(), texts.count),
        wire=wire,
        intake=intake,
        engine=app.engine,
        clock=app.clock,
        hook_url=f"{settings.public_url.rstrip('/')}{BOT_WEBHOOK}" if settings.public_url else "",
        secret=settings.zalo_bot_secret.get_secret_value() or app.cipher.sign("webhook:zalo_bot"),
        texts=texts,
        month=settings.zalo_bot_month,
    )


def _signing(settings: Settings) -> Signing:
    secrets = {
        "oa_secret": settings.zalo_oa_secret.get_secret_value(),
        "app_secret": settings.zalo_app_secret.get_secret_value(),
    }
    oa_id = settings.zalo_oa_id if settings.zalo_sign_with_oa_id else ""
    return Signing(settings.zalo_app_id, secrets, oa_id)


def _templates(app: App) -> Templates:
    path = app.settings.zalo_templates
    formats = {**FORMATS, "ward_name": app.territory.ward_name, "province_name": app.territory.province_name}
    try:
        return Templates.load(Path(path) if path else None, formats)
    except TemplatesError as wrong:
        raise SettingsError(f"ANSINH_ZALO_TEMPLATES: {wrong}") from None


async def _phone_of(app: App, connection: AsyncConnection, address: Address) -> str | None:
    return await phone_of(connection, app.cipher, address)


def _check(settings: Settings) -> None:
    """Say what is missing of an Official Account. Raises SettingsError."""
    for name in ("zalo_app_id", "zalo_app_secret"):
        value = getattr(settings, name)
        if not (value if isinstance(value, str) else value.get_secret_value()):
            raise SettingsError(
                f"ANSINH_{name.upper()} is empty: an Official Account (ANSINH_ZALO_OA_ID) needs it; it "
                "stands in the developer console"
            )
    verifier = settings.zalo_code_verifier.get_secret_value()
    if verifier and len(verifier) != VERIFIER:
        raise SettingsError(
            f"ANSINH_ZALO_CODE_VERIFIER has {VERIFIER} characters, exactly, as in the console"
        )
