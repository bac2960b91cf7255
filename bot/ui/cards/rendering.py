"""A card together with the files it shows, ready to be sent or to replace an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any, Protocol

import discord
from discord.ui import LayoutView

from bot.data_classes import value_object, wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import name_of
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.jobs.delivery.cards import CardTrouble
from bot.jobs.ordering.alternatives import ModelAlternatives
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.jobs.use_cases.private_videos import CONCEALED
from bot.ui.cards.job_card import POSTER, REFERENCE, CardFacts, JobCard
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.lookup import length_before, parent_link
from bot.ui.cards.own_files import OwnFile
from bot.ui.cards.posters import still_poster
from bot.ui.cards.stored_files import content_of

STEADY = timedelta(seconds=10)  # an estimate that changes by less is not redrawn
NOTHING_UPLOADED: Mapping[str, OwnFile] = {}


@value_object
class DrawnCard:
    """A card as it is now. `files`: the pictures it shows, by the names under which they are uploaded."""

    view: LayoutView
    files: Mapping[str, bytes]  # of the source, or of the videos themselves
    estimate: JobEstimate  # of a batch, the one that changes first
    bare: DrawnCard | None = None  # the same without its poster, for a channel that no longer accepts files

    def as_message(self) -> dict[str, Any]:
        """Arguments for sending it as a new message."""
        return {"view": self.view, "files": [_file(name, content) for name, content in self.files.items()]}

    def as_edit(self, uploaded: Mapping[str, OwnFile] = NOTHING_UPLOADED) -> dict[str, Any]:
        """Arguments for any of discord.py's `edit` methods.

        A V2 edit lists everything it shows: what is `uploaded` stays.
        """
        shown = [uploaded.get(name) or _file(name, content) for name, content in self.files.items()]
        return {"view": self.view, "attachments": shown, "allowed_mentions": discord.AllowedMentions.none()}

    def looks_like(self, other: DrawnCard) -> bool:
        """Whether people would see no difference."""
        return self._components() == other._components()

    def _components(self) -> list[dict[str, Any]]:
        view: Any = self.view  # discord.py has no types for this method
        return list(view.to_components())


@value_object
class LastDrawn:
    """What a card shows now, and the jobs it was drawn from: one, or a batch."""

    jobs: Mapping[JobId, Job]
    card: DrawnCard
    noted: bool  # whether it is stored that the card shows these states

    def shows(self, job: Job) -> bool:
        """Whether it shows the job in its phase."""
        before = self.jobs.get(job.id)
        return before is not None and name_of(before.phase) == name_of(job.phase)


def _file(name: str, content: bytes) -> discord.File:
    return discord.File(BytesIO(content), name)


class CardKeeper(Protocol):
    """Keeps cards in sync with their jobs; nobody else edits them."""

    async def remember(self, jobs: Sequence[Job], message: discord.Message, drawn: DrawnCard | None) -> None:
        """A message has become the card of a job, or of a batch, its lead first.

        It shows `drawn`, made from these jobs as they are here; None if that is still to come.
        """
        ...

    async def expect(self, interaction_id: int, message: discord.Message) -> None:
        """If the order of this interaction gets stored, this message is its card."""
        ...

    def seek(self, job: Job) -> None:
        """The card of a job may have been shown without our knowing where."""
        ...

    def refresh(self, job: Job) -> None:
        """What its card shows besides jobs has changed."""
        ...

    async def dismiss(self, job: Job) -> None:
        """Remove the card of an order that produced nothing. Raises Undeliverable and Unavailable."""
        ...

    async def trouble_of(self, job: Job) -> CardTrouble | None:
        """Why Discord last refused to change its card, as long as that applies."""
        ...


@wired
class CardRenderer:
    """Looks up what a card shows besides the job itself."""

    browse: BrowseVideos
    alternatives: ModelAlternatives
    messages: MessageStore
    files: FileStore
    languages: ServerLanguages
    spoilers: SpoilerRules

    async def draw(self, job: Job, before: DrawnCard | None = None) -> DrawnCard:
        """The card of a job, with its place in the queue and the remaining time, steadied by the card `before`."""
        estimate = await self.browse.estimate(job)
        if before is not None:
            estimate = _steady(estimate, before.estimate)
        result = (await self.messages.shown(job.id)).result if job.is_at_rest else None
        picture = await (self._preview(job) if result is None else self._poster(job))
        about = CardFacts(
            estimate=estimate,
            label=self.browse.label(job),
            parent=await parent_link(job, self.browse, self.messages),
            before=await length_before(job, self.browse),
            result=result,
            has_picture=picture is not None,
            is_spoiler=result is not None and picture is not None and await self.spoilers.covers(job),
            alternatives=await self.alternatives.alternatives(job),
            taken_down=(await self.browse.private_videos.taken_down([job])).get(job.id),
        )
        files = {} if picture is None else {REFERENCE if result is None else POSTER: picture}
        async with self.languages.reading(job.guild_id):
            bare = None
            if POSTER in files:
                bare = DrawnCard(view=JobCard(job, replace(about, has_picture=False)), files={}, estimate=estimate)
            return DrawnCard(view=JobCard(job, about), files=files, estimate=estimate, bare=bare)

    async def _preview(self, job: Job) -> bytes | None:
        picture = job.request.picture
        return None if picture is None else await content_of(self.files, picture.preview)

    async def _poster(self, job: Job) -> bytes | None:
        """None for those who may not watch the video, whose prompt they do not see either."""
        return None if job.request.prompt == CONCEALED else await still_poster(self.files, job)


def _steady(now: JobEstimate, before: JobEstimate) -> JobEstimate:
    """The previous estimate, unless it has changed noticeably."""
    if now.ready_at is None or before.ready_at is None or abs(now.ready_at - before.ready_at) >= STEADY:
        return now
    return replace(now, ready_at=before.ready_at)
