"""OpenRouter's webhooks: signed by the workspace within the last five minutes, with the video's id and status."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import field
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.ports.webhooks import IncomingCall, NotSignedError, UnreadableCallError, WebhookEvent
from bot.providers.common.endings import DONE
from bot.providers.hooks.calls import is_storable, is_young, json_of

SIGNED = "X-OpenRouter-Signature"
EVENT = "video.generation."


@value_object(kw_only=False)
class SignedCalls:
    """`secret` is the one that the workspace at OpenRouter signs with."""

    secret: bytes = field(repr=False)

    async def read(self, call: IncomingCall) -> WebhookEvent:
        """Like `WebhookReader.read`."""
        if not is_signed(call.headers.get(SIGNED, ""), call.body, self.secret, call.at):
            raise NotSignedError
        match json_of(call.body):
            case {"type": str(kind), "data": {"id": str(remote_id), "status": str(status)}} if kind.startswith(
                EVENT
            ) and is_storable(remote_id):
                return WebhookEvent(remote_id=remote_id, is_done=status.lower() in DONE)
            case _:
                raise UnreadableCallError


def is_signed(header: str, body: bytes, secret: bytes, now: datetime) -> bool:
    """Whether a header `t=<Unix seconds>,v1=<hex>` signs the time and the body, joined by a comma, and is recent."""
    match = re.fullmatch(r"t=(\d{1,12}),\s*v1=([0-9a-f]{64})", header, re.ASCII)
    if match is None:
        return False
    expected = hmac.new(secret, match[1].encode() + b"," + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, match[2]) and is_young(match[1], now)
