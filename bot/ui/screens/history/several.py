"""Several videos of /history at once: selected from a list, then deleted, downloaded or ordered again.

The buttons carry the name of the selection, which is remembered for an hour: `k1:chosen:<verb>:<name>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Self

import discord
from discord.ui import ActionRow, Button, Item, LayoutView, Select, TextDisplay

from bot.data_classes import value_object
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.phases import Failed
from bot.domain.studio.library import VideoPage
from bot.jobs.use_cases.studio.several import size_of
from bot.jobs.use_cases.studio.views import NAME
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.history.buttons import PLACE, PageButton, Place
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases.studio import history, several
from bot.ui.text.phrases.studio.collections import COLLECT, TAKE_OUT
from bot.ui.text.render import plain_text, render


class SeveralButton(LastingButton, template=f"{VERSION}:several:{PLACE}"):
    """Leads from a page to the list to select from."""

    def __init__(self, place: Place) -> None:
        super().__init__(Button(label=plain_text(several.SEVERAL), custom_id=f"{VERSION}:several:{place}"))
        self.place = place

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Place.read(match))


class ChooseSelect(LastingSelect, template=f"{VERSION}:choose:{PLACE}"):
    """Selects videos."""

    def __init__(
        self,
        place: Place,
        jobs: Sequence[Job] = (),
        chosen: frozenset[JobId] = frozenset(),
        label: Callable[[str], str] = str,
    ) -> None:
        options = [
            discord.SelectOption(
                label=cut(plain_text(several.option(job)), LONGEST_OPTION),
                description=cut(plain_text(several.option_state(job, label(job.request.model))), LONGEST_OPTION),
                value=job.id,
                default=job.id in chosen,
            )
            for job in jobs[:MOST_OPTIONS]
        ]
        select: Select[Any] = Select(
            custom_id=f"{VERSION}:choose:{place}",
            placeholder=plain_text(several.CHOOSE),
            options=options,
            max_values=max(1, len(options)),
        )
        super().__init__(select)
        self.place = place

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Place.read(match))


class ChosenVerb(StrEnum):
    """The values are in the ids of buttons, so they never change."""

    DOWNLOAD = "download"
    DELETE = "delete"
    REALLY_DELETE = "really-delete"


class ChosenButton(LastingButton, template=rf"{VERSION}:chosen:(?P<verb>{'|'.join(ChosenVerb)}):(?P<name>{NAME})"):
    """Does something with the selected videos."""

    def __init__(
        self,
        verb: ChosenVerb,
        name: str,
        text: Message = several.DOWNLOAD,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init__(Button(label=plain_text(text), style=style, custom_id=f"{VERSION}:chosen:{verb}:{name}"))
        self.verb = verb
        self.name = name

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ChosenVerb(match["verb"]), match["name"])


class RetrySeveralButton(LastingButton, template=rf"{VERSION}:retry-several:(?P<name>{NAME})"):
    """Asks whether to order the failed ones again."""

    def __init__(self, name: str, failed: int = 1) -> None:
        custom_id = f"{VERSION}:retry-several:{name}"
        super().__init__(Button(label=plain_text(several.retry(failed)), custom_id=custom_id))
        self.name = name

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["name"])


class CollectSeveralButton(LastingButton, template=rf"{VERSION}:collect-several:(?P<name>{NAME})"):
    """Asks for the collection."""

    opens_form = True

    def __init__(self, name: str) -> None:
        super().__init__(Button(label=plain_text(COLLECT), custom_id=f"{VERSION}:collect-several:{name}"))
        self.name = name

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["name"])


class TakeOutButton(LastingButton, template=rf"{VERSION}:take-out:(?P<view>{NAME}):(?P<name>{NAME})"):
    """Removes the selected videos from the collection that is listed."""

    def __init__(self, view: str, name: str) -> None:
        super().__init__(Button(label=plain_text(TAKE_OUT), custom_id=f"{VERSION}:take-out:{view}:{name}"))
        self.listed = view
        self.name = name

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["view"], match["name"])


@value_object
class ShownChoice:
    """What is selected so far."""

    name: str
    jobs: Sequence[Job]


class SeveralScreen(LayoutView):
    """A list to select from, and actions on the selected videos. `label`: the display name of a model."""

    def __init__(
        self, page: VideoPage, place: Place, choice: ShownChoice | None = None, label: Callable[[str], str] = str
    ) -> None:
        super().__init__(timeout=None)
        jobs = [] if choice is None else choice.jobs
        self.add_item(TextDisplay(render(several.title(jobs) if page.jobs else history.NOTHING_FITS)))
        if page.jobs:
            chosen = frozenset(job.id for job in jobs)
            self.add_item(ActionRow(ChooseSelect(place, page.jobs, chosen, label)))
        if choice is not None:
            packable = [job for job in jobs if job.video is not None]
            download = several.download(len(packable), size_of(packable))
            buttons: list[Item[Any]] = [ChosenButton(ChosenVerb.DOWNLOAD, choice.name, download)] if packable else []
            buttons.append(
                ChosenButton(ChosenVerb.DELETE, choice.name, several.delete(len(jobs)), discord.ButtonStyle.danger)
            )
            if failed := sum(isinstance(job.phase, Failed) for job in jobs):
                buttons.append(RetrySeveralButton(choice.name, failed))
            if packable:
                buttons.append(CollectSeveralButton(choice.name))
            if page.wanted.collection is not None:
                buttons.append(TakeOutButton(place.view, choice.name))
            self.add_item(ActionRow(*buttons))
        self.add_item(ActionRow(PageButton(Place(place.view), several.BACK)))


class DeleteSeveralQuestion(LayoutView):
    """Asked before several videos are deleted."""

    def __init__(self, name: str, jobs: Sequence[Job]) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(several.really_delete([shown(job.id) for job in jobs]))))
        self.add_item(
            ActionRow(
                ChosenButton(
                    ChosenVerb.REALLY_DELETE, name, several.delete_for_good(len(jobs)), discord.ButtonStyle.danger
                )
            )
        )
