"""What was spent, by whom, on what."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import Charge, Costs, Period
from bot.domain.ports.costs import CostReports
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import CONCEALED


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    reports: CostReports
    authorization: Authorization
    catalogue: Catalogue
    preferences: GuildPreferences

    async def costs(self, member: Member, period: Period, *, whole_server: bool) -> Costs:
        """The member's own, or the whole server's. Raises NotAllowed."""
        if whole_server:
            await self.authorization.authorize(member, Act.SEE_SERVER_COSTS)
        costs = await self.reports.costs(member.guild_id, None if whole_server else member.id, period)
        if not any(_is_hidden(charge, member) for charge in costs.latest):
            return costs
        options = await self.preferences.of(member.guild_id)
        latest = [
            replace(charge, prompt=CONCEALED)
            if _is_hidden(charge, member) and not (member.manages and options.shows_private_of(charge.ordered_at))
            else charge
            for charge in costs.latest
        ]
        return replace(costs, latest=tuple(latest))


def _is_hidden(charge: Charge, member: Member) -> bool:
    return charge.private and charge.owner_id != member.id
