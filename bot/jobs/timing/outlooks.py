"""Forecasts of renders in progress, for those who poll them and for those who wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.models.catalogue import Catalogue
from bot.domain.phases import Rendering
from bot.domain.ports.render_history import RenderKind
from bot.jobs.timing.estimates import RenderOutlook
from bot.jobs.timing.forecasts import RenderForecasts
from bot.jobs.timing.turns import RenderTurns


@wired
class RenderOutlooks:
    """One per process. Polls use the same forecasts and turns.

    If other processes poll, only they see turns come, and store that with the render.
    """

    catalogue: Catalogue
    forecasts: RenderForecasts
    turns: RenderTurns = field(default_factory=RenderTurns)

    async def of(self, jobs: Iterable[Job]) -> Mapping[JobId, RenderOutlook]:
        """For the renders among them, in as many statements as for one."""
        rendering = [(job, job.phase, RenderKind.of(job)) for job in jobs if isinstance(job.phase, Rendering)]
        kinds = {kind: self.catalogue.cards.get(kind.model) for _, _, kind in rendering}
        forecasts = await self.forecasts.of_each(kinds)
        return {
            job.id: RenderOutlook(forecast=forecasts[kind], began=self.turns.began(job.account, phase))
            for job, phase, kind in rendering
        }
