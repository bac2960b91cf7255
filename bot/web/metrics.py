"""`/metrics`: the state of the installation and what this process has seen, in Prometheus's text format."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, PROCESS_COLLECTOR, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.data_classes import wired
from bot.domain.money.usd import MICROS_PER_DOLLAR, Usd
from bot.domain.stats import InstallationStats
from bot.jobs.counters import Counters
from bot.web.loop_lag import LoopLag
from bot.web.step_times import StepTimes

CLOSED = "Set METRICS_TOKEN and send it as a bearer token. While PUBLIC_URL is set, this page is not open to everybody."


@wired
class Metrics:
    """The page. If there is a `token`, it is required; without one the page is hidden once the pages are public.

    `circuit_open` says whether a provider's queue is paused because its account was refused.
    """

    installation_stats: Callable[[], Awaitable[InstallationStats]]
    circuit_open: Callable[[str], Awaitable[bool]]
    providers: Sequence[str]
    counters: Counters
    lag: LoopLag
    step_times: StepTimes
    token: str | None
    is_public: bool

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self._page)]

    async def _page(self, request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization", "")
        if not is_text(authorization):
            raise web.HTTPUnauthorized(text=CLOSED, headers={"WWW-Authenticate": "Bearer"})
        if not self._lets_in(authorization):
            raise web.HTTPForbidden(text=CLOSED)
        circuits = {name: await self.circuit_open(name) for name in self.providers}
        standing = _standing(await self.installation_stats(), circuits)
        families = [
            *standing,
            *_seen(self.counters),
            *self.lag.seconds.collect(),
            *self.step_times.seconds.collect(),
            *PROCESS_COLLECTOR.collect(),
        ]
        return web.Response(body=generate_latest(_Collected(families)), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _lets_in(self, authorization: str) -> bool:
        if self.token is None:
            return not self.is_public
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode())


def is_text(header: str) -> bool:
    """Whether the header was valid text: aiohttp keeps invalid bytes as surrogates, which cannot be compared."""
    return not any("\ud800" <= each <= "\udfff" for each in header)


class _Collected(Collector):
    """The collector that the library expects."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _standing(installation_stats: InstallationStats, circuits: Mapping[str, bool]) -> Iterator[Metric]:
    """Metrics that are the same in every process with this database."""
    jobs = GaugeMetricFamily("kinora_jobs", "Jobs by phase; queued ones wait for a free place", labels=["phase"])
    for phase, count in installation_stats.jobs.items():
        jobs.add_metric([phase], count)
    yield jobs
    yield _gauge(
        "kinora_oldest_queued_seconds", "How long the oldest order in line has waited", installation_stats.oldest_queued
    )
    yield _gauge(
        "kinora_oldest_due_step_seconds", "How long a due step has waited for a worker", installation_stats.oldest_due
    )
    yield _gauge(
        "kinora_oldest_expired_lease_seconds",
        "How long a job has waited whose worker died",
        installation_stats.oldest_expired_lease,
    )
    yield _gauge(
        "kinora_oldest_due_webhook_seconds",
        "How long a due delivery to a webhook has waited to be tried",
        installation_stats.oldest_webhook,
    )
    yield _gauge(
        "kinora_reserved_dollars", "Promised to jobs that are not settled", _dollars(installation_stats.reserved)
    )
    yield _gauge("kinora_spent_today_dollars", "Spent since midnight UTC", _dollars(installation_stats.spent_today))
    opened = GaugeMetricFamily(
        "kinora_account_circuit_open", "1 while orders wait because the account was refused", labels=["provider"]
    )
    for provider, is_open in circuits.items():
        opened.add_metric([provider], float(is_open))
    yield opened


def _seen(counters: Counters) -> Iterator[Metric]:
    """Counted by this process since its start."""
    yield _counters("kinora_paid_requests", "Paid requests by outcome", "outcome", counters.paid_requests)
    yield _counter(
        "kinora_repeated_orders",
        "Orders sent once more, as their service failed to take them",
        counters.repeated_orders,
    )
    yield _counters("kinora_failed_posts", "Posts of finished videos that failed", "kind", counters.failed_posts)
    yield _counters("kinora_webhook_calls", "Calls of video services by result", "result", counters.webhook_calls)
    yield _counters("kinora_webhook_tries", "Tries to deliver to webhooks", "outcome", counters.webhook_tries)
    yield _counter("kinora_discord_rate_limits", "Answers of Discord that asked to slow down", counters.rate_limits)
    yield _counter("kinora_rescues", "Steps taken over from a worker that died", counters.rescues)
    yield _counter(
        "kinora_fenced_writes", "Steps refused because somebody else had taken the job on", counters.fenced_writes
    )
    yield _counter(
        "kinora_unattributed_videos", "Videos at a service that no order here knows", counters.unattributed_videos
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _counters(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for word, count in sorted(values.items()):
        family.add_metric([word], count)
    return family


def _dollars(amount: Usd) -> float:
    return amount.micros / MICROS_PER_DOLLAR
