"""Claims due steps, a bounded number of each kind at once.

Recovery after a crash is the same claim as ordinary work.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection

from bot.domain.accounts import service_of
from bot.domain.errors import MovedOn
from bot.domain.ids import JobId
from bot.domain.job import Lease
from bot.domain.phases import name_of
from bot.domain.ports.jobs import SUSPECTED_AT, ConcurrencyLimits, JobQueue, StepKind, StepRoom, kind_of
from bot.jobs.counters import Counters
from bot.jobs.current import current_job
from bot.jobs.runner import Runner
from bot.jobs.timing.pace import ClaimPace

log = logging.getLogger(__name__)

# At once in this process; steps mostly wait for the network.
MOST_STEPS = {StepKind.LOOK: 256, StepKind.ORDER: 16, StepKind.DOWNLOAD: 8, StepKind.POST: 8}
MOST_SLOW_ORDERS = 8  # of these, orders to accounts that may answer only when the video is made
NO_ROOM = StepRoom(steps={}, slow_orders=0)
LONGEST_NAP = 1.0  # seconds; another process may have changed something
TROUBLE_NAP = 2.0  # seconds, when the database does not answer
LONGEST_PAUSE = 0.1  # seconds between two claims when much is changing
DRAIN = 10.0  # seconds that running steps get to finish when the process is asked to stop


class Worker:
    """One per process. `name` must be new at each start, so that no process can renew the leases of a dead one."""

    def __init__(
        self,
        queue: JobQueue,
        runner: Runner,
        limits: ConcurrencyLimits,
        *,
        name: str,
        lease_seconds: float,
        counters: Counters | None = None,
        handed_back: set[tuple[JobId, int]] | None = None,
        slow_accounts: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`handed_back`: leases that were released although their steps may still be running.

        `slow_accounts`: accounts that may answer an order only when its video is made, as far as known.
        """
        self._queue = queue
        self._runner = runner
        self._limits = limits
        self._name = name
        self._counters = counters or Counters()
        self._handed_back = set() if handed_back is None else handed_back
        self._slow_accounts = slow_accounts
        self._took: list[Callable[[str, float], object]] = []
        self._renew_every = lease_seconds / 4
        self._steps: dict[tuple[JobId, int], asyncio.Task[None]] = {}
        self._leases: dict[tuple[JobId, int], Lease] = {}
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self.is_running = False
        self._last_round: float | None = None  # when a claim last succeeded, by the monotonic clock
        self._pace = ClaimPace()
        self._suspect_waits = False  # a job may have crashed its processes: it is tried with nothing else running

    def tell(self, took: Callable[[str, float], object]) -> None:
        """Report each step that ended to `took`: its phase, and how many seconds it took."""
        self._took.append(took)

    def wake(self, _: object = None) -> None:
        """Something has changed: look for work now rather than at the end of the pause."""
        self._awake.set()

    async def run(self) -> None:
        """Work until `stop`; then finish running steps, release the rest, and return."""
        self.is_running = True
        renewing = asyncio.create_task(self._keep_leases(), name="keep leases")
        try:
            while not self._stopping.is_set():
                await self._round()
        finally:
            await self._drain()
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    def has_claimed_within(self, seconds: float) -> bool:
        """Whether it is working: it has looked for steps within that time."""
        return self._last_round is not None and time.monotonic() - self._last_round <= seconds

    def stop(self) -> None:
        self._stopping.set()
        self._awake.set()

    async def _round(self) -> None:
        self._awake.clear()
        began = time.monotonic()
        try:
            room = self._room()
            if room.kinds:
                await self._claim(room)
            left = self._room()
            is_sure = StepKind.LOOK in left.kinds and self._pace.expects_looks(began)
            nap = 0.0 if is_sure else await self._nap(left)
            self._last_round = time.monotonic()
        except Exception:
            # The database is down: nothing more is claimed, nothing is paid, and the claim is retried.
            log.exception("no work could be claimed")
            nap = TROUBLE_NAP
        ended = time.monotonic()
        await self._rest(nap)
        # Claims take at most half of the time, and while much is changing, one claim finds much to do.
        pause = max(min(ended - began, LONGEST_PAUSE), self._pace.pause(ended))
        await asyncio.sleep(pause - (time.monotonic() - ended))

    def _room(self) -> StepRoom:
        """How many more steps may start now.

        A suspect waits for slow orders, and the others do not wait for it meanwhile.
        """
        running = [lease.job for lease in self._leases.values()]
        kinds, slow = Counter(map(kind_of, running)), self._slow_accounts()
        slow_orders = sum(kind_of(job) is StepKind.ORDER and service_of(job.account) in slow for job in running)
        is_next = self._suspect_waits and not slow_orders
        if is_next and self._steps:
            # Polls go on while longer steps finish: some downloads take minutes.
            looks_only = kinds.total() > kinds[StepKind.LOOK] and not self._tries_suspect()
            looks = {StepKind.LOOK: MOST_STEPS[StepKind.LOOK] - kinds[StepKind.LOOK]}
            return StepRoom(steps=looks, slow_orders=0, slow_accounts=slow) if looks_only else NO_ROOM
        return StepRoom(
            steps={kind: most - kinds[kind] for kind, most in MOST_STEPS.items()},
            slow_orders=0 if self._suspect_waits else MOST_SLOW_ORDERS - slow_orders,
            slow_accounts=slow,
            for_suspect=is_next,
        )

    async def _claim(self, room: StepRoom) -> None:
        """Steps start as soon as they are claimed: the next database query may fail."""
        most = sum(map(room.of, room.kinds))
        claiming = asyncio.create_task(self._queue.claim(self._name, self._limits, most, room), name="claim")
        try:
            leases = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            await self._queue.hand_back(await claiming)  # a lease without a running step would count as a crash
            raise
        if room.for_suspect:
            self._suspect_waits = bool(leases)  # if there are none, all of them were tried, here or in another process
            self.wake()
        looks = sum(kind_of(lease.job) is StepKind.LOOK for lease in leases)
        self._pace.note(looks, time.monotonic(), room=room.of(StepKind.LOOK))
        for lease in leases:
            self._begin(lease)

    async def _nap(self, room: StepRoom) -> float:
        """Wait until a step is due that there is capacity for; a step that ends frees capacity and wakes us."""
        due = await self._queue.next_due(room.kinds)
        return LONGEST_NAP if due is None else min(due, LONGEST_NAP)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.01)):
                await self._awake.wait()
        except TimeoutError:
            pass

    def _begin(self, lease: Lease) -> None:
        key = (lease.job.id, lease.epoch)
        self._counters.rescues += lease.crashes > 0
        self._leases[key] = lease
        task = asyncio.create_task(self._step(lease), name=f"step of {lease.job.id}")
        self._steps[key] = task
        task.add_done_callback(lambda _: self._end(key))

    def _end(self, key: tuple[JobId, int]) -> None:
        self._steps.pop(key, None)
        self._leases.pop(key, None)
        self._handed_back.discard(key)
        self.wake()

    async def _step(self, lease: Lease) -> None:
        current_job.set(lease.job.id)  # only of this task
        began = time.monotonic()
        try:
            await self._runner.advance(lease)
        except MovedOn:
            self._counters.fenced_writes += 1
            log.info("%s was taken on by somebody else; this step is dropped", lease.job.id)
        except Exception:
            # One failing job must never stop the others.
            log.exception("a step of %s failed", lease.job.id)
            await self._count_crash(lease)
        finally:
            for took in self._took:
                took(name_of(lease.job.phase), time.monotonic() - began)

    async def _count_crash(self, lease: Lease) -> None:
        """A failed step makes no suspect: its process goes on."""
        if (key := (lease.job.id, lease.epoch)) in self._handed_back:
            return
        self._handed_back.add(key)
        try:
            await self._queue.count_crash(lease)
        except Exception:
            log.exception("the lease of %s is left to run out, which counts as a crash, too", lease.job.id)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._renew_every)
            try:
                await self._renew()
                await self._bring_forward()
                await self._look_for_suspects()
            except Exception:
                log.exception("the leases could not be prolonged; that is tried again")

    async def _bring_forward(self) -> None:
        if count := await self._queue.bring_forward():
            log.warning("the clock was set back; jobs that it had put off and that go on now: %d", count)
            self.wake()

    async def _look_for_suspects(self) -> None:
        """Nothing new starts until all running steps have ended, unless another process tries the suspects first."""
        waits = await self._queue.has_suspect()
        if waits and not self._suspect_waits:
            log.warning("a job that was under way when processes died is tried alone; others wait meanwhile")
        tries = self._suspect_waits and self._tries_suspect()
        if self._suspect_waits != (waits or tries):
            self._suspect_waits = waits or tries
            self.wake()

    def _tries_suspect(self) -> bool:
        return any(lease.crashes >= SUSPECTED_AT for lease in self._leases.values())

    async def _renew(self) -> None:
        running = [key for key in self._steps if key not in self._handed_back]  # without those whose step failed
        held = set(await self._queue.extend(running)) if running else set()
        for key in set(running) & set(self._steps) - held - self._handed_back:
            self._counters.fenced_writes += 1
            log.warning("the lease of %s was lost; its step is dropped", key[0])
            self._steps[key].cancel()

    async def _drain(self) -> None:
        if self._steps:
            await asyncio.wait(self._steps.values(), timeout=DRAIN)
        unfinished = [lease for key, lease in self._leases.items() if key not in self._handed_back]
        for task in list(self._steps.values()):
            task.cancel()
        await asyncio.gather(*self._steps.values(), return_exceptions=True)
        await self._queue.hand_back(unfinished)
