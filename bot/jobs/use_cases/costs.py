"""What was spent, by whom, on what."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.access import Member
from bot.domain.errors import NotAllowed
from bot.domain.messages import msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import Costs, Period
from bot.domain.ports.costs import CostReports


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    reports: CostReports
    catalogue: Catalogue

    async def costs(self, member: Member, period: Period, *, whole_server: bool) -> Costs:
        """The member's own, or the whole server's. Raises NotAllowed."""
        if whole_server and not member.manages:
            raise NotAllowed(msg("The server's costs are for members with Manage Server. Yours: `/costs scope:mine`."))
        return await self.reports.costs(member.guild_id, None if whole_server else member.id, period)
