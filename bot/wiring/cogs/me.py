"""A member's own preferences and data."""

from __future__ import annotations

from bot.domain.access.own_data import OwnRecords
from bot.domain.links import PlayerLinks
from bot.domain.moderation.cases import CASE, TAKEN_DOWN
from bot.domain.moderation.refusals import REFUSALS
from bot.interaction_registry import InteractionRegistry
from bot.jobs.delivery.cards import CardRemoval
from bot.jobs.delivery.owner_notices import CLOSED
from bot.jobs.use_cases.me.erase import EraseMembers, PostRemoval
from bot.jobs.use_cases.me.export import EXPORTED, ExportData
from bot.jobs.use_cases.me.preferences import PREFERENCES
from bot.jobs.use_cases.studio.several import CHOSEN
from bot.jobs.use_cases.studio.views import VIEWS
from bot.ui.dialogs.drafts import DRAFTS
from bot.ui.dialogs.remix_form import STYLES
from bot.ui.interactions.lookup import SEEN
from bot.ui.interactions.picture_choices import CHOICES
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases
from cogs.me import Me
from storage.files.archives import ZipArchives
from storage.own_data.erasure import SqlErasures
from storage.own_data.stored import SqlOwnData

ABOUT_MEMBERS = OwnRecords(
    by_member=[PREFERENCES, CLOSED, EXPORTED, STYLES, CHOICES, SEEN, VIEWS, CHOSEN],
    drafts=DRAFTS,
    refusals=[REFUSALS],
    cases=[CASE, TAKEN_DOWN],
)


def erase_members(parts: JobParts, uses: UseCases, cards: CardRemoval, posts: PostRemoval) -> EraseMembers:
    database, clock = parts.stores.records.database, parts.clock
    return EraseMembers(
        erasures=SqlErasures(database=database, clock=clock, about=ABOUT_MEMBERS),
        own_data=SqlOwnData(database=database, clock=clock, about=ABOUT_MEMBERS),
        manage=uses.manage,
        messages=parts.stores.messages,
        cards=cards,
        posts=posts,
        events=parts.events,
        clock=clock,
        keys=parts.stores.keys,
    )


def export_data(parts: JobParts, uses: UseCases, links: PlayerLinks | None) -> ExportData:
    stores = parts.stores
    return ExportData(
        own_data=SqlOwnData(database=stores.records.database, clock=parts.clock, about=ABOUT_MEMBERS),
        preferences=uses.own_preferences,
        files=stores.files,
        archives=ZipArchives(),
        records=stores.records,
        clock=parts.clock,
        links=links,
    )


def me_cog(registry: InteractionRegistry, uses: UseCases, erasing: EraseMembers, exports: ExportData) -> Me:
    return Me(
        registry,
        authorization=uses.authorization,
        preferences=uses.own_preferences,
        erasing=erasing,
        exports=exports,
        showcase=uses.finished.showcase,
    )
