"""The side of Discord: the client, the cogs with what each uses, and who draws cards and posts results."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from discord.ext.commands import Cog

from bot.client import InteractionRegistry, VideoBot
from bot.domain.links import PlayerLinks
from bot.domain.notices.channel import NoticeChannel
from bot.domain.ports.access_check import AccessCheck
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import Reposter, ResultPublisher
from bot.domain.ports.records import Records
from bot.jobs.delivery.cards import CardRemoval, CardTroubles, LostCards
from bot.jobs.delivery.deliver import ResultDelivery
from bot.jobs.delivery.previews import Previews
from bot.jobs.delivery.routes import DeliveryRoutes
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.delivery.upload_limits import UploadLimits
from bot.settings import Settings
from bot.ui.cards.lookup import ResultLookup
from bot.ui.cards.rendering import CardKeeper, CardRenderer
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.ordering import OrderPlacement
from bot.ui.dialogs.remix_form import RemixForms
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.error_handler import ReportingTree
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import DiscordAccessCheck, DiscordPeople
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.publish.bulk_messages import DiscordBulkMessages
from bot.ui.publish.discord_cards import DiscordCards
from bot.ui.publish.discord_results import DiscordResults
from bot.ui.publish.live_cards import LiveCards
from bot.ui.publish.manager_notices import DiscordNotices
from bot.ui.publish.repost import RepostVideo
from bot.ui.publish.result_poster import ResultPoster
from bot.ui.screens.frames import VideoFrames
from bot.ui.screens.history import HistoryPages
from bot.ui.screens.tiers import TierPages
from bot.wiring.jobs import JobParts, UseCases
from bot.wiring.queue import bulk_parts, queue_cogs
from bot.wiring.reports import Reports
from cogs.animate import Animate
from cogs.answers import Answers
from cogs.costs import CostsCog
from cogs.create import Create
from cogs.history import History
from cogs.models import Models
from cogs.review import ReviewCog
from cogs.settings import SettingsCog
from cogs.stats import Stats
from cogs.status import Status
from cogs.tiers import TiersCog


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSide:
    client: VideoBot
    cards: LiveCards
    publisher: ResultPublisher
    access_check: AccessCheck
    notice_channel: NoticeChannel


async def open_discord(
    settings: Settings, parts: JobParts, uses: UseCases, links: PlayerLinks | None, opened: AsyncExitStack
) -> DiscordSide:
    """Built, and not yet connected. `links` is None when people cannot reach this machine."""
    stores, registry = parts.stores, InteractionRegistry()
    client = VideoBot(records=stores.records, registry=registry, tree_cls=ReportingTree)
    screens = screen_parts(settings, parts, uses)
    poster = _poster(settings, client, parts, links, screens.lookup)
    results = DiscordResults(client=client, poster=poster)
    cards = _live_cards(client, parts, uses, screens)
    bulk = DiscordBulkMessages(
        client=client,
        renderer=screens.renderer,
        cards=cards,
        messages=screens.messages,
        repost=_repost(uses, screens, results),
    )
    steering = queue_cogs(registry, uses, screens.records, bulk_parts(parts, uses, bulk, DiscordPeople(client=client)))
    await client.load_cogs([*cogs(registry, uses, screens, results, cards), *steering])
    opened.push_async_callback(cards.close)
    return DiscordSide(
        client=client,
        cards=cards,
        publisher=_publisher(parts, uses, screens.thread_parents, results),
        access_check=DiscordAccessCheck(client=client, authorization=uses.authorization),
        notice_channel=DiscordNotices(client=client, messages=stores.messages),
    )


def _poster(
    settings: Settings, client: VideoBot, parts: JobParts, links: PlayerLinks | None, lookup: ResultLookup
) -> ResultPoster:
    files, clock = parts.stores.files, parts.clock
    return ResultPoster(
        client=client,
        files=files,
        previews=Previews(files=files, media=parts.media),
        limits=UploadLimits(records=parts.stores.records, clock=clock),
        links=links,
        clock=clock,
        lookup=lookup,
        shares_database=settings.database_url is not None,
    )


def _publisher(
    parts: JobParts, uses: UseCases, thread_parents: ThreadParents, results: DiscordResults
) -> ResultPublisher:
    messages = parts.stores.messages
    routes = DeliveryRoutes(messages=messages, thread_parents=thread_parents, channel=results)
    return ResultDelivery(
        messages=messages, routes=routes, channel=results, preferences=uses.preferences, clock=parts.clock
    )


def _live_cards(client: VideoBot, parts: JobParts, uses: UseCases, screens: ScreenParts) -> LiveCards:
    messages, records, channel = parts.stores.messages, parts.stores.records, DiscordCards(client=client)
    return LiveCards(
        channel=channel,
        renderer=screens.renderer,
        browse=uses.browse,
        messages=messages,
        removal=CardRemoval(messages=messages, preferences=uses.preferences, channel=channel),
        lost=LostCards(messages=messages, records=records, channel=channel, clock=parts.clock),
        troubles=CardTroubles(records=records, clock=parts.clock),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenParts:
    """What cogs use beside use cases."""

    messages: MessageStore
    files: FileStore
    records: Records
    renderer: CardRenderer
    lookup: ResultLookup
    thread_parents: ThreadParents
    pictures: AttachedPictures


def screen_parts(settings: Settings, parts: JobParts, uses: UseCases) -> ScreenParts:
    stores = parts.stores
    return ScreenParts(
        messages=stores.messages,
        files=stores.files,
        records=stores.records,
        renderer=CardRenderer(
            browse=uses.browse, alternatives=uses.alternatives, messages=stores.messages, files=stores.files
        ),
        lookup=ResultLookup(
            browse=uses.browse, messages=stores.messages, files=stores.files, allowances=uses.allowances
        ),
        thread_parents=ThreadParents(records=stores.records),
        pictures=AttachedPictures(authorization=uses.authorization, hosts=frozenset(settings.discord_media_hosts)),
    )


def cogs(
    registry: InteractionRegistry, uses: UseCases, screens: ScreenParts, reposter: Reposter, cards: CardKeeper
) -> Sequence[Cog]:
    """A row for each cog, with all that it uses."""
    browse, renderer = uses.browse, screens.renderer
    lookup = JobLookup(browse=browse, records=screens.records)
    dialogs = _dialogs(uses, screens, cards)
    repost = _repost(uses, screens, reposter)
    frames = VideoFrames(files=screens.files)
    pages = HistoryPages(browse=uses.browse, messages=screens.messages, files=screens.files)
    suggestions = ModelSuggestions(catalogue=uses.catalogue, health=uses.health)
    return [
        Create(
            registry,
            lookup,
            create=uses.create,
            authorization=uses.authorization,
            browse=uses.browse,
            dialogs=dialogs,
            create_forms=_create_forms(uses, screens, dialogs, suggestions),
            suggestions=suggestions,
            remix_forms=_remix_forms(uses, screens),
        ),
        Animate(
            registry,
            create=uses.create,
            authorization=uses.authorization,
            dialogs=dialogs,
            pictures=screens.pictures,
            records=screens.records,
        ),
        Status(registry, lookup, browse=browse, manage=uses.manage, renderer=renderer, repost=repost, cards=cards),
        History(registry, lookup, browse=uses.browse, pages=pages, repost=repost, frames=frames),
        Models(registry, lookup, catalogue=uses.catalogue, health=uses.health, dialogs=dialogs),
        *_report_cogs(registry, uses.reports),
        *_settings(registry, uses),
        ReviewCog(registry, lookup, review=uses.review),
        Answers(registry, records=screens.records),
    ]


def _report_cogs(registry: InteractionRegistry, reports: Reports) -> Sequence[Cog]:
    return [
        CostsCog(registry, report=reports.costs, painter=reports.painter),
        Stats(registry, report=reports.stats, painter=reports.painter),
    ]


def _settings(registry: InteractionRegistry, uses: UseCases) -> Sequence[Cog]:
    pages = TierPages(tiers=uses.tiers, guilds=uses.authorization.guilds, catalogue=uses.catalogue)
    authorization = uses.authorization
    return [
        SettingsCog(
            rules=uses.rules,
            preferences=uses.preferences,
            budgets=uses.budgets,
            authorization=authorization,
            tier_pages=pages,
        ),
        TiersCog(registry, authorization=authorization, tiers=uses.tiers, catalogue=uses.catalogue, pages=pages),
    ]


def _create_forms(
    uses: UseCases, screens: ScreenParts, dialogs: OrderDialogs, suggestions: ModelSuggestions
) -> CreateForms:
    return CreateForms(
        create=uses.create,
        authorization=uses.authorization,
        dialogs=dialogs,
        pictures=screens.pictures,
        suggestions=suggestions,
        records=screens.records,
    )


def _remix_forms(uses: UseCases, screens: ScreenParts) -> RemixForms:
    return RemixForms(create=uses.create, authorization=uses.authorization, health=uses.health, records=screens.records)


def _dialogs(uses: UseCases, screens: ScreenParts, cards: CardKeeper) -> OrderDialogs:
    placement = OrderPlacement(
        create=uses.create,
        renderer=screens.renderer,
        cards=cards,
        thread_parents=screens.thread_parents,
        preferences=uses.preferences,
    )
    return OrderDialogs(placement=placement, alternatives=uses.alternatives, authorization=uses.authorization)


def _repost(uses: UseCases, screens: ScreenParts, reposter: Reposter) -> RepostVideo:
    return RepostVideo(
        reposter=reposter,
        browse=uses.browse,
        manage=uses.manage,
        messages=screens.messages,
        files=screens.files,
        lookup=screens.lookup,
    )


async def commands_only() -> VideoBot:
    """The bot with all its cogs and nothing behind them: its commands can be read, and not used."""
    registry = InteractionRegistry()
    nothing: Any = _Nothing()
    client = VideoBot(records=nothing, registry=registry, tree_cls=ReportingTree)
    steering = queue_cogs(registry, nothing, nothing, nothing)
    await client.load_cogs([*cogs(registry, nothing, nothing, nothing, nothing), *steering])
    return client


class _Nothing:
    """Stands for anything that is handed on and never used."""

    def __getattr__(self, name: str) -> Any:
        return self
