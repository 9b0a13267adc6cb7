"""Whose page it is: a citizen by a random token in her page's address, a collector by a signed one."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from bot.storage.crypt import Cipher
from handlers.messages import Address

SITE, INBOX = "site", "inbox"
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with a page, and where the page lives."""

    address: Address
    path: str

    @property
    def key(self) -> tuple[str, str]:
        """Account and person, as the channel names them."""
        return self.address.account, self.address.person

    @property
    def collector(self) -> str:
        """The code of the collector whose inbox it is; empty for a citizen's page."""
        return self.address.person.partition(":")[2] if self.address.account == INBOX else ""

    def event_id(self, event: str) -> str:
        """An event's id among all visitors: pages choose theirs without knowing of each other."""
        return f"{hashlib.sha256(self.address.person.encode()).hexdigest()[:16]}-{event}"


def new_token() -> str:
    """Return 128 random bits, as hex: the whole secret of a citizen's page."""
    return secrets.token_hex(16)


def is_token(text: str) -> bool:
    """Tell whether `new_token` may have made it."""
    return _TOKEN.fullmatch(text) is not None


def citizen(token: str) -> Visitor | None:
    """Return the visitor of a token; the token itself is kept nowhere. None when it is no token."""
    if not is_token(token):
        return None
    return Visitor(_address(token), f"/c/{token}")


def of_chat(chat: Address, cipher: Cipher) -> Visitor:
    """Return the visitor whose page belongs to a chat elsewhere: the same one until the keys are changed."""
    token = cipher.sign(f"page:{chat.channel}:{chat.account}:{chat.person}")
    return Visitor(_address(token), f"/c/{token}")


def collector(token: str, cipher: Cipher) -> Visitor | None:
    """Return the visitor of a signed inbox token; None when the signature is not ours."""
    code, _, signature = token.rpartition(".")
    if not code or not cipher.signed(f"inbox:{code}", signature):
        return None
    return Visitor(inbox_address(code), f"/inbox/{token}")


def inbox_address(code: str) -> Address:
    """The web address of a collector's inbox."""
    return Address("web", INBOX, f"collector:{code}")


def inbox_path(code: str, cipher: Cipher) -> str:
    """The path of a collector's inbox: who has it is taken for the collector."""
    return f"/inbox/{code}.{cipher.sign(f'inbox:{code}')}"


def _address(token: str) -> Address:
    return Address("web", SITE, hashlib.sha256(token.encode()).hexdigest())
