"""All cogs: one row each, with its dependencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord.ext.commands import Cog

from bot.client import VideoBot
from bot.data_classes import wired
from bot.domain.links import PlayerLinks
from bot.domain.notices.joining import FirstCardChannel
from bot.domain.ports.publishing import Reposter
from bot.interaction_registry import InteractionRegistry
from bot.jobs.notices.first_cards import FirstCards
from bot.jobs.use_cases.me.erase import EraseMembers
from bot.jobs.use_cases.me.export import ExportData
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.jobs.use_cases.studio.several import SeveralVideos
from bot.ui.cards.rendering import CardKeeper
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.ordering import OrderPlacement
from bot.ui.dialogs.presets.step import PresetStep
from bot.ui.dialogs.quoting.questions import OpenQuestions
from bot.ui.dialogs.quoting.quotes import QuoteDialogs
from bot.ui.dialogs.remix_form import RemixForms
from bot.ui.dialogs.stills import StillPictures
from bot.ui.dialogs.studio.extend_form import ExtendForms
from bot.ui.interactions.error_handler import ReportingTree
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.publish.repost import RepostVideo
from bot.ui.text.commands import CommandTexts, fingerprint
from bot.wiring.cogs.contests import ContestParts, contest_cog
from bot.wiring.cogs.me import me_cog
from bot.wiring.cogs.moderation import ModerationParts, reports_cog
from bot.wiring.cogs.prompting import prompting_cogs
from bot.wiring.cogs.queue import BulkParts, queue_cogs
from bot.wiring.cogs.screens import ScreenParts, repost_video
from bot.wiring.cogs.settings import screening_cog, settings_cogs
from bot.wiring.cogs.studio import batch_cog, batch_dialogs, finished_video_cogs, several_cog
from bot.wiring.reports import Reports
from bot.wiring.use_cases import UseCases
from cogs.animate import Animate
from cogs.answers import Answers
from cogs.costs import CostsCog
from cogs.create import Create
from cogs.help import Help
from cogs.joining import Joining
from cogs.keys import Keys
from cogs.models import Models
from cogs.queue.review import ReviewCog
from cogs.stats import Stats
from cogs.status import Status
from cogs.studio.extend import Extend


@wired
class CogParts:
    """What some cogs use besides use cases and what draws screens."""

    reposter: Reposter
    cards: CardKeeper
    first_cards: FirstCardChannel
    bulk: BulkParts
    moderation: ModerationParts
    appeals: Appeals
    contests: ContestParts
    several: SeveralVideos
    erasing: EraseMembers
    exports: ExportData
    links: PlayerLinks | None  # None if people can't reach this machine


def cogs(registry: InteractionRegistry, uses: UseCases, screens: ScreenParts, parts: CogParts) -> Sequence[Cog]:
    """One row per cog, with its dependencies."""
    lookup, cards = JobLookup(browse=uses.browse, records=screens.records), parts.cards
    dialogs = _dialogs(uses, screens, cards)
    repost = repost_video(uses, screens, parts.reposter)
    suggestions = ModelSuggestions(catalogue=uses.catalogue, health=uses.health)
    create_forms = _create_forms(uses, screens, dialogs, suggestions)
    return [
        _create(registry, lookup, uses, screens, create_forms),
        *_going_on(registry, lookup, uses, screens, create_forms),
        _status(registry, lookup, uses, screens, repost=repost, cards=cards),
        *finished_video_cogs(registry, uses, screens, repost=repost, create_forms=create_forms, links=parts.links),
        batch_cog(registry, lookup, uses, batch_dialogs(uses, dialogs), suggestions=suggestions, cards=cards),
        Models(registry, lookup, catalogue=uses.catalogue, health=uses.health, dialogs=dialogs),
        *_report_cogs(registry, uses.reports),
        Keys(registry, own_keys=uses.own_keys),
        several_cog(registry, lookup, uses, screens, parts.several),
        contest_cog(registry, lookup, uses, parts.contests),
        *queue_cogs(registry, lookup, uses, parts.bulk, screens.languages),
        ReviewCog(registry, lookup, review=uses.review),
        reports_cog(registry, lookup, uses, parts.moderation),
        screening_cog(registry, uses, parts.appeals, screens.languages),
        *settings_cogs(registry, uses, screens.languages),
        me_cog(registry, uses, parts.erasing, parts.exports),
        _joining(registry, uses, screens, create_forms, parts.first_cards),
        Answers(registry, drafts=screens.drafts),
        Help(authorization=uses.authorization),
    ]


def _create(
    registry: InteractionRegistry,
    lookup: JobLookup,
    uses: UseCases,
    screens: ScreenParts,
    create_forms: CreateForms,
) -> Create:
    return Create(
        registry,
        lookup,
        create=uses.create,
        facts=uses.order_facts,
        authorization=uses.authorization,
        browse=uses.browse,
        dialogs=create_forms.dialogs,
        create_forms=create_forms,
        suggestions=create_forms.suggestions,
        remix_forms=_remix_forms(uses, screens),
    )


def _going_on(
    registry: InteractionRegistry,
    lookup: JobLookup,
    uses: UseCases,
    screens: ScreenParts,
    create_forms: CreateForms,
) -> Sequence[Cog]:
    """Cogs that start from an existing video, picture or idea."""
    dialogs = create_forms.dialogs
    forms = ExtendForms(create=uses.create, authorization=uses.authorization, health=uses.health)
    animate = Animate(
        registry,
        create=uses.create,
        authorization=uses.authorization,
        dialogs=dialogs,
        pictures=screens.pictures,
        records=screens.records,
    )
    extend = Extend(registry, lookup, create=uses.create, dialogs=dialogs, forms=forms)
    return [extend, animate, *prompting_cogs(registry, uses, screens, create_forms)]


def _status(
    registry: InteractionRegistry,
    lookup: JobLookup,
    uses: UseCases,
    screens: ScreenParts,
    *,
    repost: RepostVideo,
    cards: CardKeeper,
) -> Status:
    return Status(
        registry,
        lookup,
        authorization=uses.authorization,
        browse=uses.browse,
        manage=uses.manage,
        approvals=uses.approvals,
        renderer=screens.renderer,
        repost=repost,
        cards=cards,
    )


def _report_cogs(registry: InteractionRegistry, reports: Reports) -> Sequence[Cog]:
    return [
        CostsCog(registry, report=reports.costs, painter=reports.painter),
        Stats(registry, report=reports.stats, painter=reports.painter),
    ]


def _create_forms(
    uses: UseCases, screens: ScreenParts, dialogs: OrderDialogs, suggestions: ModelSuggestions
) -> CreateForms:
    return CreateForms(
        create=uses.create,
        authorization=uses.authorization,
        dialogs=dialogs,
        batches=batch_dialogs(uses, dialogs),
        pictures=screens.pictures,
        suggestions=suggestions,
        drafts=screens.drafts,
        stills=StillPictures(
            lookup=JobLookup(browse=uses.browse, records=screens.records),
            stills=uses.finished.stills,
            authorization=uses.authorization,
        ),
        presets=PresetStep(apply=uses.apply_presets, questions=dialogs.quotes.questions, drafts=screens.drafts),
    )


def _remix_forms(uses: UseCases, screens: ScreenParts) -> RemixForms:
    return RemixForms(
        create=uses.create,
        authorization=uses.authorization,
        health=uses.health,
        records=screens.records,
        drafts=screens.drafts,
        pictures=screens.pictures,
    )


def _dialogs(uses: UseCases, screens: ScreenParts, cards: CardKeeper) -> OrderDialogs:
    placement = OrderPlacement(
        create=uses.create,
        batches=uses.finished.batches,
        renderer=screens.renderer,
        batch_renderer=screens.batches,
        cards=cards,
        thread_parents=screens.thread_parents,
        preferences=uses.preferences,
    )
    questions, has_helper = OpenQuestions(), uses.ask_helper is not None
    quotes = QuoteDialogs(placement=placement, quotes=uses.quotes, questions=questions, has_helper=has_helper)
    return OrderDialogs(quotes=quotes, alternatives=uses.alternatives, authorization=uses.authorization)


def _joining(
    registry: InteractionRegistry,
    uses: UseCases,
    screens: ScreenParts,
    create_forms: CreateForms,
    channel: FirstCardChannel,
) -> Joining:
    first_cards = FirstCards(channel=channel, records=screens.records, clock=uses.budgets.clock)
    return Joining(registry, first_cards=first_cards, create_forms=create_forms, catalogue=uses.catalogue)


async def commands_only(*, has_helper: bool = True) -> VideoBot:
    """The bot with all its cogs but without services: its commands can be read, but not used."""
    registry = InteractionRegistry()
    nothing: Any = _Nothing() if has_helper else _NoHelper()
    client = VideoBot(
        records=nothing, registry=registry, tree_cls=ReportingTree, translator=CommandTexts(), texts=fingerprint()
    )
    await client.load_cogs(cogs(registry, nothing, nothing, nothing))
    return client


class _Nothing:
    """Stands in for anything that is passed on and never used."""

    def __getattr__(self, name: str) -> Any:
        return self


class _NoHelper(_Nothing):
    """For a host that has set up no prompt helper."""

    ask_helper = None
