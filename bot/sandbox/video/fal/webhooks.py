"""Webhooks of the simulated fal when a request has ended, signed with a key that it publishes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.sandbox.video.hooks import Hooks

USER = "user_simulated"


class RequestHooks(Hooks):
    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.key = Ed25519PrivateKey.generate()

    @property
    def published(self) -> Mapping[str, Any]:
        """The key in a key set's format."""
        raw = self.key.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")}

    def _signed(self, body: bytes) -> Mapping[str, str]:
        return signed_headers(self.key, json.loads(body)["request_id"], int(self._clock()), body)


def signed_headers(key: Ed25519PrivateKey, request: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers of a webhook."""
    parts = [request, USER, str(moment)]
    message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
    names = ("Request-Id", "User-Id", "Timestamp", "Signature")
    values = [*parts, key.sign(message).hex()]
    return {f"X-Fal-Webhook-{name}": value for name, value in zip(names, values, strict=True)}
