"""What a card or a result says besides its job: the label of its model, its source, what is left to spend."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.studio.ratings import RatingStore
from bot.domain.studio.ratings import UNRATED
from bot.domain.video import Mode
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.ui.cards.job_card import link_to
from bot.ui.cards.posters import still_poster
from bot.ui.text.phrases.results import ResultFacts


async def parent_link(job: Job, browse: BrowseVideos, messages: MessageStore) -> str | None:
    """Where the source of a remix is shown; None if it is not, or only its owner may see it."""
    if job.request.source is None:
        return None
    source = await browse.find(job.request.source)
    if source is None or source.video is None or (source.private and not job.private):
        return None
    result = (await messages.shown(source.id)).result
    return None if result is None else link_to(source, result)


async def length_before(job: Job, browse: BrowseVideos) -> float | None:
    """Seconds of the video that an order extends; None for any other order, and once it has ended."""
    if job.request.mode is not Mode.EXTEND or job.request.source is None or job.is_at_rest:
        return None
    source = await browse.find(job.request.source)
    return None if source is None or source.video is None else source.video.seconds


@wired
class ResultLookup:
    """Looks up what a result shows besides its job."""

    browse: BrowseVideos
    messages: MessageStore
    files: FileStore
    allowances: MemberAllowances
    spoilers: SpoilerRules
    ratings: RatingStore

    async def facts(self, job: Job, *, with_budget: bool) -> ResultFacts:
        """`with_budget`: include what is left of the tightest limit, if everybody may see what is spent."""
        return ResultFacts(
            label=self.browse.label(job),
            parent=await parent_link(job, self.browse, self.messages),
            left=await self.allowances.remainder(job) if with_budget and not job.private else None,
            is_spoiler=await self.spoilers.covers(job),
            rating=(await self.ratings.counted([job.id])).get(job.id, UNRATED),
        )

    async def poster(self, job: Job) -> bytes | None:
        """The video matters, its thumbnail is optional."""
        return await still_poster(self.files, job)
