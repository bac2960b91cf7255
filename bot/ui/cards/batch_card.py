"""The one card of several videos that were ordered at once. Pure: rebuilt from the jobs each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

import discord
from discord.ui import ActionRow, Container, LayoutView, MediaGallery, TextDisplay

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.moderation.cases import TakenDown
from bot.domain.phases import Cancelled, Failed, Unsent
from bot.domain.studio.batches import BatchKind, batch_kind
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.cards.batch_buttons import CancelWaitingButton, VoteButton
from bot.ui.cards.job_card import BLUE, GREEN, GREY, LONGEST_DESCRIPTION, ORANGE, RED
from bot.ui.interactions.buttons import AgainButton, DismissButton, JobButton, RemixButton, ShowButton, in_rows
from bot.ui.text.formatting import bold, cut, cut_marked
from bot.ui.text.phrases.moderation.reports import taken_down
from bot.ui.text.phrases.studio import batches as phrases
from bot.ui.text.phrases.values import A_PRIVATE_VIDEO
from bot.ui.text.render import plain_text, render

LONGEST_LINE = 300  # characters for the state of each; a card has room for 4,000 altogether


@value_object
class BatchFacts:
    """What the card shows besides the jobs themselves, by job."""

    estimates: Mapping[JobId, JobEstimate]
    labels: Mapping[JobId, str]
    posters: Mapping[JobId, str] = field(default_factory=dict)  # names of files that are uploaded with the card
    covered: frozenset[JobId] = frozenset()  # shown as spoilers
    elsewhere: Mapping[JobId, str] = field(default_factory=dict)  # links to those that are posted separately
    taken_down: Mapping[JobId, TakenDown] = field(default_factory=dict)
    votes: Mapping[JobId, int] = field(default_factory=dict)
    parent: str | None = None  # a link to the video that they are remixes of


class BatchCard(LayoutView):
    """Up to `LARGEST_BATCH` of them, in their order."""

    def __init__(self, batch: Sequence[Job], about: BatchFacts) -> None:
        super().__init__(timeout=None)
        first, kind = batch[0], batch_kind([job.request for job in batch])
        card: Container[BatchCard] = Container(accent_colour=_colour(batch))
        card.add_item(TextDisplay(render(phrases.title(kind, first, about.parent))))
        if kind not in {BatchKind.PROMPTS, BatchKind.ORDERS}:
            card.add_item(TextDisplay(bold(first.request.prompt) if first.request.prompt else render(A_PRIVATE_VIDEO)))
        if about.posters:
            card.add_item(MediaGallery(*(_poster(job, about) for job in batch if job.id in about.posters)))
        card.add_item(TextDisplay("\n".join(_line(job, kind, about) for job in batch)))
        card.add_item(TextDisplay(render(phrases.small_print(batch, kind, about.labels[first.id]))))
        for row in _rows(batch, kind, about):
            card.add_item(ActionRow(*row))
        self.add_item(card)


def _line(job: Job, kind: BatchKind, about: BatchFacts) -> str:
    said: Message = phrases.line(job, kind, about.labels[job.id], about.estimates[job.id])
    if (case := about.taken_down.get(job.id)) is not None:
        said = taken_down(case)
    written = cut_marked(render(said), LONGEST_LINE)
    return f"{written}\n{render(phrases.elsewhere(about.elsewhere[job.id]))}" if job.id in about.elsewhere else written


def _poster(job: Job, about: BatchFacts) -> discord.MediaGalleryItem:
    description = cut(plain_text(phrases.poster(job)), LONGEST_DESCRIPTION)
    name = about.posters[job.id]
    return discord.MediaGalleryItem(f"attachment://{name}", description=description, spoiler=job.id in about.covered)


def _rows(batch: Sequence[Job], kind: BatchKind, about: BatchFacts) -> list[Sequence[JobButton]]:
    """For each video a button to show it or run it again, one to remix it, and one to vote for it."""
    finished = [job for job in batch if job.video is not None and job.is_at_rest]
    rows: list[Sequence[JobButton]] = []
    rows += in_rows([button for job in batch if (button := _first_button(job)) is not None])
    rows += in_rows([RemixButton(job.id, phrases.remix(phrases.number_of(job))) for job in finished])
    if kind is BatchKind.COMPARISON and len(finished) > 1:
        rows.append(
            [VoteButton(job.id, phrases.vote(phrases.number_of(job), about.votes.get(job.id, 0))) for job in finished]
        )
    if all(isinstance(job.phase, Failed | Cancelled) for job in batch):
        rows.append([DismissButton(batch[0].id)])
    if any(isinstance(job.phase, Unsent) and not job.cancel_asked_by for job in batch):
        rows.append([CancelWaitingButton(batch[0].id)])
    return rows


def _first_button(job: Job) -> JobButton | None:
    if job.video is not None and job.is_at_rest:
        return ShowButton(job.id, phrases.show(phrases.number_of(job)))
    if isinstance(job.phase, Failed | Cancelled):
        return AgainButton(job.id, phrases.run_again(phrases.number_of(job)))
    return None


def _colour(batch: Sequence[Job]) -> int:
    if not all(job.is_at_rest for job in batch):
        return ORANGE if batch[0].request.source is not None else BLUE
    if all(isinstance(job.phase, Cancelled) for job in batch):
        return GREY
    return GREEN if any(job.video is not None for job in batch) else RED
