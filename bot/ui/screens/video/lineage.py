"""The family of a video, drawn as a tree of posters, with links to those that the reader may watch."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import field
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import discord
from discord.ui import ActionRow, Container, LayoutView, MediaGallery, Select, TextDisplay

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import StoreAway, Unavailable
from bot.domain.ids import PATTERN, JobId, shown
from bot.domain.job import Job
from bot.domain.media import DrawnRelative, FamilyPainter
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.studio.family import Family, Relative
from bot.domain.studio.visibility import Visibility
from bot.jobs.use_cases.studio.lineage import Lineage
from bot.ui.cards.job_card import BLUE, LONGEST_DESCRIPTION, link_to
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.responses import reply, think
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.budget import TextBudget
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases.studio import look
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import plain_text, render

LISTED = 8  # the nearest ones, with links
AT_ONCE = 16  # posters fetched at the same time; an object store takes a moment for each
PICTURE = "lineage.jpg"


class RelativeSelect(LastingSelect, template=rf"{VERSION}:relative:(?P<job>{PATTERN})"):
    """Another video of a family, by its id."""

    def __init__(self, job_id: JobId, relatives: Sequence[Job] = ()) -> None:
        options = [
            discord.SelectOption(label=cut(plain_text(look.relative_option(job)), LONGEST_OPTION), value=job.id)
            for job in relatives[:MOST_OPTIONS]
        ]
        placeholder = plain_text(look.CHOOSE_RELATIVE)
        super().__init__(Select(custom_id=f"{VERSION}:relative:{job_id}", placeholder=placeholder, options=options))
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(JobId(match["job"]))


@value_object
class FamilyFacts:
    """What is shown in addition to the family. `drawn`: how many are in the picture; None if there is none."""

    links: Mapping[JobId, str] = field(default_factory=dict)  # to the messages of the nearest
    drawn: int | None = None


class LineageScreen(LayoutView):
    """Pure. The picture is uploaded as `PICTURE`."""

    def __init__(self, job: Job, family: Family, about: FamilyFacts) -> None:
        super().__init__(timeout=None)
        room = TextBudget(2)
        card: Container[LineageScreen] = Container(accent_colour=BLUE)
        card.add_item(TextDisplay(room.text(lines(look.family_title(job), look.family(family, about.drawn)))))
        if about.drawn is not None:
            described = cut(plain_text(look.family_described(job, family)), LONGEST_DESCRIPTION)
            card.add_item(MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=described)))
        if nearest := family.nearest():
            listed = [look.relative(each, about.links.get(each.id)) for each in nearest[:LISTED]]
            card.add_item(TextDisplay(room.text(lines(*listed))))
            card.add_item(ActionRow(RelativeSelect(job.id, nearest)))
        self.add_item(card)


@wired
class Families:
    """Looks up a family, and has it drawn."""

    lineage: Lineage
    messages: MessageStore
    files: FileStore
    painter: FamilyPainter

    async def show(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Show it only to the asker, who may watch the video."""
        family = await self.lineage.of(member, job)
        if family.is_alone:
            await reply(interaction, content=render(look.alone(job)))
            return
        await think(interaction, ephemeral=True)  # a large one takes a second or two
        links = await self._links(family.nearest()[:LISTED])
        # Editing a reply needs the right to attach files in the channel, although the first reply does not.
        picture = await self._picture(family, member) if interaction.app_permissions.attach_files else None
        about = FamilyFacts(links=links, drawn=None if picture is None else picture[1])
        files = [] if picture is None else [discord.File(BytesIO(picture[0]), PICTURE)]
        await reply(interaction, view=LineageScreen(job, family, about), files=files)

    async def _links(self, jobs: Sequence[Job]) -> Mapping[JobId, str]:
        results = {job: (await self.messages.shown(job.id)).result for job in jobs}
        return {job.id: link_to(job, result) for job, result in results.items() if result is not None}

    async def _picture(self, family: Family, member: Member) -> tuple[bytes, int] | None:
        """None if it is not available: the list still has the nearest relatives."""
        steps = family.steps()
        async with AsyncExitStack() as opened:
            posters = await self._posters(family.relatives, opened)
            relatives = [
                DrawnRelative(
                    parent=-1 if each.parent is None else each.parent,
                    visibility=each.visibility,
                    steps=steps[place],
                    name=shown(each.job.id) if each.visibility is Visibility.SHOWN else "",
                    posters=posters[place],
                )
                for place, each in enumerate(family.relatives)
            ]
            try:
                picture = await self.painter.family(relatives, member.id)
            except Unavailable:
                return None
        return picture.jpeg, picture.drawn

    async def _posters(self, relatives: Sequence[Relative], opened: AsyncExitStack) -> Sequence[tuple[Path, ...]]:
        """The small moving poster if there is one, as it is decoded much faster."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def of(each: Relative) -> tuple[Path, ...]:
            if each.visibility is not Visibility.SHOWN or each.job.video is None:
                return ()
            async with turn:
                for key in (each.job.video.moving_poster, each.job.video.poster):
                    try:
                        return (await opened.enter_async_context(self.files.local(key)),)
                    except (FileNotFoundError, StoreAway):
                        continue
            return ()

        return await asyncio.gather(*map(of, relatives))
