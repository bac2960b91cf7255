"""Whether a service's webhooks can be relied on to report that a video is done. Pure.

They are only hints: every end is seen by a poll. But if they have arrived lately, few polls are needed in addition.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import field

from bot.data_classes import wired
from bot.domain.ids import JobId

LAST = 20  # renders per account
ENOUGH_CALLED = 5  # of them
MOST_UNCALLED = 2  # of them; the call about one that has just ended may be on its way


@wired
class ServiceCalls:
    """What this process has heard. A render whose calls arrive in another process is polled as if there were none."""

    _ended: dict[str, OrderedDict[JobId, bool]] = field(default_factory=lambda: defaultdict(OrderedDict))

    def heard(self, account: str, job_id: JobId) -> None:
        self._note(account, job_id, is_called=True)

    def ended(self, account: str, job_id: JobId) -> None:
        """A poll saw its end, before or after the call."""
        self._note(account, job_id, is_called=False)

    def has_called(self, account: str, job_id: JobId) -> bool:
        """Whether the service has recently reported this one as done."""
        return account in self._ended and self._ended[account].get(job_id, False)

    def are_relied_on(self, account: str) -> bool:
        if account not in self._ended:
            return False
        called = sum(self._ended[account].values())
        return called >= ENOUGH_CALLED and len(self._ended[account]) - called <= MOST_UNCALLED

    def _note(self, account: str, job_id: JobId, *, is_called: bool) -> None:
        ended = self._ended[account]
        ended[job_id] = is_called or ended.get(job_id, False)
        if len(ended) > LAST:
            ended.popitem(last=False)
