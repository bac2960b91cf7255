"""The card that shows a job's progress, and the message that shows its video. Pure: rebuilt from a job each time."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, MediaGallery, Section, TextDisplay, Thumbnail

from bot.data_classes import value_object
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message
from bot.domain.moderation.cases import TakenDown
from bot.domain.phases import (
    AwaitingApproval,
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Tone,
    Trait,
    Undelivered,
    Unknown,
)
from bot.domain.video import Mode
from bot.jobs.ordering.alternatives import Alternatives
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.interactions.buttons import (
    AdoptButton,
    AgainButton,
    CancelButton,
    DismissButton,
    EditButton,
    GiveUpButton,
    JobButton,
    MoreButton,
    OtherButton,
    PayAgainButton,
    RemixButton,
    ShowButton,
)
from bot.ui.text.formatting import bold, cut
from bot.ui.text.phrases import cards, results
from bot.ui.text.phrases.moderation.reports import taken_down
from bot.ui.text.phrases.results import ResultFacts
from bot.ui.text.phrases.values import A_PRIVATE_VIDEO, lines, small
from bot.ui.text.render import plain_text, render

BLUE, ORANGE, GREEN, RED, GREY = 0x5B7CFA, 0xF08A3C, 0x3BA55D, 0xD8434E, 0x80848E
TONES = {Tone.GOOD: GREEN, Tone.BAD: RED, Tone.QUIET: GREY}
REFERENCE, POSTER = "reference.jpg", "poster.webp"
NO_FACTS = ResultFacts()
LONGEST_DESCRIPTION = 250  # characters; Discord allows 1,024


@value_object
class CardFacts:
    """What a card shows besides the job itself."""

    estimate: JobEstimate
    label: str | None = None  # of its model
    parent: str | None = None  # a link to the message with the source of this remix
    before: float | None = None  # seconds of the video that it extends
    result: PostedMessage | None = None
    has_picture: bool = False  # uploaded with the card: a preview of the reference, or the poster of a finished video
    is_spoiler: bool = False  # the poster
    alternatives: Alternatives | None = None  # only if another model might help
    taken_down: TakenDown | None = None  # by managers


class JobCard(LayoutView):
    """One job in its current state."""

    def __init__(self, job: Job, about: CardFacts) -> None:
        super().__init__(timeout=None)
        label = about.label or job.request.model
        if isinstance(job.phase, Done) and about.result is not None:
            folded = cards.folded(job, link_to(job, about.result), label, cards.elsewhere(job, about.result))
            said = TextDisplay[JobCard](render(folded))
            poster = Section(said, accessory=_poster(job, is_spoiler=about.is_spoiler)) if about.has_picture else said
            self.add_item(Container(poster, accent_colour=GREEN))
            return
        card: Container[JobCard] = Container(accent_colour=_colour(job))
        words = TextDisplay[JobCard](bold(job.request.prompt) if job.request.prompt else render(A_PRIVATE_VIDEO))
        card.add_item(Section(words, accessory=_reference(job)) if about.has_picture else words)
        status = taken_down(about.taken_down) if about.taken_down else cards.status(job, about.estimate, label)
        state = lines(status, cards.trouble(job, about.alternatives, label))
        card.add_item(TextDisplay(render(state)))
        card.add_item(TextDisplay(render(cards.small_print(job, label, about.parent, about.before))))
        if buttons := [*buttons_for(job), *_other(job, about.alternatives)]:
            card.add_item(ActionRow(*buttons))
        self.add_item(card)


def buttons_for(job: Job) -> list[JobButton]:
    """What can be done with a job now."""
    if Trait.CANCELLABLE in job.phase.traits:
        return [] if job.cancel_asked_by else [CancelButton(job.id)]
    match job.phase:
        case Saving(is_stuck=True):
            return [GiveUpButton(job.id)]
        case Failed():
            return [EditButton(job.id), AgainButton(job.id, cards.RUN_AGAIN), DismissButton(job.id)]
        case Undelivered() if not job.deleted:
            return [ShowButton(job.id)]
        case Cancelled():
            return [AgainButton(job.id, cards.RUN_AGAIN), DismissButton(job.id)]
        case NeedsReview() as aside:
            return _decisions(job, aside)
        case Queued() | AwaitingApproval() | Submitting() | Unknown() | Rendering() | Saving() | Posting():
            return []
        case Done() | Undelivered():
            return []


def _other(job: Job, alternatives: Alternatives | None) -> list[JobButton]:
    return [OtherButton(job.id)] if alternatives is not None and alternatives.has_others else []


def _decisions(job: Job, aside: NeedsReview) -> list[JobButton]:
    """What a manager can decide. An order booked as paid is ordered again rather than paid within its price."""
    go_on = [AdoptButton(job.id, cards.GO_ON if aside.can_go_on else None)]
    pay = [PayAgainButton(job.id, None if aside.was_sent else cards.order_it(job))]
    return [*(go_on if aside.was_sent else []), *(pay if job.cost is None else []), GiveUpButton(job.id)]


def link_to(job: Job, message: PostedMessage) -> str:
    """The link to a message about a job; private ones are in direct messages."""
    return message.address(None if job.private or message.direct else job.guild_id)


def _reference(job: Job) -> Thumbnail[JobCard]:
    return Thumbnail(f"attachment://{REFERENCE}", description=cut(plain_text(cards.reference(job)), 1000))


def _colour(job: Job) -> int:
    return (
        (BLUE if job.request.mode is Mode.CREATE else ORANGE)
        if job.phase.tone is Tone.ACTIVE
        else TONES[job.phase.tone]
    )


class ResultPost(LayoutView):
    """The finished video.

    `file` is the name under which the MP4, or a still instead of it, is uploaded. `note` says what is special about
    this copy; `link` opens the video elsewhere; `asked_by` asked to see it again. `has_poster`: the poster is uploaded
    with it, as `POSTER`.
    """

    def __init__(
        self,
        job: Job,
        file: str | None,
        about: ResultFacts = NO_FACTS,
        *,
        has_poster: bool = False,
        late: bool = False,
        note: Message | None = None,
        link: str | None = None,
        asked_by: int | None = None,
    ) -> None:
        super().__init__(timeout=None)
        card: Container[ResultPost] = Container(accent_colour=BLUE if job.request.mode is Mode.CREATE else ORANGE)
        if file is not None:
            card.add_item(gallery(job, file, is_spoiler=about.is_spoiler))
        card.add_item(TextDisplay(bold(job.request.prompt)))
        names_owner = asked_by is not None and asked_by != job.owner_id
        known = results.result_line(job, about, late=late, names_owner=names_owner)
        too_late = cards.TOO_LATE if job.cancel_asked_by is not None and asked_by is None else None
        said = [small(each) for each in (note, too_late) if each is not None]
        text = TextDisplay[ResultPost](render(lines(known, *said)))
        card.add_item(Section(text, accessory=_poster(job, is_spoiler=about.is_spoiler)) if has_poster else text)
        watch = [] if link is None else [watch_button(link)]
        again = AgainButton(job.id, cards.run_again(job))
        card.add_item(ActionRow(*watch, RemixButton(job.id), again, MoreButton(job.id)))
        news = results.ready(job.owner_id) if asked_by is None else results.shown_again(asked_by)
        self.add_item(TextDisplay(render(news)))
        self.add_item(card)


def gallery(job: Job, file: str, *, is_spoiler: bool) -> MediaGallery[Any]:
    """The video, or a still instead of it, that is uploaded under this name."""
    description = described(job, still=not file.endswith(".mp4"))
    return MediaGallery(discord.MediaGalleryItem(f"attachment://{file}", description=description, spoiler=is_spoiler))


def watch_button(link: str) -> Button[Any]:
    return Button(label=plain_text(results.WATCH), url=link)


def _poster(job: Job, *, is_spoiler: bool) -> Thumbnail[Any]:
    return Thumbnail(f"attachment://{POSTER}", description=described(job, still=True), spoiler=is_spoiler)


def described(job: Job, *, still: bool) -> str:
    """A text alternative for a video."""
    return cut(plain_text(results.described(job, still=still)), LONGEST_DESCRIPTION)
