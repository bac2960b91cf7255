"""The reports behind /costs and /stats."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.media import ChartPainter
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.clock import Clock
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.costs import CostReport
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.stats import StatsReport
from bot.media.processor import SubprocessMediaProcessor
from bot.wiring.stores import Stores


@wired
class Reports:
    costs: CostReport
    stats: StatsReport
    painter: ChartPainter


def reports_of(
    stores: Stores,
    clock: Clock,
    catalogue: Catalogue,
    private_videos: PrivateVideos,
    authorization: Authorization,
) -> Reports:
    """Charts are drawn one at a time, and do not wait behind videos."""
    return Reports(
        costs=CostReport(
            reports=stores.costs,
            authorization=authorization,
            preferences=private_videos.preferences,
            catalogue=catalogue,
            clock=clock,
        ),
        stats=StatsReport(
            reports=stores.video_stats,
            calendars=stores.costs,
            authorization=authorization,
            private_videos=private_videos,
            catalogue=catalogue,
            clock=clock,
        ),
        painter=SubprocessMediaProcessor(at_once=1),
    )
