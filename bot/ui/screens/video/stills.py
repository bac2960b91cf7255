"""The nine stills of a video, one of which can become the picture of a new order."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord.ui import ActionRow, Container, LayoutView, MediaGallery, Select, TextDisplay

from bot.data_classes import wired
from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.jobs.use_cases.studio.stills import STILLS
from bot.ui.cards.job_card import BLUE, described
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.responses import reply
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.frames import contact_sheet
from bot.ui.text.phrases.studio import look
from bot.ui.text.render import plain_text, render

STILL_NUMBERS = tuple(map(str, range(STILLS)))


class StillSelect(LastingSelect, template=rf"{VERSION}:still:(?P<job>{PATTERN})"):
    """One of the stills by its number; `seconds`: the length of the video, from which the times follow."""

    opens_form = True

    def __init__(self, job_id: JobId, seconds: float = 0.0) -> None:
        times = [seconds * (number + 0.5) / STILLS for number in range(STILLS)]
        options = [
            discord.SelectOption(label=plain_text(look.still_option(number, at)), value=str(number))
            for number, at in enumerate(times)
        ]
        placeholder = plain_text(look.CHOOSE_STILL)
        super().__init__(Select(custom_id=f"{VERSION}:still:{job_id}", placeholder=placeholder, options=options))
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(JobId(match["job"]))


class StillsScreen(LayoutView):
    """The contact sheet, uploaded under the name `file`. Pure."""

    def __init__(self, job: Job, seconds: float, file: str) -> None:
        super().__init__(timeout=None)
        sheet = discord.MediaGalleryItem(f"attachment://{file}", description=described(job, still=True))
        card: Container[StillsScreen] = Container(MediaGallery(sheet), accent_colour=BLUE)
        card.add_item(TextDisplay(render(look.still_title(job))))
        card.add_item(ActionRow(StillSelect(job.id, seconds)))
        self.add_item(card)


@wired
class StillChoices:
    files: FileStore

    async def show(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Show it only to the asker. Raises BadRequest if there is nothing to show."""
        video, upload = await contact_sheet(self.files, job)
        await reply(interaction, view=StillsScreen(job, video.seconds, upload.filename), files=[upload])
