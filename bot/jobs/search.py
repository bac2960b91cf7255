"""Looking for a video whose order was sent and whose answer was lost: found and adopted, proven absent, or undecided.

The service may still be taking the order when we stop listening, so "absent" may be said only after the settle window
and after two complete listings in a row. Nothing is ever sent again from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.errors import AccountTrouble, Unavailable
from bot.domain.job import Job, Lease
from bot.domain.phases import Cause, Failed, NeedsReview, Rendering, Unknown
from bot.domain.provider import Listed, Provider
from bot.jobs.desk import Desk

PAUSES = (10.0, 30.0)  # seconds after the first and second look (so: +5, +15, +45 s); then every minute
LATER_PAUSE = 60.0
SETTLE = timedelta(seconds=60 + 120)  # the longest a paid request may take, and two minutes for a late commit
SKEW = timedelta(seconds=30)  # by how much the host's clock may differ from ours
COMPLETE_LISTINGS = 2
GIVE_UP = timedelta(hours=24)

ABSENT = "The video service never took this order, so nothing was charged."
UNDECIDED = (
    "The order was sent, but its answer got lost and the video service cannot be asked about it. "
    "It may have been charged, so it is not sent again; a server manager can look at the service's own dashboard."
)


@dataclass(frozen=True, slots=True)
class Search:
    """Resolves jobs in `Unknown`."""

    desk: Desk

    async def look(self, lease: Lease, lost: Unknown) -> None:
        provider = self.desk.providers.get(lease.job.provider)
        try:
            listed = await provider.recent(lost.sent_at - SKEW) if provider else None
        except (Unavailable, AccountTrouble):
            await self._look_again(lease, replace(lost, looks=lost.looks + 1, absent=0))
            return
        if provider is None or listed is None:
            await self._give_to_a_person(lease)
        elif found := await self._ours(lease.job, provider, listed):
            adopted = Rendering(remote_id=found.remote_id, started_at=lost.sent_at, rung=lost.rung)
            await self.desk.move(lease, adopted, self.desk.rhythm.first())
        else:
            await self._missed(lease, replace(lost, looks=lost.looks + 1, absent=lost.absent + 1))

    async def _missed(self, lease: Lease, lost: Unknown) -> None:
        if self.desk.now() - lost.sent_at >= SETTLE and lost.absent >= COMPLETE_LISTINGS:
            end = Failed(cause=Cause.PROVIDER, reason=ABSENT, charged=False, finished_at=self.desk.now())
            await self.desk.move(lease, end)
        else:
            await self._look_again(lease, lost)

    async def _look_again(self, lease: Lease, lost: Unknown) -> None:
        if self.desk.now() - lost.sent_at >= GIVE_UP:
            await self._give_to_a_person(lease)
        else:
            pause = PAUSES[lost.looks - 1] if lost.looks <= len(PAUSES) else LATER_PAUSE
            await self.desk.move(lease, lost, pause)

    async def _give_to_a_person(self, lease: Lease) -> None:
        await self.desk.move(lease, NeedsReview(was="unknown", reason=UNDECIDED))

    async def _ours(self, job: Job, provider: Provider, listed: Sequence[Listed]) -> Listed | None:
        """The oldest listed video that fits the order and belongs to no job of ours."""
        fitting = [entry for entry in listed if fits(job, entry)]
        taken = await self.desk.store.known(provider.name, [entry.remote_id for entry in fitting])
        free = [entry for entry in fitting if entry.remote_id not in taken]
        return min(free, key=lambda entry: entry.created_at, default=None)


def fits(job: Job, entry: Listed) -> bool:
    """Whether a listed video may be this job's. What a list leaves out does not speak against it."""
    request = job.request
    wanted = (request.prompt, str(request.seconds), str(request.size))
    # A rung without the source's id sends the scene and the change in one prompt, so the change is its end.
    prompt_fits = entry.prompt is None or entry.prompt == wanted[0] or entry.prompt.endswith(f"\n\n{wanted[0]}")
    return prompt_fits and entry.seconds in {None, wanted[1]} and entry.size in {None, wanted[2]}
