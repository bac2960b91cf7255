"""The whole bot with its files in a real object store that goes down and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.files.local import LocalFiles
from storage.files.objects import ObjectFiles
from tests.e2e.acting import create, logged, result_of, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full
from tests.object_stores import ACCESS_KEY, SECRET_KEY, SeaweedFS, seaweedfs
from tests.waiting import PATIENCE

pytestmark = [
    only_in_full("the node takes ten seconds to find that it is alone"),
    pytest.mark.timeout(300),  # the bot looks for its store once a minute
]

LOOKS_AGAIN = 60.0  # seconds, for the store


def kept_in(node: SeaweedFS) -> dict[str, str]:
    return {
        "FILES_URL": "s3://kinora/bot",
        "FILES_ENDPOINT": node.endpoint,
        "FILES_ACCESS_KEY": ACCESS_KEY,
        "FILES_SECRET_KEY": SECRET_KEY,
    }


async def test_a_bot_that_starts_without_its_store_answers_people_and_orders_once_it_is_there(tmp_path: Path) -> None:
    node = SeaweedFS(tmp_path)
    stage = quick_stage(tmp_path / "stage", kept_in(node))
    async with stage.running():
        await logged(stage, "Nothing is ordered until it does; FILES_URL says where it is.")
        waiting = await create(stage, prompt="a fox before the store is there")
        await until(stage, lambda: "can't store files now" in waiting.text)
        assert not stage.host.created
        try:
            await node.start()
            await until(stage, lambda: stage.host.created, LOOKS_AGAIN + PATIENCE)
            await result_of(stage, waiting)
        finally:
            await node.stop()


async def test_orders_wait_while_the_store_is_away_and_go_on_when_it_is_back(tmp_path: Path) -> None:
    async with seaweedfs(tmp_path) as node:
        stage = quick_stage(tmp_path / "stage", kept_in(node))
        async with stage.running():
            await result_of(stage, await create(stage, prompt="a fox while the store is there"))
            await node.stop()
            card = await create(stage, prompt="a fox while it is away")
            await logged(stage, "could not be saved here: The file store doesn't answer")
            waiting = await create(stage, prompt="a fox that is not ordered meanwhile")
            await until(stage, lambda: "can't store files now" in waiting.text)
            assert len(stage.host.created) == 2
            await node.start()
            await result_of(stage, card)
            await result_of(stage, waiting)
            assert len(stage.host.created) == 3
        kept = await ObjectFiles(node.address("s3://kinora/bot").open(), LocalFiles(tmp_path / "x"), most=0).keys()
        assert len([key for key in kept if key.endswith(".mp4")]) == 3
