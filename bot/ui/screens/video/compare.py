"""The models to compare with a video's own, using the same prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord.app_commands import Choice
from discord.ui import ActionRow, Container, LayoutView, Select, TextDisplay

from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.selects import LastingSelect
from bot.ui.text.phrases.studio import more
from bot.ui.text.render import plain_text, render


class CompareSelect(LastingSelect, template=rf"{VERSION}:compare-with:(?P<job>{PATTERN})"):
    """One of the models, by id. `models`: names with prices, by their ids."""

    def __init__(self, job_id: JobId, models: Sequence[Choice[Any]] = ()) -> None:
        options = [discord.SelectOption(label=each.name, value=each.value) for each in models]
        placeholder = plain_text(more.CHOOSE_MODEL)
        super().__init__(Select(custom_id=f"{VERSION}:compare-with:{job_id}", placeholder=placeholder, options=options))
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(JobId(match["job"]))


class CompareScreen(LayoutView):
    """Pure. `label` is the display name of the video's own model."""

    def __init__(self, job: Job, label: str, models: Sequence[Choice[Any]]) -> None:
        super().__init__(timeout=None)
        card: Container[CompareScreen] = Container(TextDisplay(render(more.compare(job, label))), accent_colour=BLUE)
        card.add_item(ActionRow(CompareSelect(job.id, models)))
        self.add_item(card)
