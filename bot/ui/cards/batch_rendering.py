"""The card of a batch together with its posters, ready to be sent or to replace an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.studio.votes import VoteStore
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.ui.cards.batch_card import BatchCard, BatchFacts
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.lookup import parent_link
from bot.ui.cards.posters import poster_name, posters_of
from bot.ui.cards.rendering import DrawnCard


@wired
class BatchRenderer:
    """Looks up what the card of a batch shows besides its jobs."""

    browse: BrowseVideos
    messages: MessageStore
    files: FileStore
    spoilers: SpoilerRules
    votes: VoteStore
    languages: ServerLanguages

    async def draw(self, batch: Sequence[Job]) -> DrawnCard:
        """With the posters that there are, whoever it is drawn for."""
        lead = batch[0]
        estimates = await self.browse.estimates(lead.guild_id, batch)
        posters = await posters_of(self.files, [job for job in batch if job.is_at_rest])
        about = BatchFacts(
            estimates=estimates,
            labels={job.id: self.browse.label(job) for job in batch},
            posters={job_id: poster_name(job_id) for job_id in posters},
            covered=frozenset([job.id for job in batch if job.id in posters and await self.spoilers.covers(job)]),
            elsewhere=await self._elsewhere(batch),
            taken_down=await self.browse.private_videos.taken_down(batch),
            votes=await self.votes.counted(lead.id),
            parent=await parent_link(lead, self.browse, self.messages),
        )
        files = {poster_name(job_id): content for job_id, content in posters.items()}
        async with self.languages.reading(lead.guild_id):
            return DrawnCard(view=BatchCard(batch, about), files=files, estimate=_first_to_change(estimates))

    async def _elsewhere(self, batch: Sequence[Job]) -> Mapping[JobId, str]:
        shown = {job: await self.messages.shown(job.id) for job in batch if job.is_at_rest}
        return {
            job.id: link_to(job, places.result)
            for job, places in shown.items()
            if places.result is not None and not places.is_on_its_card and not job.deleted
        }


def _first_to_change(estimates: Mapping[JobId, JobEstimate]) -> JobEstimate:
    known = [estimate for estimate in estimates.values() if estimate.changes_in is not None]
    return min(known, key=lambda estimate: estimate.changes_in or 0.0, default=next(iter(estimates.values())))
