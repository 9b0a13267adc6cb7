"""Zalo under test: how its simulators are built, and the settings that use them."""

from __future__ import annotations

from random import Random
from typing import Any

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Simulator
from bot.simulators.zalo.bot import BotSwitches, ZaloBotSimulator
from bot.simulators.zalo.oa import ZaloOaSimulator
from bot.simulators.zalo.options import OaSwitches

HOOK_SECRET = "hook-secret-of-the-bot"


def build_oa(clock: VirtualClock, **switches: Any) -> ZaloOaSimulator:
    """An Official Account that can be called often, and reports nothing: each test says when it does."""
    usual = {"calls_a_minute": 4_000, "receipts": False}
    return ZaloOaSimulator(clock, Random(3), switches=OaSwitches(**usual | switches))


def oa_settings(simulator: Simulator, url: str) -> dict[str, Any]:
    """The settings of a server for it."""
    assert isinstance(simulator, ZaloOaSimulator)
    ours = simulator.switches
    access, refresh = simulator.oauth.give()
    return {
        "zalo_oa_id": ours.oa_id,
        "zalo_app_id": ours.app_id,
        "zalo_app_secret": ours.app_secret,
        "zalo_oa_secret": ours.oa_secret,
        "zalo_code_verifier": ours.verifier,
        "zalo_access_token": access,
        "zalo_refresh_token": refresh,
        "zalo_oauth_url": url,
        "zalo_oa_url": url,
        "zalo_zbs_url": url,
    }


def build_bot(clock: VirtualClock, **switches: Any) -> ZaloBotSimulator:
    """A bot."""
    return ZaloBotSimulator(clock, Random(3), switches=BotSwitches(**switches))


def bot_settings(simulator: Simulator, url: str) -> dict[str, Any]:
    """The settings of a server for it."""
    assert isinstance(simulator, ZaloBotSimulator)
    return {"zalo_bot_token": simulator.switches.token, "zalo_bot_secret": HOOK_SECRET, "zalo_bot_url": url}
