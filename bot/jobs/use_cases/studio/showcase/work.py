"""Works on what is due in showcases: posts videos once, keeps their counts, and removes those that have to go.

What is left to do is in the video's row, so a crash ends nothing, and of several processes one works on a video.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.data_classes import wired
from bot.domain.errors import Reach, Unavailable, Undeliverable
from bot.domain.guild import ChannelUse
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.cases import CASE
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import VenueCheck
from bot.domain.ports.studio.showcase import ShowcaseChannel
from bot.domain.studio.showcase import EDITED_EVERY, ShowcaseState, ShowcaseVideo
from bot.jobs.delivery.nonces import NONCE_HOLDS, nonce_of
from bot.jobs.upkeep import repeat, wait_for_news
from bot.jobs.use_cases.studio.showcase.choices import Showcase, is_finished_for_all
from bot.jobs.use_cases.studio.showcase.troubles import ShowcaseTroubles

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds between two checks
HELD = timedelta(minutes=5)  # how long who works on a video has for it
REPORTED_WAITS = timedelta(minutes=10)  # until it is looked at again whether managers have decided
TRIED_FOR = timedelta(days=1)  # to remove a post that Discord does not let us remove
MOST = 50  # videos in one look
UNKNOWN = 0  # how many ★ a post shows: it is edited in any case


@wired
class ShowcaseWork:
    """One per process; `run` it alongside the worker."""

    showcase: Showcase
    queries: JobQueries
    messages: MessageStore
    channel: ShowcaseChannel
    venues: VenueCheck
    troubles: ShowcaseTroubles

    async def run(self) -> None:
        """Until cancelled."""
        pause = partial(wait_for_news, self.showcase.news, EVERY)
        await repeat(self.look, pause, log, "it could not be looked up what is due in showcases")

    async def look(self) -> None:
        """Work on all that is due now."""
        clock, store = self.showcase.clock, self.showcase.store
        for video in await store.due(self.channel.guilds(), clock.now(), MOST):
            if not await store.claim(video, clock.now() + HELD):
                continue
            try:
                await self._one(video)
            except Unavailable as later:
                log.info("%s waits with its showcase: %s", video.job_id, later.sentence)
                await store.put_off(video.job_id, clock.now() + EDITED_EVERY)
            except Exception:
                # It is due again once its claim is over; no other waits for that.
                log.exception("%s could not be worked on in its showcase", video.job_id)

    async def _one(self, video: ShowcaseVideo) -> None:
        job = await self.queries.get(video.job_id)
        if video.state is ShowcaseState.LEAVING:
            await self._remove(video)
        elif job is None or job.deleted or job.private or not await self.showcase.wants(job.owner_id):
            await self._leave(video)
        elif video.state is ShowcaseState.WAITING:
            await self._enter(video, job)
        elif video.post is not None:
            await self._count(job, video.post, video.stars)

    # In

    async def _enter(self, video: ShowcaseVideo, job: Job) -> None:
        options, store = await self.showcase.preferences.of(job.guild_id), self.showcase.store
        stars, original = await store.stars(job), (await self.messages.shown(job.id)).result
        channel_id = options.showcase_channel
        if (
            not is_finished_for_all(job)
            or channel_id is None
            or stars < options.showcase_stars
            or original is None
            or original.direct
        ):
            await self._stay_out(video)
        elif until := await self._must_wait(job, channel_id):
            await store.put_off(job.id, self.showcase.clock.now() + until)
        else:
            await self._enter_if_it_may(video, job, channel_id, stars, original)

    async def _enter_if_it_may(
        self, video: ShowcaseVideo, job: Job, channel_id: int, stars: int, original: PostedMessage
    ) -> None:
        try:
            may = await self._may_be_there(job, original, channel_id)
        except Undeliverable as no:
            await self._refused(job, channel_id, no)
            return
        await (self._post(video, job, channel_id, stars, original) if may else self._stay_out(video))

    async def _stay_out(self, video: ShowcaseVideo) -> None:
        """Until the next ★; but what was begun to be posted may stand there, and goes for good."""
        if video.begun_at is None:
            await self.showcase.store.forget(video.job_id)
        else:
            await self._leave(video)

    async def _must_wait(self, job: Job, channel_id: int) -> timedelta | None:
        """What is reported is not shown around before managers have decided."""
        case = await self.showcase.preferences.records.read(CASE, job.id)
        if case is not None and case.is_undecided_report:
            return REPORTED_WAITS
        return await self.troubles.pause(job.guild_id, channel_id)

    async def _may_be_there(self, job: Job, original: PostedMessage, channel_id: int) -> bool:
        if not await self.channel.may_show(job.guild_id, original.channel_id, channel_id):
            return False
        try:
            await self.venues.check_may_post(replace(job, channel_id=channel_id))
        except Undeliverable:
            return False
        return True

    async def _post(self, video: ShowcaseVideo, job: Job, channel_id: int, stars: int, original: PostedMessage) -> None:
        store, now = self.showcase.store, self.showcase.clock.now()
        try:
            post = await self._found(video, job, channel_id)
            if post is None:
                if video.channel_id != channel_id:
                    await store.begin(job.id, channel_id, now)
                nonce = nonce_of("s", job.id, channel_id)
                post = await self.channel.post(job, channel_id, stars, original, nonce=nonce)
        except Undeliverable as no:
            was_begun = video.begun_at is not None and video.channel_id == channel_id
            if no.channel_gone or not (was_begun or no.may_stand):
                await store.not_begun(job.id)  # nothing of it stands there
            await self._refused(job, channel_id, no)
            return
        await self.troubles.over(job.guild_id)
        # As a copy of the video it is deleted, taken down and covered with the others.
        await self.messages.remember_copy(job.id, post)
        said = stars if video.begun_at is None else UNKNOWN  # an earlier attempt may have posted it with fewer
        stays = await store.shown(job, post, said, self.showcase.clock.now())
        known = await self.queries.get(job.id)
        if stays and (known is None or known.deleted):
            await store.leave(job.id, self.showcase.clock.now())
            self.showcase.news.set()
        elif not stays:
            # It was erased or taken out meanwhile: nobody may look for the post any more.
            await self.channel.remove(post)

    async def _found(self, video: ShowcaseVideo, job: Job, channel_id: int) -> PostedMessage | None:
        """What an earlier attempt may have posted: while Discord knows the nonce, a repeated post finds it, too."""
        if video.channel_id is None or video.begun_at is None:
            return None
        is_fresh = self.showcase.clock.now() - video.begun_at < NONCE_HOLDS
        if video.channel_id == channel_id and is_fresh:
            return None
        try:
            return await self.channel.find_posted(job, video.channel_id, video.begun_at)
        except Undeliverable:
            if video.channel_id == channel_id:
                raise
            return None  # its server has chosen another channel since

    async def _refused(self, job: Job, channel_id: int, no: Undeliverable) -> None:
        store = self.showcase.store
        if no.reach is not Reach.CHANNEL:
            log.info("%s does not come into the showcase: %s", job.id, no.sentence)
            await store.forget(job.id)
            return
        pause = await self.troubles.tell(job.guild_id, channel_id, no)
        if no.channel_gone:
            await self.showcase.preferences.forget_channel(job.guild_id, ChannelUse.SHOWCASE, channel_id)
        await store.put_off(job.id, self.showcase.clock.now() + pause)

    # There

    async def _count(self, job: Job, post: PostedMessage, said: int) -> None:
        """A post that somebody deleted is not posted again."""
        stars, store = await self.showcase.store.stars(job), self.showcase.store
        try:
            is_there = stars == said or await self.channel.update(job, post, stars)
        except Undeliverable as no:
            log.info("the ★ of %s are not brought up to date in its showcase: %s", job.id, no.sentence)
            is_there = not no.channel_gone
        if is_there:
            await store.shown(job, post, stars, self.showcase.clock.now())
        else:
            await store.out(job.id)

    # Out

    async def _leave(self, video: ShowcaseVideo) -> None:
        now = self.showcase.clock.now()
        await self.showcase.store.leave(video.job_id, now)
        await self._remove(replace(video, since=now))

    async def _remove(self, video: ShowcaseVideo) -> None:
        """What was begun to be posted is looked for: it may stand there."""
        store, now = self.showcase.store, self.showcase.clock.now()
        try:
            post = video.post or await self._begun(video)
            if post is not None:
                await self.channel.remove(post)
        except Undeliverable as no:
            log.info("the post of %s cannot be removed from its showcase: %s", video.job_id, no.sentence)
            if not no.channel_gone and now - video.since < TRIED_FOR:
                await store.put_off(video.job_id, now + timedelta(hours=1))
                return
        await store.out(video.job_id)

    async def _begun(self, video: ShowcaseVideo) -> PostedMessage | None:
        job = await self.queries.get(video.job_id)
        if job is None or video.channel_id is None or video.begun_at is None:
            return None
        return await self.channel.find_posted(job, video.channel_id, video.begun_at)
