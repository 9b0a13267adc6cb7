"""Sealing what identifies a person: AES-256-GCM bound to its place, and an index to look it up by."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
SHORTEST_SECRET = 16  # characters


class SealError(Exception):
    """Sealed data was sealed with another key, moved to another place, or damaged."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is derived from one secret. `id` is the first byte of everything sealed with it."""

    id: bytes
    aead: AESGCM
    index: bytes
    signing: bytes

    @classmethod
    def of(cls, secret: str) -> _Keys:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(
                f"ANSINH_SECRET_KEY needs at least {SHORTEST_SECRET} characters; make one at random"
            )
        return cls(
            _derive(secret, b"id")[:1],
            AESGCM(_derive(secret, b"seal")),
            _derive(secret, b"index"),
            _derive(secret, b"sign"),
        )


class Cipher:
    """Seals and opens values. `aad` names the place (table.column:row), so that a value cannot be moved.

    What is sealed, indexed or signed now is with the newest secret; what older ones made still opens.
    """

    def __init__(self, secret: str, *older: str) -> None:
        """Derive the keys of each secret. Raises ValueError for a short one, or two that look the same."""
        self._keys = tuple(_Keys.of(each) for each in dict.fromkeys((secret, *older)))
        self._newest = self._keys[0]
        self._by_id = {keys.id: keys for keys in self._keys}
        if len(self._by_id) < len(self._keys):
            raise ValueError("two secrets derive the same key id; make another ANSINH_SECRET_KEY at random")

    @property
    def newest(self) -> bytes:
        """The id of the key that seals now."""
        return self._newest.id

    def seal(self, value: str | bytes, aad: str) -> bytes:
        """Return key id, nonce, ciphertext and tag in one."""
        plain = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(_NONCE)
        return self._newest.id + nonce + self._newest.aead.encrypt(nonce, plain, aad.encode())

    def open(self, sealed: bytes, aad: str) -> str:
        """Return the text that was sealed for this place. Raises SealError."""
        keys = self._by_id.get(sealed[:1])
        if keys is None:
            raise SealError("sealed with a key that is not known here")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return keys.aead.decrypt(nonce, body, aad.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealError("sealed for another place, with another key, or damaged") from None

    def index(self, value: str) -> bytes:
        """Return what equal values have in common and nobody without the key can compute."""
        return _hmac(self._newest.index, value)

    def indexes(self, value: str) -> tuple[bytes, ...]:
        """Return every index the value may be stored under until the keys are rotated; the newest first."""
        return tuple(_hmac(keys.index, value) for keys in self._keys)

    def sign(self, value: str) -> str:
        """Return a signature of 128 bits for a link, as hex."""
        return _signature(self._newest, value)

    def signed(self, value: str, signature: str) -> bool:
        """Tell in constant time whether `signature` is of `value`, by any secret still known."""
        given = signature.encode()
        return any(hmac.compare_digest(_signature(keys, value).encode(), given) for keys in self._keys)


def _hmac(key: bytes, value: str) -> bytes:
    return hmac.new(key, value.encode(), hashlib.sha256).digest()


def _signature(keys: _Keys, value: str) -> str:
    return _hmac(keys.signing, value).hex()[:32]


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ansinh/" + purpose).derive(secret.encode())
