"""The settings: the only reader of the environment. `.env.example` lists them for people."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "ANSINH_"
LAST_PORT = 65_535


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message says which and what to do."""


class Settings(BaseSettings):
    """Every setting, from ANSINH_… variables or a file .env in the working folder."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", extra="ignore")

    database_url: str = ""
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=LAST_PORT)
    public_url: str = ""
    proxies: int = Field(default=0, ge=0, le=5)
    secret_key: SecretStr = SecretStr("")
    old_secret_keys: SecretStr = SecretStr("")
    home_province: str = Field(default="20", pattern=r"^\d{2}$")
    metrics_token: SecretStr = SecretStr("")
    api_requests_per_minute: int = Field(default=120, ge=1)
    telegram_token: SecretStr = SecretStr("")
    telegram_mode: Literal["auto", "webhook", "polling"] = "auto"
    telegram_api: str = Field(default="https://api.telegram.org", pattern=r"^https?://[^/]+$")
    llm_url: str = Field(default="", pattern=r"^(https?://[^\s]+)?$")
    llm_key: SecretStr = SecretStr("")
    llm_name: str = ""
    llm_timeout_seconds: float = Field(default=4.0, ge=0.1, le=20.0)
    call_buffer_minutes: int = Field(default=0, ge=0, le=240)

    zalo_app_id: str = ""
    zalo_app_secret: SecretStr = SecretStr("")
    zalo_oa_id: str = ""
    zalo_oa_secret: SecretStr = SecretStr("")
    zalo_code_verifier: SecretStr = SecretStr("")
    zalo_access_token: SecretStr = SecretStr("")
    zalo_refresh_token: SecretStr = SecretStr("")
    zalo_sign_with_oa_id: bool = False
    zalo_proof: bool = False
    zalo_buttons: Literal["off", "plain", "typed"] = "plain"
    zalo_asks_contact: bool = False
    zalo_contact_image: str = ""
    zalo_echo_seconds: float = Field(default=10.0, ge=0, le=300)
    zalo_takeover_minutes: int = Field(default=60, ge=0)
    zalo_templates: str = ""
    zalo_development: bool = False
    zalo_hashed_phones: bool = False
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_oa_url: str = "https://openapi.zalo.me"
    zalo_zbs_url: str = "https://business.openapi.zalo.me"
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_secret: SecretStr = SecretStr("")
    zalo_bot_url: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_month: int = Field(default=3_000, ge=0)

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - tests give some of them
        """Read them. Raises SettingsError for one that cannot be used, but never tells its value."""
        try:
            super().__init__(**given)
        except ValidationError as wrong:
            told = (f"{_PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in wrong.errors())
            raise SettingsError(f"{'; '.join(told)}. .env.example says what it may be") from None

    @property
    def embedded(self) -> bool:
        """Tell whether the embedded database is used."""
        return self.url.startswith("sqlite")

    @property
    def url(self) -> str:
        """The database's URL: the given one, or a file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'ansinh.db'}"

    @property
    def address(self) -> str:
        """Where the pages are, as a person opens them."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def telegram_hook_base(self) -> str:
        """Where Telegram delivers to, or nothing when updates are polled for.

        Raises SettingsError for a webhook without an address.
        """
        if self.telegram_mode == "polling" or (self.telegram_mode == "auto" and not self.public_url):
            return ""
        if not self.public_url:
            raise SettingsError(
                "ANSINH_TELEGRAM_MODE is webhook: set ANSINH_PUBLIC_URL to the https address people reach "
                "this server at, or leave the mode empty to poll for updates"
            )
        return self.public_url.rstrip("/")

    @property
    def telegram_app_base(self) -> str:
        """Where Telegram finds the page its menu button opens, or nothing: it opens https only.

        What simulates it on this machine opens http too.
        """
        base, simulated = self.public_url.rstrip("/"), self.telegram_api.startswith("http://127.0.0.1")
        return base if simulated or base.startswith("https://") else ""

    def secrets(self) -> tuple[str, ...]:
        """Return the secrets keys are derived from, the newest first; the embedded database makes one itself.

        Raises SettingsError when another database is used without a secret.
        """
        given = self.secret_key.get_secret_value()
        if given:
            return given, *self.old_secret_keys.get_secret_value().split()
        if not self.embedded:
            raise SettingsError(
                "ANSINH_SECRET_KEY is empty: with PostgreSQL every process needs the same secret. Make one "
                "with python3 -c 'import secrets; print(secrets.token_urlsafe(32))' and keep it safe: "
                "without it names and phone numbers cannot be read again"
            )
        return kept_secrets(self.secret_file)

    @property
    def secret_file(self) -> Path:
        """Where the embedded database keeps the secrets it made, one on a line, the newest first."""
        return self.data_dir / "secret.key"


def kept_secrets(path: Path) -> tuple[str, ...]:
    """Return the secrets in a file only its owner may read, made on first use by whoever comes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32), "ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return tuple(path.read_text("ascii").split())


def keep_secrets(path: Path, kept: tuple[str, ...]) -> None:
    """Write the secrets in one step: whoever reads meanwhile finds the old file or the new one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(kept), "ascii")
    draft.replace(path)
