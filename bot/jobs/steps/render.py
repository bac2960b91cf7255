"""Polls a render until the service says how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, Gone, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import SEEN_TO_END, Job, Lease
from bot.domain.messages import Message, joined, message_of, msg
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled, Failed, Rendering, Saving
from bot.domain.ports.provider import Broken, Look, Provider, Ready, Waiting
from bot.domain.ports.render_history import RenderKind
from bot.jobs.context import StepContext
from bot.jobs.providers.list_looks import ListLooks
from bot.jobs.providers.throttle import Request
from bot.jobs.steps.set_aside import no_longer_set_up, set_aside_for_review
from bot.jobs.timing.forecast import noted
from bot.jobs.timing.turns import IN_LINE, in_line

log = logging.getLogger(__name__)

NoteOver = Callable[[Job, datetime, Iterable[Job]], JobId | None]  # one has ended; returns the next in line

MOST_MISSING = 3  # consecutive "no such video" answers; a single one is often a lagging replica
MISSING_WAIT = 60.0  # seconds between them
ACCOUNT_WAIT = 60.0  # seconds between looks at a render while the account is in trouble
SPREAD = 0.2  # of a wait that many renders share, so that they are not all polled at its end
GIVE_UP = timedelta(hours=24)
MOST_OVERDUE = 12  # polls past that, before a person is asked
OVERDUE_WAIT = 300.0  # seconds between them

MOST_BARRED = 8  # consecutive blocked polls, before a person is asked: about an hour
BARRED_WAIT, LONGEST_BARRED_WAIT = 60.0, 600.0  # seconds after the first of them, and between the last

MAY_BE_CHARGED = msg("This video may have been charged.")
NO_SUCH_VIDEO = msg("The service accepted this order but now says it has no such video. It may have been charged.")
NEVER_ENDED = msg("The service hasn't finished this video in a day. It may have been charged.")


@wired
class PollRender:
    """Looks after jobs in `Rendering`."""

    context: StepContext
    list_looks: ListLooks

    async def look(self, lease: Lease, rendering: Rendering) -> None:
        provider = self.context.providers.get(lease.job.account)
        if provider is None:
            await self._ask_a_person(lease, rendering, no_longer_set_up(lease.job.account))
        elif lease.job.cancel_asked_by is not None and not rendering.cancel_refused:
            await self._ask(lease, rendering, provider, to_stop=True)
        elif wait := self.context.throttle.seconds_left(provider.name, Request.FREE, self.context.now()):
            await self.context.move(lease, rendering, wait * (1 + SPREAD * self.context.rng.random()))
        else:
            await self._ask(lease, rendering, provider)

    async def _ask(self, lease: Lease, rendering: Rendering, provider: Provider, *, to_stop: bool = False) -> None:
        """Poll it; with `to_stop`, stop it if it is still being made.

        A finished video has been paid for, so it is delivered.
        """
        try:
            seen = await self._seen_by(provider, lease.job, rendering, alone=to_stop)
        except Gone:
            await self._missing(lease, replace(rendering, missing=rendering.missing + 1))
            return
        except AccountTrouble as trouble:
            if trouble.barred:
                await self._barred(lease, replace(rendering, barred=rendering.barred + 1), trouble)
                return
            await self._wait(
                lease, rendering, max(ACCOUNT_WAIT, await self.context.circuit.note_refusal(provider, trouble))
            )
            return
        except Unavailable as trouble:
            log.info("%s: %s", lease.job.id, trouble.sentence)
            self.context.throttle.hold(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            await self._wait(lease, rendering, trouble.retry_after)
            return
        await self.context.note_success(provider.name)
        match seen:
            case Waiting():
                lease, rendering = self._further(lease, rendering, seen)
                hint = seen.poll_after
                await (self._stop(lease, rendering, provider, hint) if to_stop else self._wait(lease, rendering, hint))
            case Ready():
                await self._finish(lease, rendering, seen)
                await self._ended(lease.job)
            case Broken():
                await self._fail(lease, rendering, seen)
                await self._ended(lease.job)

    def _further(self, lease: Lease, rendering: Rendering, seen: Waiting) -> tuple[Lease, Rendering]:
        """With the progress that was reported; it never goes back."""
        progress = max((p for p in (seen.progress, rendering.progress) if p is not None), default=None)
        further = replace(rendering, progress=progress, ahead=seen.ahead, missing=0, barred=0)
        return self._seen(lease, further, progress or 0), further

    async def _finish(self, lease: Lease, rendering: Rendering, ready: Ready) -> None:
        saving = Saving(remote_id=rendering.remote_id, started_at=rendering.started_at, method=rendering.method)
        cost = ready.cost or self._settled(lease.job, ready.gpu_seconds)
        if over := replace(lease.job, cost=cost).overrun.micros:
            log.warning("%s cost %s, %s more than was said", lease.job.id, cost, Usd(over))
        await self.context.move(self._seen(lease, rendering, SEEN_TO_END), saving, 0.0, cost=cost)

    async def _seen_by(self, provider: Provider, job: Job, rendering: Rendering, *, alone: bool) -> Look:
        """`alone`: a list is not enough. Nor is it if the last poll failed, or if the video is said to be done."""
        is_doubtful = rendering.missing > 0 or rendering.barred > 0
        alone = alone or is_doubtful or self.context.calls.has_called(job.account, job.id)
        return await self.list_looks.look(provider, job.id, rendering.remote_id, alone=alone)

    async def _fail(self, lease: Lease, rendering: Rendering, broken: Broken) -> None:
        cost = broken.cost or (self._settled(lease.job, broken.gpu_seconds) if broken.charged else None)
        end = Failed(
            cause=broken.cause,
            reason=message_of(broken.reason),
            charged=cost is not None and cost > FREE,
            finished_at=self.context.now(),
            remote_id=rendering.remote_id,
        )
        await self.context.move(lease, end, cost=cost)

    def _settled(self, job: Job, gpu_seconds: float | None) -> Usd:
        """What is charged if the service reports no cost: the quote, or less, by the time that it measured."""
        card = self.context.card(job)
        return job.quote if card is None else card.prices_of(job.account).settled(job.quote, gpu_seconds)

    def _seen(self, lease: Lease, rendering: Rendering, percent: int) -> Lease:
        """Including what this poll saw, which is kept for the next video of its kind."""
        elapsed, seen = self._elapsed(lease.job, rendering), lease.job.progress_seen
        if seen and seen[-1][0] > elapsed:
            seen = ()  # its turn had not come yet, or the clock was set back
        return replace(lease, job=replace(lease.job, progress_seen=noted(seen, (elapsed, percent))))

    def _elapsed(self, job: Job, rendering: Rendering) -> float:
        """Seconds since its render began; if one is made after the other, since its turn came."""
        return (self.context.now() - self._began(job, rendering)).total_seconds()

    def _began(self, job: Job, rendering: Rendering) -> datetime:
        if not self._has_line(job.account):
            return rendering.started_at
        return self.context.turns.began(job.account, rendering)

    def _in_turn(self, job: Job, rendering: Rendering) -> Rendering:
        """Including when its turn came, for processes that do not poll, and for the next process after a restart."""
        began = self._began(job, rendering)
        return rendering if began == rendering.started_at else replace(rendering, turn_at=began)

    async def _ended(self, job: Job) -> None:
        self.context.calls.ended(job.account, job.id)
        await self._next_in_line(job, self.context.turns.ended)

    async def _next_in_line(self, job: Job, over: NoteOver) -> None:
        """Poll the render now whose turn it is."""
        if self._has_line(job.account):
            there = await self.context.provider_orders.rendering(job.account)
            following = over(job, self.context.now(), there)
            if following is not None:
                await self.context.queue.nudge(following)

    async def _is_behind(self, job: Job) -> bool:
        """Whether another render ends first."""
        if not self._has_line(job.account) or not self.context.turns.are_kept(job.account):
            return False
        return in_line(job, await self.context.provider_orders.rendering(job.account))[0] != job.id

    def _has_line(self, account: str) -> bool:
        """Whether its service makes one video after the other."""
        provider = self.context.providers.get(account)
        return provider is not None and provider.in_order

    async def _wait(self, lease: Lease, rendering: Rendering, hint: float | None) -> None:
        age = self.context.now() - rendering.started_at
        if age > GIVE_UP:
            await self._overdue(lease, replace(rendering, overdue=rendering.overdue + 1))
            return
        rendering = self._in_turn(lease.job, replace(rendering, overdue=0))
        if await self._is_behind(lease.job):
            await self.context.move(lease, rendering, max(IN_LINE, hint or 0.0))
            return
        job = lease.job
        pause = self.context.poll_schedule.wait(
            self._elapsed(job, rendering),
            job.progress_seen,
            await self.context.forecasts.of(RenderKind.of(job), self.context.card(job)),
            hint=hint,
            draw=self.context.rng.random(),
            is_called=self.context.calls.are_relied_on(job.account),
        )
        await self.context.move(lease, rendering, self._with_others(job.account, pause, hint))

    def _with_others(self, account: str, pause: float, hint: float | None) -> float:
        """If one request covers many renders, they are polled at the same moments, but never before a service's own
        hint.
        """
        now = self.context.now().timestamp()
        together = self.list_looks.together(account, now + pause) - now
        return together if together >= (hint or self.context.poll_schedule.least) else pause

    async def _overdue(self, lease: Lease, rendering: Rendering) -> None:
        """A clock that was wrong makes a young render look a day old: the service has to confirm it for an hour."""
        if rendering.overdue > MOST_OVERDUE:
            await self._ask_a_person(lease, rendering, NEVER_ENDED)
        else:
            await self.context.move(lease, rendering, OVERDUE_WAIT)

    async def _barred(self, lease: Lease, rendering: Rendering, trouble: AccountTrouble) -> None:
        """Only this render is affected, so nobody else's order waits; it is polled ever more slowly, and then a person
        decides.
        """
        log.warning("%s: %s", lease.job.id, trouble.sentence)
        if rendering.barred > MOST_BARRED:
            await self._ask_a_person(lease, rendering, joined(trouble.message, MAY_BE_CHARGED))
        else:
            wait = min(BARRED_WAIT * 2 ** (rendering.barred - 1), LONGEST_BARRED_WAIT)
            await self.context.move(lease, rendering, max(wait, trouble.retry_after or 0.0))

    async def _missing(self, lease: Lease, rendering: Rendering) -> None:
        """Services stop a render by deleting it: the answer to that may have been lost, or the process that asked may
        have died.
        """
        if rendering.missing < MOST_MISSING:
            await self.context.move(lease, rendering, MISSING_WAIT)
        elif lease.job.cancel_asked_by is not None:
            await self._stopped(lease, lease.job.cancel_asked_by)
        else:
            await self._ask_a_person(lease, rendering, NO_SUCH_VIDEO)

    async def _ask_a_person(self, lease: Lease, rendering: Rendering, reason: Message) -> None:
        await self.context.move(lease, set_aside_for_review(rendering, reason))

    async def _stop(self, lease: Lease, rendering: Rendering, provider: Provider, hint: float | None) -> None:
        """Ask the service to stop. It may still bill what it has begun, so the books keep the estimate.

        Services that stop a render by deleting it would delete a finished one too, so this follows a poll.
        """
        try:
            stopped = await provider.cancel(rendering.remote_id)
        except (Unavailable, AccountTrouble, Gone) as trouble:
            # Only a definite refusal counts: the next poll asks again.
            log.info("%s could not be cancelled yet: %s", lease.job.id, trouble.sentence)
            await self._wait(lease, rendering, hint)
            return
        if stopped:
            took = await self._took(lease.job, rendering, provider)
            await self._stopped(lease, lease.job.cancel_asked_by or lease.job.owner_id, took)
        else:
            await self.context.move(lease, replace(rendering, cancel_refused=True), self.context.poll_schedule.least)

    async def _took(self, job: Job, rendering: Rendering, provider: Provider) -> float | None:
        """How long a GPU worked on a stopped render; asked only if that time is what is charged."""
        card = self.context.card(job)
        if card is None or card.prices_of(job.account).gpu is None:
            return None
        never_began = None if rendering.ahead is None else 0.0
        try:
            seen = await provider.look(rendering.remote_id)
        except (Gone, AccountTrouble, Unavailable):
            return never_began
        measured = seen.gpu_seconds if isinstance(seen, Ready | Broken) else None
        return never_began if measured is None else measured

    async def _stopped(self, lease: Lease, by: int, gpu_seconds: float | None = None) -> None:
        cost = self._settled(lease.job, gpu_seconds)
        is_charged = cost > FREE
        end = Cancelled(by=by, finished_at=self.context.now(), charged=is_charged)
        await self.context.move(lease, end, cost=cost if is_charged else None)
        await self._next_in_line(lease.job, self.context.turns.stopped)
