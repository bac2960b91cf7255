"""The panel behind **More…**: what can be done with one finished video by the member who pressed it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.domain.ports.messages import MessageStore
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.ratings import Ratings
from bot.jobs.use_cases.studio.sharing import ShareVideos
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.ui.cards.job_card import BLUE, link_to
from bot.ui.interactions.buttons import in_rows, parts_of
from bot.ui.interactions.responses import reply, update
from bot.ui.screens.video.entries import ENTRIES, PanelEntry, PanelFacts, PanelGroup
from bot.ui.text.phrases.studio import look, more
from bot.ui.text.phrases.studio.liked import ratings
from bot.ui.text.phrases.values import small
from bot.ui.text.render import plain_text, render


class MorePanel(LayoutView):
    """Pure: built from the facts that were looked up."""

    def __init__(self, about: PanelFacts, entries: Sequence[PanelEntry] = ENTRIES) -> None:
        super().__init__(timeout=None)
        rated = ratings.rating_and_yours(about.rating, likes=about.likes)
        head = more.head(about.job, rated, is_favourite=about.is_favourite)
        card: Container[MorePanel] = Container(TextDisplay(render(head)))
        card.accent_colour = BLUE
        for group in PanelGroup:
            offered = [each for each in entries if each.group is group and each.offered(about)]
            if offered:
                card.add_item(TextDisplay(render(small(group.heading(offered)))))
                for row in in_rows([each.button_for(about) for each in offered]):
                    card.add_item(ActionRow(*row))
        self.add_item(card)
        if about.message is not None:
            self.add_item(ActionRow(Button[Any](label=plain_text(look.OPEN), url=about.message)))


@wired
class MorePanels:
    """Looks up what a panel shows."""

    authorization: Authorization
    favourites: Favourites
    messages: MessageStore
    sharing: ShareVideos
    contests: KnownContests
    showcase: Showcase
    ratings: Ratings

    async def show(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, *, with_link: bool = False
    ) -> None:
        """Show it only to the asker, who may watch the video. `with_link`: to its message, if it has one."""
        await reply(interaction, view=MorePanel(await self._facts(job, member, with_link=with_link)))

    async def show_anew(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Replace the panel whose button was pressed."""
        before = [] if interaction.message is None else parts_of(interaction.message)
        with_link = any(getattr(part, "url", None) for part in before)
        await update(interaction, MorePanel(await self._facts(job, member, with_link=with_link)))

    async def _facts(self, job: Job, member: Member, *, with_link: bool) -> PanelFacts:
        looked_up = asyncio.gather(
            self.favourites.among(member, [job]),
            self._message(job, with_link=with_link),
            self.contests.taking_entries(member),
            self.showcase.has(job),
            self.ratings.of(job),
            self.ratings.by(member, job),
        )
        standing, found = await asyncio.gather(self.authorization.standing(member), looked_up)
        marked, message, contests, in_showcase, rating, likes = found
        return PanelFacts(
            job=job,
            member=member,
            may_make=standing.may_make,
            is_favourite=job.id in marked,
            has_links=self.sharing.is_possible,
            has_contest=bool(contests),
            in_showcase=in_showcase,
            rating=rating,
            likes=likes,
            message=message,
        )

    async def _message(self, job: Job, *, with_link: bool) -> str | None:
        result = (await self.messages.shown(job.id)).result if with_link else None
        return None if result is None else link_to(job, result)
