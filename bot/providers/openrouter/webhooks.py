"""OpenRouter's calls: signed by the workspace within the last five minutes, with the video's id and status."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ports.webhooks import NotSignedError, UnreadableCallError, WebhookEvent
from bot.providers.common.endings import DONE

WINDOW = 300.0  # seconds that a signature counts, either way
ID = re.compile(r"[\x21-\x7e]{1,300}")  # an id is stored and logged, so it holds nothing that could forge a line
SIGNED = "X-OpenRouter-Signature"
EVENT = "video.generation."


@dataclass(frozen=True, slots=True)
class SignedCalls:
    """`secret` is the one that the workspace at OpenRouter signs with."""

    secret: bytes = field(repr=False)

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookEvent:
        """As `WebhookReader.read`."""
        if not is_signed(headers.get(SIGNED, ""), body, self.secret, now):
            raise NotSignedError
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise UnreadableCallError from None
        match event:
            case {"type": str(kind), "data": {"id": str(remote_id), "status": str(status)}} if kind.startswith(
                EVENT
            ) and ID.fullmatch(remote_id):
                return WebhookEvent(remote_id=remote_id, is_done=status.lower() in DONE)
            case _:
                raise UnreadableCallError


def is_signed(header: str, body: bytes, secret: bytes, now: datetime) -> bool:
    """Whether a header `t=<Unix seconds>,v1=<hex>` signs the moment and the body, joined by a comma, and is not old."""
    match = re.fullmatch(r"t=(\d{1,12}),\s*v1=([0-9a-f]{64})", header, re.ASCII)
    if match is None:
        return False
    expected = hmac.new(secret, match[1].encode() + b"," + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, match[2]) and abs(now.timestamp() - int(match[1])) <= WINDOW
