"""What members do with finished videos: the cogs of it."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.client import InteractionRegistry
from bot.ui.cards.rendering import CardKeeper
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.studio.batches import BatchDialogs
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.publish.repost import RepostVideo
from bot.ui.screens.frames import VideoFrames
from bot.ui.screens.history import HistoryPages
from bot.ui.screens.video.more import MorePanels
from bot.wiring.cogs.screens import ScreenParts
from bot.wiring.use_cases import UseCases
from cogs.history import History
from cogs.studio.batches import Batches
from cogs.studio.more import More


def finished_video_cogs(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, screens: ScreenParts, repost: RepostVideo
) -> Sequence[Cog]:
    frames = VideoFrames(files=screens.files)
    pages = HistoryPages(browse=uses.browse, library=uses.library, messages=screens.messages, files=screens.files)
    panels = MorePanels(favourites=uses.finished.favourites)
    return [
        History(registry, lookup, browse=uses.browse, pages=pages, repost=repost, frames=frames),
        More(registry, lookup, panels=panels, favourites=uses.finished.favourites),
    ]


def batch_dialogs(uses: UseCases, dialogs: OrderDialogs) -> BatchDialogs:
    return BatchDialogs(batches=uses.finished.batches, quotes=dialogs.quotes, alternatives=uses.alternatives)


def batch_cog(
    registry: InteractionRegistry,
    lookup: JobLookup,
    uses: UseCases,
    dialogs: BatchDialogs,
    *,
    suggestions: ModelSuggestions,
    cards: CardKeeper,
) -> Batches:
    return Batches(
        registry,
        lookup,
        batches=uses.finished.batches,
        votes=uses.finished.votes,
        dialogs=dialogs,
        cards=cards,
        authorization=uses.authorization,
        suggestions=suggestions,
    )
