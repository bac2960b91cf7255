"""Orders that may have been taken, and were sent once more: on a manager's word, or by themselves (see FirstTry).

Such an order may have been taken after all. What was sent then is kept with the job, so that its video is known again
when it turns up: it is booked and shown as an order of its own, which says whose double it is.
"""

from __future__ import annotations

from datetime import datetime

from bot.data_classes import value_object
from bot.domain.money.usd import Usd
from bot.domain.video import RemixMethod


@value_object
class ReplacedOrder:
    """One paid request whose end is open, in place of which another was sent."""

    account: str  # where it was sent
    sent_at: datetime  # no two requests of a job have the same
    quote: Usd  # what it costs if it was taken, as was agreed to
    method: RemixMethod | None = None
    remote_id: str | None = None  # where one was known
