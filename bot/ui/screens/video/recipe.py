"""The recipe of a video: everything that determined its result, as text to copy."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import discord
from discord.ui import Container, File, LayoutView, TextDisplay

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.lineage import Lineage
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.responses import reply
from bot.ui.text.formatting import cut_to
from bot.ui.text.limits import MOST_BYTES
from bot.ui.text.phrases.studio import look
from bot.ui.text.render import render

LONGEST = 3500  # characters that are shown; the file has all of them
HEAVIEST = MOST_BYTES - 1000  # bytes, likewise
FENCE, HARMLESS = "```", "'''"


class RecipeScreen(LayoutView):
    """Pure. The whole text is uploaded under the name `file`."""

    def __init__(self, job: Job, text: str, file: str) -> None:
        super().__init__(timeout=None)
        card: Container[RecipeScreen] = Container(accent_colour=BLUE)
        card.add_item(TextDisplay(render(look.recipe_title(job))))
        card.add_item(TextDisplay(f"{FENCE}\n{cut_to(text.replace(FENCE, HARMLESS), LONGEST, HEAVIEST)}\n{FENCE}"))
        card.add_item(File(f"attachment://{file}"))
        self.add_item(card)


@wired
class Recipes:
    browse: BrowseVideos
    lineage: Lineage

    async def show(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Show it only to the asker, who may watch the video."""
        before = await self.lineage.before(member, job)
        text, file = look.recipe(job, self.browse.label(job), before.ancestors()), f"recipe-{job.id}.txt"
        upload = discord.File(BytesIO(text.encode()), file)
        await reply(interaction, view=RecipeScreen(job, text, file), files=[upload])
