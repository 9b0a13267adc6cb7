"""Sealing what identifies a person: AES-256-GCM bound to its place, and an index to look it up by."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID = 1
_NONCE = 12
SHORTEST_SECRET = 16  # characters


class SealError(Exception):
    """Sealed data was sealed with another key, moved to another place, or damaged."""


class Cipher:
    """Seals and opens values. `aad` names the place (table.column:row), so that a value cannot be moved."""

    def __init__(self, secret: str) -> None:
        """Derive the two keys from one secret. Raises ValueError for a short one."""
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(
                f"ANSINH_SECRET_KEY needs at least {SHORTEST_SECRET} characters; make one at random"
            )
        self._aead = AESGCM(_derive(secret, b"seal"))
        self._index = _derive(secret, b"index")
        self._signing = _derive(secret, b"sign")

    def seal(self, value: str | bytes, aad: str) -> bytes:
        """Return key id, nonce, ciphertext and tag in one."""
        plain = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(_NONCE)
        return bytes([KEY_ID]) + nonce + self._aead.encrypt(nonce, plain, aad.encode())

    def open(self, sealed: bytes, aad: str) -> str:
        """Return the text that was sealed for this place. Raises SealError."""
        if not sealed or sealed[0] != KEY_ID:
            raise SealError("sealed with a key that is not known here")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._aead.decrypt(nonce, body, aad.encode()).decode()
        except InvalidTag:
            raise SealError("sealed for another place, with another key, or damaged") from None

    def index(self, value: str) -> bytes:
        """Return what equal values have in common and nobody without the key can compute."""
        return hmac.new(self._index, value.encode(), hashlib.sha256).digest()

    def sign(self, value: str) -> str:
        """Return a signature of 128 bits for a link, as hex."""
        return hmac.new(self._signing, value.encode(), hashlib.sha256).hexdigest()[:32]

    def signed(self, value: str, signature: str) -> bool:
        """Tell in constant time whether `signature` is of `value`."""
        return hmac.compare_digest(self.sign(value).encode(), signature.encode())


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ansinh/" + purpose).derive(secret.encode())
