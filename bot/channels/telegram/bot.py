"""One bot of Telegram as the server runs it: webhook or polling, commands, taps answered, a self-test."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import (
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButton,
    MenuButtonWebApp,
    Message,
    WebAppInfo,
)
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.channels.platform import Finding
from bot.channels.telegram.init_data import opened_by
from bot.channels.telegram.polling import FIRST_WAIT, LONGEST_WAIT, Polling
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.updates import ALLOWED, NAME, TelegramHook
from bot.channels.telegram.wire import TelegramChannel, seconds_of
from bot.intake import Intake
from bot.program import program
from bot.storage import accounts
from handlers.messages import Address

PATH = "/hooks/telegram"
COMMANDS = ("menu", "change", "back", "restart", "human", "privacy", "english", "vietnamese")
MOST_WAITING = 100  # updates that wait at Telegram: more is a sign
CHOSEN = "✓ "  # before the label of a button that was taken

log = logging.getLogger(__name__)
Said = Callable[[str, str], str]
"""(language, block) → what the menu of commands says of one, or the bot of itself."""


class TelegramPlatform:
    """Built once. `hook_url` is where Telegram reaches PATH; without it updates are polled for.

    `app_url` is the page its menu button opens; without it the button is left as it is.
    """

    def __init__(
        self,
        token: str,
        intake: Intake,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
        *,
        api: str,
        secret: str,
        hook_url: str,
        app_url: str,
        said: Said,
        request: AiohttpRequest | None = None,
    ) -> None:
        """`api` is the address of the Bot API; `secret` what it sends with each update."""
        self.account = token.partition(":")[0]
        self._intake, self._engine, self._clock = intake, engine, clock
        self._secret, self._hook_url, self._app_url, self._said = secret, hook_url, app_url, said
        self._requests = request or AiohttpRequest(), AiohttpRequest()
        self.bot: ExtBot[int] = ExtBot(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
            rate_limiter=AIORateLimiter(),  # a last guard: the pace is kept in the outbox
        )
        self.channel = TelegramChannel(self.bot)
        self.hook = TelegramHook(self.bot, self.account, secret, self._tapped)
        self.begun = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginning: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """The webhook."""

        async def receive(request: web.Request) -> web.Response:
            return await self._intake.take(request, self.hook)

        return [web.post(PATH, receive)]

    async def whose(self, init_data: str) -> Address | None:
        """Return the chat of who opened our page in Telegram; None, and counted, when it is not proven."""
        user = opened_by(init_data, self.bot.token, self._clock())
        if user is None:
            await self._intake.refuse(self.hook)
            return None
        return self.hook.address(user)

    async def start(self) -> None:
        """Open the transport, and begin to receive as soon as Telegram lets us."""
        warnings.filterwarnings("ignore", ".*In a future major version", PTBDeprecationWarning)
        warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'", PTBUserWarning)  # raw, in polling
        for request in self._requests:
            await request.initialize()
        self._beginning = asyncio.create_task(self._begin())

    async def stop(self) -> None:
        """Stop receiving, finish answering taps, close."""
        for task in (self._beginning, self._polling):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for request in self._requests:
            await request.shutdown()

    async def left(self) -> Mapping[str, int]:
        """Telegram counts nothing down."""
        return {}

    async def look(self) -> Sequence[Finding]:
        """Ask Telegram who we are and how its deliveries go."""
        try:
            for request in self._requests:
                await request.initialize()
            me = await self.bot.get_me()
            info = await self.bot.get_webhook_info()
            button = await self.bot.get_chat_menu_button() if self._app_url else None
        except InvalidToken:
            fix = "copy the token from @BotFather into ANSINH_TELEGRAM_TOKEN"
            return [Finding("token", fine=False, found="Telegram does not know it", fix=fix)]
        except TelegramError as problem:
            fix = "look whether this machine reaches ANSINH_TELEGRAM_API"
            return [Finding("reachable", fine=False, found=type(problem).__name__, fix=fix)]
        found, serve = [Finding("token", fine=True, found=f"@{me.username}")], f"{program()} serve"
        if button is not None:
            opens = _opens(button)
            fix = f"start {serve}: it sets the button"
            found.append(Finding("menu button", fine=opens == self._app_url, found=opens, fix=fix))
        if not self._hook_url:
            fix = f"a webhook is set: it must be deleted before updates can be polled for; {serve} does so"
            return [*found, Finding("updates", fine=not info.url, found="polled for", fix=fix)]
        right = info.url == self._hook_url
        found.append(Finding("webhook", fine=right, found=info.url or "none", fix=f"start {serve}"))
        waiting = info.pending_update_count
        trouble = info.last_error_message or ""
        fine = waiting < MOST_WAITING
        fix = f"let Telegram reach {self._hook_url}" + (f"; it says: {trouble}" if trouble else "")
        return [*found, Finding("deliveries", fine=fine, found=f"{waiting} wait", fix=fix)]

    async def _begin(self) -> None:
        wait = FIRST_WAIT
        while not self.begun.is_set():
            try:
                await self._introduce()
            except RetryAfter as fast:
                await asyncio.sleep(seconds_of(fast))
            except Exception as problem:  # noqa: BLE001 - the server goes on without Telegram, and tries again
                log.error("Telegram cannot begin: %s", type(problem).__name__)
                await self._troubled("bad_token" if isinstance(problem, InvalidToken) else "cannot_begin")
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
            else:
                self.begun.set()
                self._spawn(self._offer_page())
                self._spawn(self._describe())

    async def _introduce(self) -> None:
        """Say where updates go and which commands there are."""
        await self.bot.initialize()
        me = await self.bot.get_me()
        for language in ("vi", "en"):
            commands = [BotCommand(name, self._said(language, f"option_{name}")) for name in COMMANDS]
            await self.bot.set_my_commands(commands, language_code=language)
            if language == "vi":
                await self.bot.set_my_commands(commands)
        if self._hook_url:
            await self.bot.set_webhook(
                self._hook_url, secret_token=self._secret, allowed_updates=ALLOWED, max_connections=40
            )
        else:
            await self.bot.delete_webhook()
            self._polling = self._polling or asyncio.create_task(
                Polling(self.bot, self._intake, self.hook).run()
            )
        async with self._engine.begin() as connection:
            await accounts.note(connection, NAME, self.account, name=f"@{me.username}")
            await accounts.free(connection, NAME, self.account)

    async def _offer_page(self) -> None:
        """Let the menu button open our page. The bot works without: a refusal stops nothing."""
        if not self._app_url:
            return
        button = MenuButtonWebApp(self._said("vi", "bot_app"), WebAppInfo(self._app_url))
        try:
            await self.bot.set_chat_menu_button(menu_button=button)
        except (TelegramError, KeyError) as refused:
            log.warning("Telegram does not take the menu button: %s", type(refused).__name__)

    async def _describe(self) -> None:
        """Say what the bot is, to who has not begun. Telegram lets this be changed rarely: it may fail."""
        bot = self.bot
        with suppress(TelegramError, KeyError):
            for code, language in (("", "vi"), ("en", "en")):  # no code: everybody else
                about, short = self._said(language, "bot_about"), self._said(language, "bot_about_short")
                if (await bot.get_my_description(code)).description != about:
                    await bot.set_my_description(about, code)
                if (await bot.get_my_short_description(code)).short_description != short:
                    await bot.set_my_short_description(short, code)

    async def _troubled(self, code: str) -> None:
        with suppress(Exception):  # the log has it; the database may be away too
            now = self._clock()
            async with self._engine.begin() as connection:
                await accounts.hold(
                    connection, NAME, self.account, until=now, code=code, human=code == "bad_token", at=now
                )

    def _tapped(self, query: CallbackQuery, fits: bool) -> None:  # noqa: FBT001 - the shape of a callback
        self._spawn(self._answer(query, fits=fits))

    async def _answer(self, query: CallbackQuery, *, fits: bool) -> None:
        """Stop the button's waiting; when it was taken, leave only what she chose. Both may fail.

        What she answers by typing leaves its buttons there. To take them off, the number of each message
        would have to be kept, and each typed answer would cost one more call of the thirty a second and of
        her one a second that messages need. A tap on them, at any time, is told to be of an earlier question.
        """
        with suppress(TelegramError, KeyError):
            await self.bot.answer_callback_query(query.id)
        if not fits or not isinstance(query.message, Message) or query.message.reply_markup is None:
            return
        buttons = [button for row in query.message.reply_markup.inline_keyboard for button in row]
        label = next((button.text for button in buttons if button.callback_data == query.data), "")
        chosen = InlineKeyboardButton(f"{CHOSEN}{label.removeprefix(CHOSEN)}", callback_data=query.data)
        with suppress(TelegramError, KeyError):
            await self.bot.edit_message_reply_markup(
                query.message.chat.id, query.message.message_id, reply_markup=InlineKeyboardMarkup([[chosen]])
            )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _opens(button: MenuButton) -> str:
    """What the menu button opens: a page's address, or what else it is."""
    return button.web_app.url if isinstance(button, MenuButtonWebApp) else button.type
