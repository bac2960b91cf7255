"""Two shipped bots with one token and one database: one answers people, and the other takes over when it ends."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.e2e.acting import says
from tests.e2e.stages import patient
from tests.extent import only_in_full

pytestmark = only_in_full("the second bot waits for the turn of the first")


async def test_one_answers_and_the_other_takes_over_when_it_is_killed(tmp_path: Path) -> None:
    stage, second = patient(Stage(tmp_path / "data")), BotKeeper(tmp_path / "second")
    async with stage.running():
        assert stage._sandbox is not None
        try:
            await second.start(stage._settings(stage._sandbox))
            await says(second, "another Kinora is connected with this token")
            for _ in range(5):
                outcome = await stage.person("ann").types("/status")
                assert outcome.message is not None
            await stage.keeper.kill()
            await says(second, "this one answers people now")
            await says(second, "ready as")
            outcome = await stage.person("ann").types("/status")
            assert outcome.message is not None
            assert stage.world.gateway.identifies == 2, "each connected in its turn"
        finally:
            await second.stop()
    assert "already acknowledged" not in (stage.keeper.log.read_text() + second.log.read_text())
    assert "was gone before it was answered" not in (stage.keeper.log.read_text() + second.log.read_text())
