"""All stores of jobs in one, for users that have not said yet which they need."""

from __future__ import annotations

from dataclasses import dataclass

from storage.jobs.provider_orders import SqlProviderOrders
from storage.jobs.queries import SqlJobQueries
from storage.jobs.queue import SqlJobQueue
from storage.jobs.render_history import SqlRenderHistory
from storage.jobs.stats import SqlInstallationStats
from storage.money.audit import audit
from storage.money.costs import SqlCostReports


@dataclass(frozen=True, kw_only=True)
class JobRows(SqlJobQueue, SqlJobQueries, SqlRenderHistory, SqlProviderOrders, SqlCostReports, SqlInstallationStats):
    """The JobStore."""

    async def check_books(self) -> list[str]:
        return await audit(self.database)
