"""All stores of jobs in one object, so that a test can order, claim, look up and count in one line each."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.domain.money.costs import CostQuestion, Costs, Period
from storage.jobs.provider_orders import SqlProviderOrders
from storage.jobs.queries import SqlJobQueries
from storage.jobs.queue import SqlJobQueue
from storage.jobs.render_history import SqlRenderHistory
from storage.jobs.stats import SqlInstallationStats
from storage.money.audit import audit
from storage.money.costs import SqlCostReports
from storage.money.scope_reports import SqlScopeReports
from storage.queue.holds import SqlQueueHolds
from storage.studio.library import SqlVideoLibrary


@wired
class JobStores(
    SqlJobQueue,
    SqlJobQueries,
    SqlRenderHistory,
    SqlProviderOrders,
    SqlCostReports,
    SqlScopeReports,
    SqlInstallationStats,
    SqlQueueHolds,
    SqlVideoLibrary,
):
    """On one database, with one clock."""

    async def check_books(self) -> list[Message]:
        return await audit(self.database)

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        """Of a server, or of one member, by model."""
        owners = None if owner_id is None else {owner_id}
        days = period.days((await self.calendar(guild_id)).local(self.clock.now()).date())
        return await self.report(CostQuestion(guild_id=guild_id, owners=owners, days=days))
