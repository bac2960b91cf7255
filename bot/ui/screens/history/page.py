"""/history: a page of videos with their posters, and what can be done with each.

A page is an ephemeral reply, so it is edited through the interaction of the button that was pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from io import BytesIO
from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, Item, LayoutView, Section, Separator, TextDisplay, Thumbnail

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import may_end
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message, value
from bot.domain.moderation.cases import TakenDown
from bot.domain.money.costs import DateRange
from bot.domain.phases import Cancelled, Done, Failed, NeedsReview, Undelivered
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.studio.library import VideoFilter, VideoPage
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import STILL_COLLECTING
from bot.domain.texts.searching import terms_of
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.ratings import Ratings
from bot.jobs.use_cases.studio.views import HistoryViews
from bot.ui.cards.job_card import BLUE, LONGEST_DESCRIPTION, link_to
from bot.ui.cards.posters import moving_poster, posters_of
from bot.ui.interactions.buttons import AgainButton, DeleteButton, RemixButton, ShowButton
from bot.ui.interactions.responses import update
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.history.buttons import FIRST_OF_MINE, PageButton, Place, StarButton
from bot.ui.screens.history.several import SeveralButton
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.moderation.reports import taken_down_briefly
from bot.ui.text.phrases.studio import history
from bot.ui.text.phrases.values import lines, small, words
from bot.ui.text.render import plain_text

PER_PAGE = 3  # eleven components each, which leaves room for the rest within Discord's 40
# In characters; escaping may double them, and a message has room for 4,000.
SHOWN_PROMPT = 140
SHOWN_REASON = 100


@value_object
class PageFacts:
    """What a page shows in addition to its jobs: where results are, and which posters are uploaded with the page."""

    reader_id: int
    place: Place = FIRST_OF_MINE
    results: Mapping[JobId, PostedMessage] = field(default_factory=dict)
    posters: frozenset[JobId] = frozenset()
    labels: Mapping[JobId, str] = field(default_factory=dict)  # of their models
    model: str | None = None  # the display name of the one that is filtered by
    days: DateRange = DateRange()  # that are filtered by
    taken_down: Mapping[JobId, TakenDown] = field(default_factory=dict)  # by managers
    favourites: frozenset[JobId] = frozenset()
    ratings: Mapping[JobId, VideoRating] = field(default_factory=dict)
    deletable: frozenset[JobId] = frozenset()  # by the reader
    words_only: str | None = None  # the view of the same search without other filters
    gallery: str | None = None  # a link that opens the reader's own gallery
    refusal: Message | None = None  # why the reader may not make videos, if so; looked up for an empty list only


class HistoryScreen(LayoutView):
    """One page. Pure: built from the facts that were looked up."""

    def __init__(self, page: VideoPage, about: PageFacts) -> None:
        super().__init__(timeout=None)
        room = TextBudget(1 + max(1, len(page.jobs)))
        title = lines(
            history.title(page.wanted, about.reader_id, about.model, about.days),
            None if page.searched_all else small(STILL_COLLECTING),
        )
        card: Container[HistoryScreen] = Container(TextDisplay(room.text(title)), accent_colour=BLUE)
        for number, job in enumerate(page.jobs):
            if number:
                card.add_item(Separator())
            text = TextDisplay[HistoryScreen](room.text(_entry(job, page.wanted, about)))
            card.add_item(Section(text, accessory=_poster(job)) if job.id in about.posters else text)
            for row in _rows(job, about):
                card.add_item(ActionRow(*row))
        if not page.jobs:
            card.add_item(TextDisplay(room.text(_nothing(page.wanted, about))))
        self.add_item(card)
        if below := _below(page, about):
            self.add_item(ActionRow(*below))


def _nothing(wanted: VideoFilter, about: PageFacts) -> Message:
    return history.nothing(wanted, about.reader_id, about.refusal, is_searchable=bool(terms_of(wanted.words)))


def _rows(job: Job, about: PageFacts) -> Sequence[Sequence[Item[Any]]]:
    """Buttons that continue a video, and those that keep or delete it: five in one row would wrap on most screens."""
    if not job.is_at_rest or job.deleted:
        return []
    again, delete = AgainButton(job.id), [DeleteButton(job.id)] if job.id in about.deletable else []
    match job.phase:
        case Done() | Undelivered():
            star = StarButton(about.place, job.id, is_favourite=job.id in about.favourites)
            return [[ShowButton(job.id, history.SHOW), RemixButton(job.id), again], [star, *delete]]
        case Failed() | Cancelled():
            return [[again, *delete]]
        case _:
            return [[ShowButton(job.id, history.SHOW)]] if job.video is not None else []


def _below(page: VideoPage, about: PageFacts) -> list[Item[Any]]:
    buttons: list[Item[Any]] = [
        PageButton(Place(about.place.view, cursor), history.leaf(page.wanted, cursor.direction))
        for cursor in _cursors(page)
    ]
    if not page.jobs and not history.is_of_all_own(page.wanted, about.reader_id):
        if about.words_only is not None:
            buttons.append(PageButton(Place(about.words_only), history.WITHOUT_FILTERS))
        buttons.append(PageButton(Place(HistoryFilter.ALL)))
    if page.jobs and (len(page.jobs) > 1 or buttons):
        buttons.append(SeveralButton(about.place))
    if about.gallery is not None:
        buttons.append(Button(label=plain_text(history.OPEN_GALLERY), url=about.gallery))
    return buttons


def _cursors(page: VideoPage) -> list[Cursor]:
    if not page.jobs:
        return []
    newer = [Cursor(direction=Direction.NEWER, at=page.jobs[0].id)] if page.newer else []
    older = [Cursor(direction=Direction.OLDER, at=page.jobs[-1].id)] if page.older else []
    return [*newer, *older]


def _entry(job: Job, wanted: VideoFilter, about: PageFacts) -> Message:
    result = about.results.get(job.id)
    link = link_to(job, result) if result is not None and job.video is not None else None
    owner = None if wanted.owner_id is not None else job.owner_id
    rated = about.ratings.get(job.id, UNRATED)
    entry = history.entry(job, SHOWN_PROMPT, link, about.labels.get(job.id), owner=owner, rated=rated)
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
        f"attachment://{_file(job.id)}", description=cut(plain_text(history.poster(job)), LONGEST_DESCRIPTION)
    )


def _file(job_id: JobId) -> str:
    return f"{job_id}.webp"


@value_object
class DrawnPage:
    """A page together with its posters."""

    view: HistoryScreen
    posters: Mapping[JobId, bytes]

    def as_edit(self) -> dict[str, Any]:
        """Arguments for discord.py's `edit` methods.

        A V2 edit lists all its files, so the posters are uploaded again.
        """
        return {
            "view": self.view,
            "attachments": [discord.File(BytesIO(data), _file(job_id)) for job_id, data in self.posters.items()],
            "allowed_mentions": discord.AllowedMentions.none(),
        }


@wired
class HistoryPages:
    """Looks up what a page shows."""

    browse: BrowseVideos
    library: BrowseLibrary
    views: HistoryViews
    favourites: Favourites
    ratings: Ratings
    messages: MessageStore
    files: FileStore
    authorization: Authorization
    gallery_of: Callable[[Member], str] | None = None  # if people can reach this machine

    async def fill_in(self, interaction: discord.Interaction[Any], member: Member, wanted: VideoFilter) -> None:
        """Put the newest matches into a deferred reply."""
        await self._fill_in(interaction, member, wanted, Place(await self.views.name_of(member, wanted)))

    async def turn(self, interaction: discord.Interaction[Any], member: Member, place: Place) -> None:
        """Put a page into the message whose button was pressed. Raises BadRequest if its view has been forgotten."""
        await self._fill_in(interaction, member, await self.views.named(member, place.view), place)

    async def _fill_in(
        self, interaction: discord.Interaction[Any], member: Member, wanted: VideoFilter, place: Place
    ) -> None:
        page = await self.library.page(member, wanted, place.cursor, PER_PAGE)
        # Editing a reply needs the right to attach files in the channel, although the first reply does not.
        drawn = await self._drawn(page, member, place, with_posters=interaction.app_permissions.attach_files)
        await update(interaction, **drawn.as_edit())

    async def _drawn(self, page: VideoPage, member: Member, place: Place, *, with_posters: bool) -> DrawnPage:
        seen = {job.id: (await self.messages.shown(job.id)).result for job in page.jobs}
        posters = await posters_of(self.files, page.jobs if with_posters else (), moving_poster)
        model = page.wanted.model
        about = PageFacts(
            reader_id=member.id,
            place=place,
            results={job_id: message for job_id, message in seen.items() if message is not None},
            posters=frozenset(posters),
            labels={job.id: self.browse.label(job) for job in page.jobs},
            model=None if model is None else self.browse.catalogue.label(model),
            days=await self.library.days(member, page.wanted),
            taken_down=await self.browse.private_videos.taken_down(page.jobs),
            favourites=await self.favourites.among(member, page.jobs),
            ratings=await self.ratings.counted(page.jobs),
            deletable=frozenset(job.id for job in page.jobs if may_end(member, job)),
            words_only=await self._words_only(page, member),
            gallery=None if self.gallery_of is None else self.gallery_of(member),
            refusal=None if page.jobs else await self.authorization.refusal(member),
        )
        return DrawnPage(view=HistoryScreen(page, about), posters=posters)

    async def _words_only(self, page: VideoPage, member: Member) -> str | None:
        """Offered if nothing was found, perhaps because of other filters."""
        wanted = page.wanted
        without = VideoFilter(owner_id=wanted.owner_id, words=wanted.words)
        if page.jobs or not wanted.words or wanted == without or wanted.favourites:
            return None
        return await self.views.name_of(member, without)
