"""Webhooks of the simulated OpenRouter when a video is done, signed like the real ones."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot.sandbox.video.hooks import Due, Hooks


class VideoHooks(Hooks):
    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._secret = secret

    def _signed(self, body: bytes) -> Mapping[str, str]:
        data = json.loads(body)["data"]
        return {
            "X-OpenRouter-Signature": signature(self._secret, int(self._clock()), body),
            "X-OpenRouter-Idempotency-Key": f"{data['id']}-{data['status']}",
        }

    def _body(self, due: Due) -> bytes:
        shown = due.shown()
        data = {name: shown.get(name) for name in ("id", "status", "generation_id")} | {"model": due.model}
        data |= {name: shown[name] for name in ("unsigned_urls", "usage", "error") if name in shown}
        made = datetime.fromtimestamp(self._clock(), UTC).isoformat()
        return json.dumps({"type": f"video.generation.{shown['status']}", "created_at": made, "data": data}).encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """The header's value: the time and the body are joined by a comma."""
    digest = hmac.new(secret.encode(), f"{moment},".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
