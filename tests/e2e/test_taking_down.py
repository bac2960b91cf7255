"""A video is reported, and a manager takes it down: it is gone everywhere, and who is concerned is told quietly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked, create, result_of, until, video_of
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("reports"), {}).running() as running:
        yield running


async def reported(stage: Stage, video: Message, why: str) -> Message:
    """The answer to a report by Sam."""
    sam = stage.person("sam")
    opened = await sam.uses("Report this video", on=video)
    if opened.form is None:
        return await answer(stage, opened)
    return await answer(stage, await sam.fills(opened.form, prompt=why))


def said_directly(stage: Stage, who: str) -> str:
    return "\n".join(message.text for message in stage.person(who).sees(stage.world.direct(who).id))


async def test_a_reported_video_is_taken_down_everywhere(stage: Stage) -> None:
    max_ = stage.person("max")
    card = await create(stage, prompt="a fox that looks like somebody")
    video, video_id = await result_of(stage, card), video_of(stage, card)
    refused = await reported(stage, video, "a real person")
    assert "no channel for reports yet" in refused.text
    await answer(stage, await max_.types("/settings notices", {"channel": "staff"}))

    thanks = await reported(stage, video, "a real person")
    assert thanks.ephemeral
    assert "Reported." in thanks.text
    before = await until(stage, lambda: next((m for m in max_.sees("staff") if "was reported" in m.text), None))
    assert "a real person" in before.text
    assert "looks like somebody" not in before.text
    again = await reported(stage, video, "")
    assert "already reported" in again.text

    await answer(stage, await stage.person("ann").types("/show", channel="lounge", video=video_id))
    copy = await until(stage, lambda: next((m for m in stage.person("ann").sees("lounge") if m.media), None))

    opened = await max_.clicks("Take down…", on=before)
    assert opened.form is not None
    done = await answer(stage, await max_.fills(opened.form, prompt="no real people"))
    await until(stage, lambda: "was taken down" in done.text)
    assert video.deleted
    assert copy.deleted
    await until(stage, lambda: "was taken down" in before.text and not before.buttons)
    await until(stage, lambda: "no real people" in said_directly(stage, "ann"))
    await until(stage, lambda: "A manager took it down" in said_directly(stage, "sam"))

    for command, more in (("/show", {}), ("/remix", {"prompt": "once more"})):
        no = await answer(stage, await stage.person("ann").types(command, {"video": video_id, **more}))
        assert "was taken down by managers" in no.text
        assert "no real people" in no.text
    history = await answer(stage, await stage.person("ann").types("/history"))
    await until(stage, lambda: "Taken down by managers" in history.text)
    status = await answer(stage, await stage.person("ann").types("/status", video=video_id))
    assert "Taken down by managers" in status.text
    assert not list((stage.data / "files" / "videos").rglob("*.mp4"))
    assert asked(stage, "SELECT cost > 0 FROM jobs") == [(1,)]


async def test_members_without_manage_server_are_not_offered_to_take_down(stage: Stage) -> None:
    names = {command["name"] for command in stage.person("ann").commands()}
    assert "Report this video" in names
    assert "Take down this video" not in names
    assert "Take down this video" in {command["name"] for command in stage.person("max").commands()}
