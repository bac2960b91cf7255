"""Webhooks of the simulated Replicate when a prediction has ended, by Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

from bot.sandbox.video.hooks import Hooks


class PredictionHooks(Hooks):
    """`secret` has the form `whsec_` followed by base64."""

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._secret = secret

    def _signed(self, body: bytes) -> Mapping[str, str]:
        return standard_headers(self._secret, f"msg_{json.loads(body)['id']}", int(self._clock()), body)


def standard_headers(secret: str, message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers of a signed message."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
