"""What people do with videos: order, remix, cancel, delete, look. Every door checks who is asking."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.access import Member, check_may_end, check_may_make, check_may_see
from bot.domain.errors import BadRequest, MovedOn, NotAllowed, NotFound, ProviderError
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.history import Cursor, HistoryFilter, HistoryPage
from bot.domain.ids import JobId, new_id, typed
from bot.domain.job import Job
from bot.domain.messages import Foreign, msg
from bot.domain.models.card import TYPICAL_SECONDS, ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import Costs, Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Failed, Queued
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.jobs import ConcurrencyLimits, JobStore
from bot.domain.ports.provider import Provider
from bot.domain.video import Aim, Size
from bot.jobs.events import JobEvents
from bot.jobs.ordering.alternatives import ModelAlternatives, sent_already
from bot.jobs.ordering.quoting import OrderRequest, Orders, Quote
from bot.jobs.ordering.remix import RemixOption, remote_id
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.health import ModelHealth
from bot.jobs.reconcile.review import Review
from bot.jobs.timing.estimates import JobEstimate, RenderTimes, estimate

log = logging.getLogger(__name__)

LOOKS_AT_A_WAITING_JOB = 3  # its reason to wait may change at the very moment it is cancelled
MOST_SUGGESTIONS = 25  # Discord shows no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where an order came from and where its video goes."""

    channel_id: int
    upload_limit: int  # bytes
    interaction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What a deletion really removed. `at_service` is None when the service had nothing of it."""

    job: Job
    at_service: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The answer to /status: the member's own latest, and what the server's queue looks like."""

    mine: Sequence[Job]
    queue: Sequence[Job]
    places: ConcurrencyLimits
    to_decide: Sequence[Job] = ()  # for managers only


