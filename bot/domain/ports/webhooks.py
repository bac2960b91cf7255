"""Calls from video services, as the rest of Kinora sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class NotSignedError(Exception):
    """The call is not the service's, or it is old."""


class UnreadableCallError(Exception):
    """The call says nothing that can be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """What a signed call says."""

    remote_id: str
    is_done: bool  # the video is finished, rather than failed


class WebhookReader(Protocol):
    """How one dialect signs its calls and what it says in them."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookEvent:
        """`headers` are found whatever their case. Raises NotSignedError and UnreadableCallError."""
        ...
