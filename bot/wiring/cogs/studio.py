"""The cogs for what members do with finished videos."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.domain.links import ArchiveLinks, PlayerLinks
from bot.domain.queue.bulk import BulkMessages
from bot.interaction_registry import InteractionRegistry
from bot.jobs.delivery.projects import ProjectThreads
from bot.jobs.use_cases.studio.projects import MoveToThread
from bot.jobs.use_cases.studio.several import SeveralVideos
from bot.jobs.use_cases.studio.sharing import ShareVideos
from bot.jobs.use_cases.studio.views import HistoryViews
from bot.ui.cards.rendering import CardKeeper
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.studio.batches import BatchDialogs
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.publish.repost import RepostVideo
from bot.ui.publish.threads.opening import DiscordThreads
from bot.ui.screens.frames import VideoFrames
from bot.ui.screens.history.page import HistoryPages
from bot.ui.screens.video.lineage import Families
from bot.ui.screens.video.more import MorePanels
from bot.ui.screens.video.recipe import Recipes
from bot.ui.screens.video.stills import StillChoices
from bot.wiring.cogs.screens import ScreenParts
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases
from cogs.history import History
from cogs.studio.batches import Batches
from cogs.studio.look import AnimateFrame, LookCloser
from cogs.studio.more import More
from cogs.studio.preset_pages import PresetPages
from cogs.studio.save_preset import SavePreset
from cogs.studio.several import SeveralCog
from cogs.studio.showcase import ShowcaseCog
from cogs.studio.threads import ThreadsCog
from storage.files.archives import ZipArchives


def finished_video_cogs(
    registry: InteractionRegistry,
    uses: UseCases,
    screens: ScreenParts,
    *,
    repost: RepostVideo,
    create_forms: CreateForms,
    links: PlayerLinks | None,
) -> Sequence[Cog]:
    """`links` is None if people can't reach this machine."""
    lookup, finished = JobLookup(browse=uses.browse, records=screens.records), uses.finished
    sharing = _sharing(uses, links)
    panels = _panels(uses, screens, sharing)
    return [
        _history(registry, lookup, uses, screens, repost),
        More(registry, lookup, panels=panels, favourites=finished.favourites, ratings=finished.ratings),
        _threads(registry, lookup, uses, screens),
        ShowcaseCog(registry, lookup, showcase=finished.showcase, favourites=finished.favourites),
        LookCloser(
            registry,
            lookup,
            panels=panels,
            recipes=Recipes(browse=uses.browse, lineage=finished.lineage),
            families=_families(uses, screens),
            sharing=sharing,
        ),
        AnimateFrame(
            registry,
            lookup,
            choices=StillChoices(files=screens.files),
            stills=finished.stills,
            create=uses.create,
            authorization=uses.authorization,
            create_forms=create_forms,
        ),
        *_presets(registry, lookup, uses, screens, create_forms),
    ]


def _presets(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, screens: ScreenParts, create_forms: CreateForms
) -> Sequence[Cog]:
    presets, catalogue, hosts = uses.apply_presets.presets, uses.catalogue, screens.pictures.hosts
    pages = PresetPages(registry, presets=presets, catalogue=catalogue, create_forms=create_forms, hosts=hosts)
    return [SavePreset(registry, lookup, presets=presets, catalogue=catalogue), pages]


def _panels(uses: UseCases, screens: ScreenParts, sharing: ShareVideos) -> MorePanels:
    finished = uses.finished
    return MorePanels(
        authorization=uses.authorization,
        favourites=finished.favourites,
        messages=screens.messages,
        sharing=sharing,
        showcase=finished.showcase,
        ratings=finished.ratings,
        contests=finished.contests.known,
    )


def _threads(registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, screens: ScreenParts) -> ThreadsCog:
    move = MoveToThread(
        projects=ProjectThreads(records=screens.records, orders=uses.browse.queries),
        thread_parents=screens.thread_parents,
        messages=screens.messages,
        authorization=uses.authorization,
        private_videos=uses.private_videos,
        threads=DiscordThreads(client=screens.languages.client),
    )
    return ThreadsCog(registry, lookup, move=move)


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
        retry=uses.finished.retry,
        dialogs=dialogs,
        cards=cards,
        authorization=uses.authorization,
        suggestions=suggestions,
    )


def several_videos(parts: JobParts, uses: UseCases, messages: BulkMessages, links: PlayerLinks | None) -> SeveralVideos:
    """`links` is None if people can't reach this machine."""
    return SeveralVideos(
        queries=parts.stores.queries,
        private_videos=uses.private_videos,
        venues=uses.authorization.venues,
        manage=uses.manage,
        messages=messages,
        files=parts.stores.files,
        archives=ZipArchives(),
        records=parts.stores.records,
        clock=parts.clock,
        links=None if links is None else ArchiveLinks(base=links.base, key=links.key),
    )


def several_cog(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, screens: ScreenParts, several: SeveralVideos
) -> SeveralCog:
    return SeveralCog(
        registry,
        lookup,
        library=uses.library,
        views=HistoryViews(records=screens.records),
        several=several,
        collections=uses.finished.collections,
        label=uses.catalogue.label,
    )


def _history(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, screens: ScreenParts, repost: RepostVideo
) -> History:
    favourites = uses.finished.favourites
    pages = HistoryPages(
        browse=uses.browse,
        library=uses.library,
        views=HistoryViews(records=screens.records),
        favourites=favourites,
        ratings=uses.finished.ratings,
        messages=screens.messages,
        files=screens.files,
        authorization=uses.authorization,
        gallery_of=screens.gallery_of,
    )
    return History(
        registry,
        lookup,
        browse=uses.browse,
        library=uses.library,
        favourites=favourites,
        collections=uses.finished.collections,
        pages=pages,
        repost=repost,
        frames=VideoFrames(files=screens.files),
    )


def _families(uses: UseCases, screens: ScreenParts) -> Families:
    return Families(
        lineage=uses.finished.lineage,
        messages=screens.messages,
        files=screens.files,
        painter=uses.finished.painter,
    )


def _sharing(uses: UseCases, links: PlayerLinks | None) -> ShareVideos:
    return ShareVideos(
        links=links,
        private_videos=uses.private_videos,
        venues=uses.authorization.venues,
        clock=uses.budgets.clock,
    )
