"""`ansinh keys`: which keys sealed what, a new secret, and sealing everything anew with it."""

from __future__ import annotations

import secrets
import sys

from bot.app import open_app
from bot.program import program
from bot.settings import Settings, keep_secrets
from bot.storage import sealed

_BYTES = 32  # of randomness in a secret


async def show() -> int:
    """Print how many values the newest key sealed and how many older ones; 1 if any are older."""
    settings = Settings()
    async with open_app(settings) as app, app.engine.connect() as connection:
        found = await sealed.counts(connection, app.cipher.newest)
    for name, (now, before) in found.items():
        sys.stdout.write(f"{name:24} {now:8} by the newest key {before:8} by older ones\n")
    older = sum(before for _, before in found.values())
    sys.stdout.write(
        f"{len(settings.secrets())} secrets are known; {older} values wait for `{program()} keys rotate`\n"
    )
    return int(bool(older))


async def new() -> int:
    """Make a new secret. The embedded database's is put before the old ones; else it is printed to be set."""
    settings, fresh = Settings(), secrets.token_urlsafe(_BYTES)
    if settings.secret_key.get_secret_value() or not settings.embedded:
        sys.stdout.write(
            "Set this in every process, move the secret of today into ANSINH_OLD_SECRET_KEYS, "
            f"restart them all, then run `{program()} keys rotate`:\nANSINH_SECRET_KEY={fresh}\n"
        )
        return 0
    keep_secrets(settings.secret_file, (fresh, *settings.secrets()))
    sys.stdout.write(f"A new secret is made. Restart what is running, then run `{program()} keys rotate`.\n")
    return 0


async def rotate(*, forget: bool) -> int:
    """Seal everything anew with the newest key; `forget` older secrets of the embedded database."""
    settings = Settings()
    async with open_app(settings) as app:
        done = await sealed.rotate(app.engine, app.cipher)
        async with app.engine.connect() as connection:
            left = sum(before for _, before in (await sealed.counts(connection, app.cipher.newest)).values())
    sys.stdout.write(f"{done} values were sealed anew; {left} were sealed by an older key meanwhile\n")
    if left:
        sys.stdout.write("A process still runs with an older secret: restart it, then rotate again.\n")
        return 1
    if forget and not settings.secret_key.get_secret_value():
        keep_secrets(settings.secret_file, settings.secrets()[:1])
    sys.stdout.write(
        "Nothing needs the older secrets but links that were signed with them: chats opened by such a link "
        "start anew once the secret is forgotten.\n"
    )
    return 0
