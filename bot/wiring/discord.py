"""The Discord side: the client, the cogs with their dependencies, and what draws cards and posts results."""

from __future__ import annotations

from contextlib import AsyncExitStack

from discord import Client

from bot.client import ShardedVideoBot, VideoBot
from bot.data_classes import wired
from bot.domain.links import PlayerLinks
from bot.domain.notices.channel import NoticeChannel
from bot.domain.ports.access_check import AccessCheck
from bot.domain.ports.publishing import ResultPublisher
from bot.interaction_registry import InteractionRegistry
from bot.jobs.delivery.batch_news import BatchNews
from bot.jobs.delivery.batches import BatchCards
from bot.jobs.delivery.cards import CardRemoval, CardTroubles, LostCards
from bot.jobs.delivery.deliver import ResultDelivery
from bot.jobs.delivery.owner_notices import OwnerNotices
from bot.jobs.delivery.previews import Previews
from bot.jobs.delivery.projects import ProjectThreads
from bot.jobs.delivery.routes import DeliveryRoutes
from bot.jobs.delivery.upload_limits import UploadLimits
from bot.jobs.notices.own_keys import DirectMessages
from bot.jobs.use_cases.me.erase import EraseMembers
from bot.jobs.use_cases.moderation.work import ModerationWork
from bot.jobs.use_cases.studio.contests.work import ContestWorker
from bot.jobs.use_cases.studio.showcase.troubles import ShowcaseTroubles
from bot.jobs.use_cases.studio.showcase.work import ShowcaseWork
from bot.settings import Settings
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.lookup import ResultLookup
from bot.ui.interactions.error_handler import ReportingTree
from bot.ui.interactions.members import DiscordAccessCheck, DiscordPeople
from bot.ui.publish.bulk_messages import DiscordBulkMessages
from bot.ui.publish.case_messages import DiscordCases
from bot.ui.publish.direct.messages import DiscordDirectMessages
from bot.ui.publish.discord_cards import DiscordCards
from bot.ui.publish.discord_results import DiscordResults
from bot.ui.publish.joining.first_cards import DiscordFirstCards
from bot.ui.publish.live_cards import LiveCards
from bot.ui.publish.log_messages import DiscordLogChannel
from bot.ui.publish.manager_notices import DiscordNotices
from bot.ui.publish.member_news import DiscordMemberNews
from bot.ui.publish.owner_messages import DiscordOwnerMessages
from bot.ui.publish.result_poster import ResultPoster
from bot.ui.publish.showcase.messages import DiscordShowcase
from bot.ui.text.commands import CommandTexts, fingerprint
from bot.wiring.cogs.commands import CogParts, cogs
from bot.wiring.cogs.contests import contest_parts
from bot.wiring.cogs.me import erase_members, export_data
from bot.wiring.cogs.moderation import moderation_parts
from bot.wiring.cogs.queue import bulk_parts
from bot.wiring.cogs.screens import ScreenParts, repost_video, screen_parts
from bot.wiring.cogs.studio import several_videos
from bot.wiring.jobs import JobParts
from bot.wiring.moderation import appeals_of
from bot.wiring.use_cases import UseCases


@wired
class DiscordSide:
    client: VideoBot
    cards: LiveCards
    erasing: EraseMembers
    publisher: ResultPublisher
    access_check: AccessCheck
    notice_channel: NoticeChannel
    direct_messages: DirectMessages
    moderation: ModerationWork
    contests: ContestWorker
    showcase: ShowcaseWork


async def open_discord(
    settings: Settings, parts: JobParts, uses: UseCases, links: PlayerLinks | None, opened: AsyncExitStack
) -> DiscordSide:
    """Built, but not connected yet. `links` is None if people can't reach this machine."""
    stores, registry = parts.stores, InteractionRegistry()
    client = _client(settings, parts, registry)
    screens = screen_parts(settings, parts, uses, client, links)
    poster, languages = _poster(settings, client, parts, links, screens.lookup), screens.languages
    results = DiscordResults(client=client, poster=poster, choices=uses.own_preferences, languages=languages)
    cards = _live_cards(client, parts, uses, screens)
    cog_parts = _cog_parts(parts, uses, screens, results, cards)
    await client.load_cogs(cogs(registry, uses, screens, cog_parts))
    opened.push_async_callback(cards.close)
    parts.guild_log.open(DiscordLogChannel(client=client, languages=languages), uses.preferences)
    opened.push_async_callback(parts.guild_log.close)
    return DiscordSide(
        client=client,
        cards=cards,
        erasing=cog_parts.erasing,
        publisher=_publisher(parts, uses, screens, results),
        access_check=DiscordAccessCheck(client=client, authorization=uses.authorization),
        notice_channel=DiscordNotices(client=client, messages=stores.messages, languages=languages),
        direct_messages=DiscordDirectMessages(client=client, languages=languages),
        moderation=cog_parts.moderation.work,
        contests=cog_parts.contests.worker,
        showcase=_showcase_work(parts, uses, screens, results),
    )


