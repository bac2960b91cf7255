"""What this process needs to do its work."""

from __future__ import annotations

from bot.client import VideoBot
from bot.config.duties import EVERYTHING, Duties
from bot.domain.ids import JobId
from bot.health.readiness import Check, Readiness
from bot.jobs.steps.room import ROOM_FOR_A_VIDEO, room_in
from bot.jobs.worker import Worker
from bot.wiring.stores import Stores

NOBODYS = JobId("readyz")  # no video can have this id
LONGEST_ROUND = 30.0  # seconds: a worker that has not looked for work for this long is stuck


def readiness(client: VideoBot, worker: Worker, stores: Stores, duties: Duties = EVERYTHING) -> Readiness:
    """The readiness of the parts that this process has."""

    async def gateway() -> bool:
        return client.is_connected

    async def database() -> bool:
        await stores.queries.get(NOBODYS)
        return True

    async def working() -> bool:
        return worker.has_claimed_within(LONGEST_ROUND)

    async def disk() -> bool:
        free = await room_in(stores.files)
        return free is not None and free >= ROOM_FOR_A_VIDEO

    checks: dict[str, Check] = {"gateway": gateway} if duties.answers else {}
    checks["database"] = database
    if duties.works:
        checks["worker"] = working
    return Readiness(checks={**checks, "disk": disk})
