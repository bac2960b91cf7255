"""/history: a page of somebody's videos with their posters, and the buttons that leaf through it.

A page is an ephemeral answer, so it is changed through the interaction of the button that was pressed. The buttons
carry all they need: `k1:history:<which>:<older|newer>:<job id>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Self

import discord
from discord.ui import ActionRow, Button, Container, Item, LayoutView, Section, Separator, TextDisplay, Thumbnail

from bot.domain.access.members import Member
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message, value
from bot.domain.moderation.cases import TakenDown
from bot.domain.phases import Failed, NeedsReview, Undelivered
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.studio.library import VideoFilter, VideoPage
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.ui.cards.job_card import BLUE, LONGEST_DESCRIPTION, link_to
from bot.ui.cards.stored_files import HEAVIEST_POSTER, content_of
from bot.ui.interactions.buttons import VERSION, FramesButton, LastingButton, ShowButton
from bot.ui.interactions.responses import update
from bot.ui.screens.budget import TextBudget
from bot.ui.text.formatting import cut
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.moderation.reports import taken_down_briefly
from bot.ui.text.phrases.values import lines, small, words
from bot.ui.text.render import plain_text

PER_PAGE = 5  # seven components each leave room for the rest within Discord's 40
# Characters; escaping may double them, and a message holds 4,000.
SHOWN_PROMPT = 140
SHOWN_REASON = 100
ARROWS = {Direction.NEWER: "◀️", Direction.OLDER: "▶️"}


class PageButton(
    LastingButton,
    template=rf"{VERSION}:history:(?P<which>{'|'.join(HistoryFilter)}):(?P<way>{'|'.join(Direction)}):(?P<job>{PATTERN})",
):
    """Turns to the next page, or back."""

    def __init__(self, which: HistoryFilter, cursor: Cursor) -> None:
        text, emoji = plain_text(lists.LEAF[cursor.direction]), ARROWS[cursor.direction]
        custom_id = f"{VERSION}:history:{which}:{cursor.direction}:{cursor.at}"
        super().__init__(Button(label=text, emoji=emoji, custom_id=custom_id))
        self.which = which
        self.cursor = cursor

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(HistoryFilter(match["which"]), Cursor(direction=Direction(match["way"]), at=JobId(match["job"])))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page shows beside its jobs: where results are, and which of them have a poster uploaded with the page."""

    results: Mapping[JobId, PostedMessage] = field(default_factory=dict)
    posters: frozenset[JobId] = frozenset()
    labels: Mapping[JobId, str] = field(default_factory=dict)  # of their models
    taken_down: Mapping[JobId, TakenDown] = field(default_factory=dict)  # by managers
    gallery: str | None = None  # a link that opens the reader's own


class HistoryScreen(LayoutView):
    """One page. Pure: built afresh from what was looked up."""

    def __init__(self, page: VideoPage, about: PageFacts) -> None:
        super().__init__(timeout=None)
        room = TextBudget(1 + max(1, len(page.jobs)))
        card: Container[HistoryScreen] = Container(
            TextDisplay(room.text(lists.history_title(page.wanted.state))), accent_colour=BLUE
        )
        for number, job in enumerate(page.jobs):
            if number:
                card.add_item(Separator())
            text = TextDisplay[HistoryScreen](room.text(_entry(job, about)))
            card.add_item(Section(text, accessory=_poster(job)) if job.id in about.posters else text)
            if job.is_at_rest and job.video is not None:
                card.add_item(ActionRow(ShowButton(job.id, lists.SHOW), FramesButton(job.id)))
        if not page.jobs:
            card.add_item(TextDisplay(room.text(lists.NOTHING[page.wanted.state])))
        self.add_item(card)
        buttons: list[Item[Any]] = [PageButton(page.wanted.state, cursor) for cursor in _cursors(page)]
        if about.gallery is not None:
            buttons.append(Button(label=plain_text(lists.OPEN_GALLERY), url=about.gallery))
        if buttons:
            self.add_item(ActionRow(*buttons))


def _cursors(page: VideoPage) -> list[Cursor]:
    if not page.jobs:
        return []
    newer = [Cursor(direction=Direction.NEWER, at=page.jobs[0].id)] if page.newer else []
    older = [Cursor(direction=Direction.OLDER, at=page.jobs[-1].id)] if page.older else []
    return [*newer, *older]


def _entry(job: Job, about: PageFacts) -> Message:
    result = about.results.get(job.id)
    link = link_to(job, result) if result is not None and job.video is not None else None
    entry = lists.history_entry(job, SHOWN_PROMPT, link, about.labels.get(job.id))
    if down := about.taken_down.get(job.id):
        return lines(entry, small(taken_down_briefly(down, SHOWN_REASON)))
    match job.phase:
        case Undelivered(reason=reason) | Failed(reason=reason) | NeedsReview(reason=reason):
            entry = lines(entry, small(value(words(plain_text(reason), SHOWN_REASON))))
        case _:
            pass
    return entry


def _poster(job: Job) -> Thumbnail[HistoryScreen]:
    return Thumbnail(
        f"attachment://{_file(job.id)}", description=cut(plain_text(lists.poster(job)), LONGEST_DESCRIPTION)
    )


def _file(job_id: JobId) -> str:
    return f"{job_id}.webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """A page together with the posters it shows."""

    view: HistoryScreen
    posters: Mapping[JobId, bytes]

    def as_edit(self) -> dict[str, Any]:
        """Arguments for any of discord.py's `edit` methods. A V2 edit lists all it shows, so posters come anew."""
        return {
            "view": self.view,
            "attachments": [discord.File(BytesIO(data), _file(job_id)) for job_id, data in self.posters.items()],
            "allowed_mentions": discord.AllowedMentions.none(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPages:
    """Looks up what a page shows."""

    browse: BrowseVideos
    library: BrowseLibrary
    messages: MessageStore
    files: FileStore
    gallery_of: Callable[[Member], str] | None = None  # where people can reach this machine

    async def fill_in(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        wanted: VideoFilter,
        cursor: Cursor | None = None,
    ) -> None:
        """Put a page into a deferred answer."""
        page = await self.library.page(member, wanted, cursor, PER_PAGE)
        # Changing an answer takes the right to attach files in the channel, though the first answer does not.
        drawn = await self._drawn(page, member, with_posters=interaction.app_permissions.attach_files)
        await update(interaction, **drawn.as_edit())

    async def _drawn(self, page: VideoPage, member: Member, *, with_posters: bool) -> DrawnPage:
        seen = {job.id: (await self.messages.shown(job.id)).result for job in page.jobs}
        looked = {job.id: await poster_of(self.files, job) for job in page.jobs if with_posters}
        posters = {job_id: data for job_id, data in looked.items() if data is not None}
        about = PageFacts(
            results={job_id: message for job_id, message in seen.items() if message is not None},
            posters=frozenset(posters),
            labels={job.id: self.browse.label(job) for job in page.jobs},
            taken_down=await self.browse.private_videos.taken_down(page.jobs),
            gallery=None if self.gallery_of is None else self.gallery_of(member),
        )
        return DrawnPage(view=HistoryScreen(page, about), posters=posters)


async def poster_of(files: FileStore, job: Job) -> bytes | None:
    """The moving poster, or the still one of a video that has no other. An unusually heavy one is left out."""
    if job.video is None:
        return None
    moving = await content_of(files, job.video.moving_poster, HEAVIEST_POSTER)
    return moving or await content_of(files, job.video.poster, HEAVIEST_POSTER)
