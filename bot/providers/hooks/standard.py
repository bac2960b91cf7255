"""Standard Webhooks: signed over the message's id, its moment and its body (github.com/standard-webhooks)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.providers.hooks.calls import is_young

PREFIX = "whsec_"
MOST_SIGNATURES = 10  # that are looked at: one for each secret while one is being replaced


def signer(secret: bytes) -> Webhook | None:
    """What signs, of a secret as services show it (`whsec_` and base64); None when it is none."""
    text = secret.decode(errors="replace").strip()
    try:
        return Webhook(text) if text.startswith(PREFIX) else None
    except (ValueError, EmptyWebhookSecretError):
        return None


def is_signed(headers: Mapping[str, str], body: bytes, webhook: Webhook, now: datetime) -> bool:
    """Whether one of the signatures is right and the call is young.

    The library's own check asks the machine's clock, and stumbles over signatures of another form.
    """
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not is_young(moment, now):
        return False
    try:
        expected = webhook.sign(message_id, datetime.fromtimestamp(int(moment), UTC), body.decode())
    except UnicodeDecodeError:
        return False
    given = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    return any(hmac.compare_digest(expected.encode(), each.encode(errors="replace")) for each in given)
