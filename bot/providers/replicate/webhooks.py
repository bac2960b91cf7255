"""Replicate's webhooks: Standard Webhooks, with the prediction in its current state."""

from __future__ import annotations

from dataclasses import field

from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.ports.webhooks import IncomingCall, NotSignedError, UnreadableCallError, WebhookEvent
from bot.providers.common.endings import DONE
from bot.providers.hooks.calls import is_storable, json_of
from bot.providers.hooks.standard import is_signed, signer


@value_object(kw_only=False)
class PredictionCalls:
    """`secret` is the one that the account signs with, as `GET /webhooks/default/secret` shows it."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises CannotStart for an invalid secret: each webhook would be refused without anybody knowing why."""
        if signer(self.secret) is None:
            raise CannotStart(
                "REPLICATE_WEBHOOK_SECRET isn't a secret of webhooks. It begins with whsec_ and is shown by "
                "https://api.replicate.com/v1/webhooks/default/secret."
            )

    async def read(self, call: IncomingCall) -> WebhookEvent:
        """Like `WebhookReader.read`."""
        webhook = signer(self.secret)
        if webhook is None or not is_signed(call, webhook):
            raise NotSignedError
        match json_of(call.body):
            case {"id": str(remote_id), "status": str(status)} if is_storable(remote_id):
                return WebhookEvent(remote_id=remote_id, is_done=status.lower() in DONE)
            case _:
                raise UnreadableCallError
