"""The messaging platforms that are configured, each built from the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.app import App
from bot.channels import Channel
from bot.channels.platform import Platform
from bot.channels.telegram.bot import PATH, TelegramPlatform
from bot.intake import Intake
from bot.web import telegram_app
from bot.zalo import zalo_bot, zalo_oa

SWITCHES = {
    "telegram": "ANSINH_TELEGRAM_TOKEN",
    "zalo_oa": "ANSINH_ZALO_OA_ID",
    "zalo_bot": "ANSINH_ZALO_BOT_TOKEN",
}
"""Channel → the setting that switches it on."""


def platforms(app: App) -> list[Platform]:
    """Return every platform whose settings are there. Raises SettingsError for settings that cannot be."""
    intake = Intake(app.engine, app.cipher, app.converse, app.clock)
    found: list[Platform] = []
    if app.settings.telegram_token.get_secret_value():
        found.append(telegram(app, intake))
    if app.settings.zalo_oa_id:
        found.append(zalo_oa(app, intake))
    if app.settings.zalo_bot_token.get_secret_value():
        found.append(zalo_bot(app, intake))
    return found


def telegram(app: App, intake: Intake) -> TelegramPlatform:
    """Return the bot of Telegram."""
    settings = app.settings
    base, app_base = settings.telegram_hook_base, settings.telegram_app_base
    return TelegramPlatform(
        settings.telegram_token.get_secret_value(),
        intake,
        app.engine,
        app.clock,
        api=settings.telegram_api,
        secret=app.cipher.sign("webhook:telegram"),
        hook_url=f"{base}{PATH}" if base else "",
        app_url=f"{app_base}{telegram_app.PATH}" if app_base else "",
        said=lambda language, block: app.words.say(language, "options", block, {}),
    )


def channels(app: App, found: Sequence[Platform]) -> Mapping[str, Channel]:
    """Return what the sender sends on: the web chat and every platform."""
    return {"web": app.web, **{platform.channel.name: platform.channel for platform in found}}
