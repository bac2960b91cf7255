"""Calls from video services, as the rest of Kinora sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object


class NotSignedError(Exception):
    """The call is not the service's, or it is old."""


class UnreadableCallError(Exception):
    """The call says nothing intelligible."""


class UncheckedCallError(Exception):
    """Who signed the call can't be checked now: the service's keys were unavailable. Another call would help."""


@value_object
class IncomingCall:
    """A call as it was received. `headers` are case-insensitive; `query` is that of the address that was called."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime


@value_object
class WebhookEvent:
    """What a signed call says."""

    remote_id: str
    is_done: bool  # the video is finished, rather than failed


class WebhookReader(Protocol):
    """How one dialect signs its calls and what it says in them."""

    async def read(self, call: IncomingCall) -> WebhookEvent:
        """Raises NotSignedError, UnreadableCallError and UncheckedCallError."""
        ...
