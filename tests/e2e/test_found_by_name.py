"""An order whose answer was lost, at a service that stores our name for it."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.services import Scene
from tests.e2e.acting import create, result_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full


@only_in_full("tests/contract/test_xai_jobs.py shows the same without waiting for the first search")
async def test_a_lost_order_at_xai_is_posted_without_a_person_and_paid_once(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}, scene=Scene(provider="xai")).running() as stage:
        result = await result_of(stage, await create(stage, prompt="a [lost] parcel"))
        assert result.media
        assert len(stage.host.created) == 1