def _cog_parts(
    parts: JobParts, uses: UseCases, screens: ScreenParts, results: DiscordResults, cards: LiveCards
) -> CogParts:
    client, languages, links = results.client, results.languages, results.poster.links
    bulk = _bulk_messages(client, uses, screens, cards, results)
    return CogParts(
        reposter=results,
        cards=cards,
        first_cards=DiscordFirstCards(client=client, catalogue=uses.catalogue, languages=languages),
        bulk=bulk_parts(parts, uses, bulk, DiscordPeople(client=client)),
        moderation=moderation_parts(parts, uses, bulk, _cases(client, parts, uses, languages)),
        appeals=appeals_of(parts, uses.moderation, uses.preferences, _member_news(client, languages)),
        contests=contest_parts(client, parts, uses, screens),
        several=several_videos(parts, uses, bulk, links),
        erasing=erase_members(parts, uses, _card_removal(client, parts, uses), bulk),
        exports=export_data(parts, uses, links),
        links=links,
    )


def _member_news(client: Client, languages: ServerLanguages) -> DiscordMemberNews:
    return DiscordMemberNews(direct_messages=DiscordDirectMessages(client=client, languages=languages))


def _bulk_messages(
    client: Client, uses: UseCases, screens: ScreenParts, cards: LiveCards, results: DiscordResults
) -> DiscordBulkMessages:
    return DiscordBulkMessages(
        client=client,
        renderer=screens.renderer,
        cards=cards,
        messages=screens.messages,
        repost=repost_video(uses, screens, results),
    )


def _cases(client: Client, parts: JobParts, uses: UseCases, languages: ServerLanguages) -> DiscordCases:
    return DiscordCases(
        client=client,
        browse=uses.browse,
        messages=parts.stores.messages,
        contests=uses.finished.contests.known,
        languages=languages,
    )


def _showcase_work(parts: JobParts, uses: UseCases, screens: ScreenParts, results: DiscordResults) -> ShowcaseWork:
    return ShowcaseWork(
        showcase=uses.finished.showcase,
        queries=parts.stores.queries,
        messages=parts.stores.messages,
        channel=DiscordShowcase(client=results.client, poster=results.poster, languages=results.languages),
        venues=screens.venues,
        troubles=ShowcaseTroubles(records=parts.stores.records, log=parts.guild_log, clock=parts.clock),
    )


def _client(settings: Settings, parts: JobParts, registry: InteractionRegistry) -> VideoBot:
    kind = VideoBot if settings.shards.is_all_in_one else ShardedVideoBot
    return kind(
        records=parts.stores.records,
        registry=registry,
        tree_cls=ReportingTree,
        rate_limited=parts.counters.rate_limited,
        translator=CommandTexts(),
        texts=fingerprint(),
        shards=settings.shards,
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


def _publisher(parts: JobParts, uses: UseCases, screens: ScreenParts, results: DiscordResults) -> ResultPublisher:
    messages = parts.stores.messages
    routes = DeliveryRoutes(
        messages=messages,
        thread_parents=screens.thread_parents,
        channel=results,
        preference=uses.preferences,
        projects=ProjectThreads(records=parts.stores.records, orders=parts.stores.queries),
    )
    owner_notices = OwnerNotices(
        choices=uses.own_preferences,
        messages=messages,
        records=parts.stores.records,
        channel=DiscordOwnerMessages(client=results.client, languages=results.languages),
    )
    return ResultDelivery(
        messages=messages,
        routes=routes,
        channel=results,
        preferences=uses.preferences,
        owner_notices=owner_notices,
        venues=screens.venues,
        batch_cards=BatchCards(
            messages=messages, routes=routes, channel=DiscordCards(client=results.client), venues=screens.venues
        ),
        clock=parts.clock,
    )


def _card_removal(client: Client, parts: JobParts, uses: UseCases) -> CardRemoval:
    channel = DiscordCards(client=client)
    return CardRemoval(messages=parts.stores.messages, preferences=uses.preferences, channel=channel)


def _live_cards(client: VideoBot, parts: JobParts, uses: UseCases, screens: ScreenParts) -> LiveCards:
    messages, records, channel = parts.stores.messages, parts.stores.records, DiscordCards(client=client)
    return LiveCards(
        channel=channel,
        renderer=screens.renderer,
        batches=screens.batches,
        news=BatchNews(
            choices=uses.own_preferences,
            messages=messages,
            records=records,
            channel=DiscordOwnerMessages(client=client, languages=screens.languages),
        ),
        browse=uses.browse,
        messages=messages,
        removal=_card_removal(client, parts, uses),
        lost=LostCards(messages=messages, records=records, channel=channel, clock=parts.clock),
        troubles=CardTroubles(records=records, clock=parts.clock),
    )
