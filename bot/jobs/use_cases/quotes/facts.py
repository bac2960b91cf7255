"""What an order is checked against, read at once: from its first check to its card the same is asked for many times."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.ports.records import Snapshots
from bot.jobs.providers.circuit_breaker import CIRCUIT
from bot.jobs.providers.drains import DRAIN
from bot.jobs.use_cases.allowances import ALLOWANCES
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.me.preferences import PREFERENCES
from bot.jobs.use_cases.moderation.blocks import BLOCKS
from bot.jobs.use_cases.moderation.rules import RULES
from bot.jobs.use_cases.tiers import TIERS

OF_GUILDS = (OPTIONS, TIERS, BLOCKS, ALLOWANCES, RULES)


@wired
class OrderFacts:
    snapshots: Snapshots
    accounts: Collection[str]

    def of(self, member: Member) -> AbstractAsyncContextManager[None]:
        """For who is about to order something and is not asked anything before."""
        guild = str(member.guild_id)
        rules = [(record, guild) for record in OF_GUILDS]
        accounts = [(record, account) for account in self.accounts for record in (CIRCUIT, DRAIN)]
        return self.snapshots.of(member.guild_id, [*rules, (PREFERENCES, str(member.id)), *accounts])
