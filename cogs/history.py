"""/history and /show: everything that was paid for can be found again."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_see
from bot.domain.history import HistoryFilter
from bot.domain.job import Job
from bot.domain.studio.library import VideoFilter, VideoOrder
from bot.domain.studio.named import suggestion
from bot.domain.studio.words import ORDERS, STATES
from bot.domain.texts.searching import LONGEST_SEARCH
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.ui.interactions.buttons import FramesButton, ShowButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, think
from bot.ui.publish.repost import RepostVideo
from bot.ui.screens.frames import VideoFrames
from bot.ui.screens.history.buttons import PageButton, StarButton
from bot.ui.screens.history.page import HistoryPages
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases.studio import collections as collection_phrases
from bot.ui.text.phrases.values import label
from bot.ui.text.render import plain_text

Choice = app_commands.Choice
SCOPES = {"mine": locale_str("mine"), "server": locale_str("server")}


class History(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        browse: BrowseVideos,
        library: BrowseLibrary,
        favourites: Favourites,
        collections: Collections,
        pages: HistoryPages,
        repost: RepostVideo,
        frames: VideoFrames,
    ) -> None:
        self._browse = browse
        self._library = library
        self._favourites = favourites
        self._collections = collections
        self._pages = pages
        self._repost = repost
        self._frames = frames
        registry.add_button(PageButton, self.page_clicked)
        registry.add_button(StarButton, self.star_clicked)
        registry.add_button(ShowButton, lookup.clicks(self.show_clicked, watching=True))
        registry.add_button(FramesButton, lookup.clicks(self.frames_clicked, watching=True))

    @app_commands.command(
        description=locale_str("Videos, newest first: yours, or the server's for those who may see them")
    )
    @app_commands.describe(
        search=locale_str('Words of the prompt, such as fox snow or "red fox"'),
        state=locale_str("Only videos in this state"),
        model=locale_str("Only videos of this model"),
        since=locale_str("First day, such as 3 Nov, 2026-11-03 or yesterday"),
        until=locale_str("Last day (default: today)"),
        favourites=locale_str("Only your favourites"),
        well_rated=locale_str("Only videos that more members like than dislike"),
        collection=locale_str("Only videos of this collection"),
        order=locale_str("Which come first (default: the newest)"),
        member=locale_str("Of this member, for those who may see them"),
        scope=locale_str("Yours, or the whole server's"),
    )
    @app_commands.rename(since="from", until="to")
    @app_commands.choices(
        state=[Choice(name=locale_str(name.text), value=which.value) for which, name in STATES.items()],
        order=[Choice(name=locale_str(name.text), value=which.value) for which, name in ORDERS.items()],
        scope=[Choice(name=name, value=scope) for scope, name in SCOPES.items()],
    )
    async def history(
        self,
        interaction: Interaction,
        *,
        search: app_commands.Range[str, 1, LONGEST_SEARCH] = "",
        state: str = HistoryFilter.ALL.value,
        model: str | None = None,
        since: str = "",
        until: str = "",
        favourites: bool = False,
        well_rated: bool = False,
        collection: str | None = None,
        order: str = VideoOrder.NEWEST.value,
        member: discord.User | None = None,
        scope: str | None = None,
    ) -> None:
        asker = await member_of(interaction)
        wanted = VideoFilter(
            owner_id=whose(asker, member, scope, is_gathered=favourites or collection is not None),
            state=HistoryFilter(state),
            model=None if model is None else self._library.model_named(model),
            favourites=favourites,
            well_rated=well_rated,
            collection=None if collection is None else await self._collections.named(asker, collection),
            words=search,
            order=VideoOrder(order),
        )
        wanted = await self._library.within(asker, wanted, since, until)
        await think(interaction, ephemeral=True)  # posters are uploaded with the page
        await self._pages.fill_in(interaction, asker, wanted)

    @history.autocomplete("collection")
    async def suggest_collections(self, interaction: Interaction, typed: str) -> list[Choice[Any]]:
        known = await self._collections.listed(await member_of(interaction))
        fitting = [each for each in known if typed.casefold() in each.name.casefold()]
        return [
            Choice(name=plain_text(collection_phrases.title(each)), value=suggestion(each))
            for each in fitting[:MOST_OPTIONS]
        ]

    @history.autocomplete("model")
    async def suggest_models(self, _: Interaction, typed: str) -> list[Choice[Any]]:
        cards = self._browse.catalogue.cards.values()
        fitting = [card for card in cards if typed.lower() in f"{card.id} {card.label}".lower()]
        return [Choice(name=card.label[:LONGEST_OPTION], value=card.id) for card in fitting[:MOST_OPTIONS]]

    @app_commands.command(description=locale_str("Repost a video here, even if its message was deleted (free)"))
    @app_commands.describe(video=locale_str("One of your videos, or the id of any video here, such as K7Q-4FD"))
    async def show(self, interaction: Interaction, video: str) -> None:
        member = await member_of(interaction)
        await self._repost.show_again(interaction, await self._browse.named(member, video), member)

    @show.autocomplete("video")
    async def suggest_videos(self, interaction: Interaction, typed: str) -> list[Choice[Any]]:
        member = await member_of(interaction)
        return [Choice(name=label(job), value=job.id) for job in await self._browse.remixable(member, typed)]

    async def page_clicked(self, interaction: Interaction, button: PageButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._pages.turn(interaction, member, button.place)

    async def star_clicked(self, interaction: Interaction, button: StarButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        job = check_may_see(member, await self._browse.find(button.job_id))
        await self._favourites.toggle(member, job)
        await self._pages.turn(interaction, member, button.place)

    async def show_clicked(self, interaction: Interaction, job: Job, member: Member) -> None:
        await self._repost.show_again(interaction, job, member)

    async def frames_clicked(self, interaction: Interaction, job: Job, _: Member) -> None:
        """The lookup has checked that they may watch it."""
        await self._frames.show(interaction, job)


def whose(asker: Member, member: discord.User | None, scope: str | None, *, is_gathered: bool) -> int | None:
    """The requested owner.

    Favourites and collections are gathered (`is_gathered`) from everybody, unless one is given.
    """
    if member is not None:
        return member.id
    return None if scope == "server" or (is_gathered and scope is None) else asker.id
