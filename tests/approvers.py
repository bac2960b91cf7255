"""Who approves orders in tests, on the test's own job table."""

from __future__ import annotations

from bot.domain.guild import AccessPolicy
from bot.domain.money.usd import Usd
from bot.domain.ports.records import Records
from bot.jobs.events import JobEvents
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.jobs.use_cases.tiers import GuildTiers
from storage.guilds import GuildRows
from tests.builders import a_catalogue
from tests.changes import some_changes
from tests.scripted import MemoryRecords
from tests.stores import JobStores


def approvals_on(store: JobStores, records: Records | None = None, events: JobEvents | None = None) -> Approvals:
    kept = records or MemoryRecords()
    guilds = GuildRows(database=store.database, opening=AccessPolicy.GRANTED, budget=Usd.of(25))
    preferences = GuildPreferences(records=kept, changes=some_changes())
    return Approvals(
        queue=store,
        queries=store,
        authorization=Authorization(
            guilds=guilds,
            tiers=GuildTiers(records=kept, changes=some_changes()),
            venues=VenueRules(preferences=preferences),
            catalogue=a_catalogue(),
            blocks=MemberBlocks(records=kept, clock=store.clock),
        ),
        allowances=MemberAllowances(records=kept, costs=store, scopes=store),
        events=events or JobEvents(),
        clock=store.clock,
    )
