"""Requests that may have been accepted, and in whose place others were sent: by a manager, or automatically (see
FirstTry).

Such a request may turn out to have been accepted. It is stored with the job, so that its video is recognised when it
turns up: it is booked and shown as a separate order, which says whose duplicate it is.
"""

from __future__ import annotations

from datetime import datetime

from bot.data_classes import value_object
from bot.domain.money.usd import Usd
from bot.domain.video import RemixMethod


@value_object
class ReplacedOrder:
    """One paid request with an open outcome, in whose place another was sent."""

    account: str  # where it was sent
    sent_at: datetime  # no two requests of a job have the same
    quote: Usd  # its agreed price, if it was accepted
    method: RemixMethod | None = None
    remote_id: str | None = None  # if one was known
