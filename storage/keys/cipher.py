"""Encrypts own keys and webhook secrets: Fernet with the first of the secrets, decrypted with any of them."""

from __future__ import annotations

import base64
from collections.abc import Sequence

OWN_KEYS = b"kinora own keys 1"  # each use of the same secret has a key of its own
WEBHOOKS = b"kinora webhooks 1"


class FernetCipher:
    """The KeyCipher.

    The account is encrypted with the key: a row copied to somebody else's account is of no use there.
    """

    def __init__(self, secrets: Sequence[str], purpose: bytes = OWN_KEYS) -> None:
        """`secrets`: the current one first. Each has to be hard to guess: nothing here slows guessing down."""
        # Only where KEYS_SECRET is set: most installations have no use for the library, which takes 0.02 s to import.
        from cryptography.fernet import Fernet, InvalidToken, MultiFernet  # noqa: PLC0415 - see above

        ciphers = [Fernet(_derived(secret, purpose)) for secret in secrets]
        self._first = ciphers[0]
        self._any = MultiFernet(ciphers)
        self._no_token: type[Exception] = InvalidToken

    def seal(self, account: str, key: str) -> str:
        sealed: bytes = self._first.encrypt(f"{account}\n{key}".encode())
        return sealed.decode()

    def opened(self, account: str, sealed: str) -> str | None:
        try:
            plain: bytes = self._any.decrypt(sealed.encode())
        except self._no_token:
            return None
        whose, _, key = plain.decode().partition("\n")
        return key if whose == account else None

    def resealed(self, sealed: str) -> str | None:
        try:
            self._first.decrypt(sealed.encode())
        except self._no_token:
            return self._rotated(sealed)
        return None

    def _rotated(self, sealed: str) -> str | None:
        try:
            anew: bytes = self._any.rotate(sealed.encode())
        except self._no_token:
            return None
        return anew.decode()


def _derived(secret: str, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    key: bytes = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
