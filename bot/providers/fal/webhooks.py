"""fal's webhooks: signed with one of its published keys, with the request's id and how it ended.

A webhook does not say to which application a request went, which is part of the id that we keep. So the address that
fal is given contains it.
"""

from __future__ import annotations

import hashlib

from bot.domain.accounts import Account
from bot.domain.ports.webhooks import IncomingCall, NotSignedError, UnreadableCallError, WebhookEvent
from bot.providers.fal.adapter import QUEUE, at_queue
from bot.providers.fal.ids import APPLICATION, remote_id_of
from bot.providers.hooks.calls import is_storable, is_young, json_of
from bot.providers.hooks.published import PublishedKeys

KEYS = "https://rest.fal.ai/.well-known/jwks.json"
BESIDE = "/.well-known/jwks.json"  # where a host that passes fal on publishes them
PREFIX = "X-Fal-Webhook-"
SIGNED = ("Request-Id", "User-Id", "Timestamp")  # followed by the body, in this order
SIGNATURE = "Signature"
DONE = "OK"


class RequestCalls:
    """Reads the webhooks about one account's requests."""

    def __init__(self, account: Account) -> None:
        base = at_queue(account).base_url.rstrip("/")
        self._keys = PublishedKeys(url=KEYS if base == QUEUE else f"{base}{BESIDE}")

    async def read(self, call: IncomingCall) -> WebhookEvent:
        """Like `WebhookReader.read`."""
        if not await self._is_signed(call):
            raise NotSignedError
        match json_of(call.body):
            case {"request_id": str(request), "status": str(status)}:
                remote_id = remote_id_of(call.query.get(APPLICATION, ""), request)
            case _:
                raise UnreadableCallError
        if remote_id is None or not is_storable(remote_id):
            raise UnreadableCallError
        return WebhookEvent(remote_id=remote_id, is_done=status == DONE)

    async def _is_signed(self, call: IncomingCall) -> bool:
        signed = [call.headers.get(PREFIX + name, "") for name in SIGNED]
        if not all(signed) or not is_young(signed[-1], call.at):
            return False
        try:
            signature = bytes.fromhex(call.headers.get(PREFIX + SIGNATURE, ""))
            message = signed_message(signed, call.body)
        except ValueError:
            return False
        return await self._keys.have_signed(message, signature, call.at)


def signed_message(parts: list[str], body: bytes) -> bytes:
    """Raises UnicodeEncodeError for headers that are not text."""
    return "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
