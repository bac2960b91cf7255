"""Standard Webhooks: signed over the message's id, timestamp and body (github.com/standard-webhooks)."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.domain.ports.webhooks import IncomingCall
from bot.providers.hooks.calls import is_young

PREFIX = "whsec_"
MOST_SIGNATURES = 10  # that are checked: one for each secret while one is being replaced


def signer(secret: bytes) -> Webhook | None:
    """The signer for a secret as services show it (`whsec_` and base64); None for any other text."""
    text = secret.decode(errors="replace").strip()
    try:
        return Webhook(text) if text.startswith(PREFIX) else None
    except (ValueError, EmptyWebhookSecretError):
        return None


def is_signed(call: IncomingCall, webhook: Webhook) -> bool:
    """Whether one of the signatures is right and the webhook is recent.

    The library's own check uses the machine's clock, and fails on signatures in other formats.
    """
    message_id, moment = call.headers.get("webhook-id", ""), call.headers.get("webhook-timestamp", "")
    if not message_id or not is_young(moment, call.at):
        return False
    try:
        expected = webhook.sign(message_id, datetime.fromtimestamp(int(moment), UTC), call.body.decode())
    except UnicodeError:  # in the body, or in an id that is not text
        return False
    given = call.headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    return any(hmac.compare_digest(expected.encode(), each.encode(errors="replace")) for each in given)