class JobService:
    """The use cases. Raises the errors of `bot.domain.errors`, whose sentences are for the person who asked."""

    def __init__(
        self,
        *,
        store: JobStore,
        guilds: GuildStore,
        files: FileStore,
        orders: Orders,
        providers: Mapping[str, Provider],
        events: JobEvents,
        clock: Clock,
        places: ConcurrencyLimits,
        confirm_above: Usd,
        circuit: Circuit,
    ) -> None:
        self._store = store
        self._guilds = guilds
        self._files = files
        self._orders = orders
        self._providers = providers
        self._events = events
        self._clock = clock
        self._places = places
        self._confirm_above = confirm_above
        self.review = Review(store=store, providers=providers, catalogue=orders.catalogue, events=events, clock=clock)

        self.health = ModelHealth(
            store=store, circuit=circuit, catalogue=orders.catalogue, providers=providers, clock=clock
        )
        self.alternatives = ModelAlternatives(store=store, orders=orders, health=self.health)

    @property
    def catalogue(self) -> Catalogue:
        return self._orders.catalogue

    # Ordering

    async def check_access(self, member: Member) -> None:
        """Raises NotAllowed unless the member may make videos on this server."""
        check_may_make(member, await self._guilds.guild_settings(member.guild_id))

    async def quote_new(self, member: Member, wish: OrderRequest) -> Quote:
        await self.check_access(member)
        return await self._orders.new(wish)

    def animation(self, shape: Size | None) -> Quote:
        """What a picture of this shape would become, and for how much; the words are still to come."""
        return self._orders.animation(shape)

    async def quote_remix(
        self, member: Member, source: JobId, prompt: str, model: str | None = None, aim: Aim = Aim.CHANGE
    ) -> Quote:
        await self.check_access(member)
        return await self._orders.remix(await self.show(member, source), prompt, model, aim)

    async def remix_options(
        self, member: Member, video: str, cards: Iterable[ModelCard], aim: Aim
    ) -> Mapping[str, RemixOption]:
        """By model: how the first that can would remix a video, and for how much. Raises NotFound."""
        source = await self.named(member, video)
        found: dict[str, RemixOption] = {}
        for card in cards:
            if len(found) == MOST_SUGGESTIONS:
                break
            with contextlib.suppress(BadRequest):
                found[card.id] = await self._orders.best_option(source, card, aim)
        return found

    async def quote_again(self, member: Member, job_id: JobId, prompt: str | None = None) -> Quote:
        await self.check_access(member)
        job = await self.show(member, job_id)
        source = await self._store.get(job.request.source) if job.request.source else None
        return await self._orders.again(job, source, prompt)

    def needs_a_yes(self, quote: Quote) -> bool:
        """Whether it costs so much that the member is asked first."""
        return quote.price >= self._confirm_above

    async def place(self, member: Member, quote: Quote, spot: Destination, *, instead_of: JobId | None = None) -> Job:
        """Queue the order and reserve its price, in one step. The same interaction never makes two jobs.

        `instead_of` still waits, then it is cancelled in the same step; or it is at rest, and stays as it is.
        """
        job = Job(
            id=new_id(),
            request=quote.request,
            provider=quote.card.provider,
            owner_id=member.id,
            guild_id=member.guild_id,
            channel_id=spot.channel_id,
            private=quote.private,
            quote=quote.price,
            cost=None,
            phase=Queued(),
            created_at=self._clock.now(),
            upload_limit=spot.upload_limit,
            interaction_id=spot.interaction_id,
        )
        stored = await (self._store.add(job) if instead_of is None else self._add_instead(member, instead_of, job))
        log.info("%s ordered by %s: %s for %s", stored.id, member.id, stored.request.model, stored.quote)
        self._events.tell(stored)
        return stored

    async def _add_instead(self, member: Member, waiting: JobId, job: Job) -> Job:
        for _ in range(LOOKS_AT_A_WAITING_JOB):
            seen = await self.show(member, waiting)
            if isinstance(seen.phase, Failed | Cancelled):
                return await self._store.add(job)
            if not isinstance(seen.phase, Queued):
                break
            check_may_end(member, seen)
            ended = seen.moved_to(Cancelled(by=member.id, finished_at=self._clock.now()))
            try:
                stored = await self._store.exchange(seen, ended, job)
            except MovedOn:
                continue  # sent just now, or it only waits for something else
            log.info("%s cancelled for %s", seen.id, stored.id)
            self._events.tell(ended)
            return stored
        raise BadRequest(sent_already(seen))

    # Ending

    async def cancel(self, member: Member, job_id: JobId) -> Job:
        """Cancel for free while it waits; later the service is asked, and the card says what comes of it."""
        check_may_end(member, await self.show(member, job_id))
        job = await self._store.cancel(job_id, member.id)
        self._events.tell(job)
        return job

    async def delete(self, member: Member, job_id: JobId) -> Deletion:
        """Remove a video's files here, and at the service where it can. Its costs stay in the books."""
        job = await self.show(member, job_id)
        check_may_end(member, job)
        if not job.is_at_rest:
            raise BadRequest(msg("This video is still being made. Cancel it first."))
        await self._store.mark_deleted(job.id)
        await self._files.remove(files_of(job))
        log.info("%s deleted by %s", job.id, member.id)
        return Deletion(job=job, at_service=await self._forget_at_service(job))

    async def _forget_at_service(self, job: Job) -> bool | None:
        provider, remote = self._providers.get(job.provider), remote_id(job)
        if provider is None or remote is None:
            return None
        try:
            return await provider.forget(remote)
        except ProviderError as trouble:
            log.info("%s was not deleted at %s: %s", job.id, provider.host, trouble.sentence)
            return False

    async def delivered(self, job_id: JobId) -> Job:
        """The video of a job was posted at a person's wish: if it was Undelivered, it is Done. The job as it is now."""
        job = await self._store.delivered(job_id)
        self._events.tell(job)
        return job

    # Looking

    async def show(self, member: Member, job_id: JobId) -> Job:
        """One video. NotFound when there is none or it is not theirs to see."""
        return check_may_see(member, await self._store.get(job_id))

    async def find(self, job_id: JobId) -> Job | None:
        """One video, before it is known who asks; `show` decides what they may see."""
        return await self._store.get(job_id)

    async def named(self, member: Member, text: str) -> Job:
        """One video by the id somebody typed."""
        job_id = typed(text)
        if job_id is None:
            raise NotFound(
                msg(
                    "'{typed}' is not a video id; they look like K7Q-4FD. `/status` lists yours.",
                    typed=Foreign(text[:40]),
                )
            )
        return await self.show(member, job_id)

    async def remixable(self, member: Member, text: str) -> Sequence[Job]:
        return await self._store.finished(member.guild_id, member.id, text, MOST_SUGGESTIONS)

    async def overview(self, member: Member, most: int) -> Overview:
        mine = await self._store.latest(member.guild_id, member.id, most)
        queue = await self._store.under_way(member.guild_id)
        to_decide = await self.review.open_ones(member)
        return Overview(mine=mine, queue=queue, places=self._places, to_decide=to_decide)

    async def history(self, member: Member, which: HistoryFilter, cursor: Cursor | None, most: int) -> HistoryPage:
        """A page of the member's own videos. What has vanished while they looked leads back to the newest."""
        page = await self._store.history(member.guild_id, member.id, which, cursor, most)
        if cursor is not None and (not page.jobs or (not page.newer and len(page.jobs) < most)):
            return await self._store.history(member.guild_id, member.id, which, None, most)
        return page

    async def waiting(self, guild_id: int) -> Sequence[Job]:
        """The server's queued jobs, in the order they will be served."""
        return [job for job in await self._store.under_way(guild_id) if isinstance(job.phase, Queued)]

    async def estimate(self, job: Job) -> JobEstimate:
        """Place in line and time to go, for the card."""
        request = job.request
        times = await self._store.render_times(job.provider, request.model, request.seconds, request.size)
        card = self.catalogue.cards.get(request.model)
        render_times = RenderTimes(times, card.typical_seconds if card else TYPICAL_SECONDS)
        line = await self._store.line(job, self._places) if isinstance(job.phase, Queued) else None
        return estimate(job, line, render_times, self._clock.now())

    async def costs(self, member: Member, period: Period, *, whole_server: bool) -> Costs:
        if whole_server and not member.manages:
            raise NotAllowed(msg("The server's costs are for members with Manage Server. Yours: `/costs scope:mine`."))
        return await self._store.costs(member.guild_id, None if whole_server else member.id, period)

    # The server's own rules

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        return await self._guilds.guild_settings(guild_id)

    async def set_access(
        self, member: Member, *, opening: AccessPolicy | None, grant: int | None, revoke: int | None
    ) -> GuildSettings:
        """Change who may make videos here. For members with Manage Server."""
        _check_manages(member)
        guild_settings = await self._guilds.guild_settings(member.guild_id)
        if opening is not None:
            guild_settings = await self._guilds.open_to(member.guild_id, opening)
        if grant is not None:
            guild_settings = await self._guilds.grant(member.guild_id, grant)
        if revoke is not None:
            guild_settings = await self._guilds.revoke(member.guild_id, revoke)
        return guild_settings

    async def set_budget(self, member: Member, budget: Usd) -> GuildSettings:
        _check_manages(member)
        if budget.micros < 0:
            raise BadRequest(msg("A budget cannot be negative."))
        return await self._guilds.set_budget(member.guild_id, budget)


def _check_manages(member: Member) -> None:
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can change that."))


def files_of(job: Job) -> list[str]:
    """The keys of everything that is kept for a job."""
    video = job.video
    keys = [] if video is None else [video.video, video.poster, video.sheet, video.preview]
    picture = job.request.picture
    return keys if picture is None else [*keys, picture.key, picture.preview]
