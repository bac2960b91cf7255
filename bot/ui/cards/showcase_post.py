"""A video in its server's showcase: as large as in its first post, with its maker and its number of ★."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.ui.cards.job_card import gallery, watch_button
from bot.ui.interactions.buttons import JobButton, MoreButton, RemixButton, has_component, template
from bot.ui.text.formatting import bold
from bot.ui.text.phrases.results import ResultFacts
from bot.ui.text.phrases.studio.liked import favourites, showcase
from bot.ui.text.phrases.values import lines, small
from bot.ui.text.render import plain_text, render

GOLD = 0xE8B53A


class ShowcaseStarButton(JobButton, template=template("showcase-star")):
    """Marks or unmarks the video: a member's own favourite, as in the panel behind **More…**."""

    verb, text, emoji = "showcase-star", favourites.FAVOURITE, "⭐"


@value_object
class ShowcaseFacts:
    stars: int
    original: str  # the link to the message in which the video was first posted


class ShowcasePost(LayoutView):
    """Pure. `file`, `note` and `link` are as in a `ResultPost`. Only the first text changes afterwards."""

    def __init__(
        self,
        job: Job,
        file: str | None,
        about: ResultFacts,
        here: ShowcaseFacts,
        *,
        note: Message | None = None,
        link: str | None = None,
    ) -> None:
        super().__init__(timeout=None)
        card: Container[ShowcasePost] = Container(accent_colour=GOLD)
        if file is not None:
            card.add_item(gallery(job, file, is_spoiler=about.is_spoiler))
        card.add_item(TextDisplay(bold(job.request.prompt)))
        said = lines(showcase.about(job, about), None if note is None else small(note))
        card.add_item(TextDisplay(render(said)))
        watch = [] if link is None else [watch_button(link)]
        buttons = [ShowcaseStarButton(job.id), RemixButton(job.id), MoreButton(job.id)]
        original: Button[Any] = Button(label=plain_text(showcase.ORIGINAL), url=here.original)
        card.add_item(ActionRow(*watch, *buttons, original))
        self.add_item(TextDisplay(render(showcase.headline(job, here.stars))))
        self.add_item(card)


def shows_in_showcase(message: discord.Message, job_id: JobId) -> bool:
    """Whether this is the post of a video in a showcase: nothing else has such a button."""
    return has_component(message, ShowcaseStarButton(job_id).custom_id)
