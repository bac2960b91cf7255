"""A manager pauses the queue and resumes it, retries and deletes many, and takes a reported video down."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.people.outcome import CannotDo
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked, card_says, create, result_of, until, video_of
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

REASON = "the service is down until 3 pm"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("queue"), {}).running() as running:
        yield running


async def test_orders_of_a_paused_server_wait_and_say_why_until_it_goes_on(stage: Stage) -> None:
    max_ = stage.person("max")
    screen = await answer(stage, await max_.types("/queue"))
    opened = await max_.clicks("Pause…", on=screen)
    assert opened.form is not None
    await max_.fills(opened.form, prompt=REASON)
    await until(stage, lambda: "The queue is paused" in screen.text)
    first, second = await create(stage, prompt="a fox"), await create(stage, prompt="a secret owl", private=True)
    await card_says(stage, first, "the queue is paused.** the service is down until 3 pm.")
    listed = await answer(stage, await stage.person("ann").types("/status"))
    assert REASON in listed.text
    assert not stage.host.created

    await max_.clicks("Refresh", on=screen)
    await until(stage, lambda: "2 queued" in screen.text)
    assert "secret" not in screen.text
    sheet = await answer(stage, await max_.clicks("Manage…", on=screen))
    assert sheet.ephemeral
    await max_.clicks("Resume", on=screen)
    await result_of(stage, first)
    assert second.ephemeral
    await until(stage, lambda: len(stage.host.created) == 2)


async def test_what_failed_is_retried_and_what_is_finished_deleted_after_a_preview(stage: Stage) -> None:
    max_ = stage.person("max")
    fails, stays = await create(stage, prompt="a boat [breaks]"), await create(stage, prompt="a kite")
    await card_says(stage, fails, "Failed")
    video = await result_of(stage, stays)
    screen = await answer(stage, await max_.types("/queue"))
    opened = await max_.clicks("Retry failed…", on=screen)
    assert opened.form is not None
    preview = await answer(stage, await max_.fills(opened.form))
    assert "Retry 1 failed order for $0.40?" in preview.text
    await max_.clicks("Retry · $0.40", on=preview)
    await until(stage, lambda: "1 of 1 ordered again for $0.40" in preview.text)
    again = [m for m in stage.person("ann").sees() if "a boat" in m.text and m.id != fails.id and not m.ephemeral]
    assert len(again) == 1

    opened = await max_.clicks("Delete many…", on=screen)
    assert opened.form is not None
    preview = await answer(stage, await max_.fills(opened.form, whose="ann"))
    await max_.clicks("k1:bulk:begin", on=preview)
    await until(stage, lambda: "deleted, about" in preview.text and "✅" in preview.text)
    assert video.deleted


async def test_members_without_manage_server_find_no_queue(stage: Stage) -> None:
    with pytest.raises(CannotDo):
        await stage.person("ann").types("/queue")


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
    await until(stage, lambda: "was taken down" in before.text)
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
    assert not list((stage.data / "files" / "videos" / str(video_id)).rglob("*.mp4"))
    assert (video_id, 400_000) in asked(stage, "SELECT id, cost FROM jobs WHERE deleted")
    opened = await max_.clicks("Block member…", on=before)
    assert opened.form is not None
    blocked = await answer(stage, await max_.fills(opened.form))
    assert "is blocked from making videos, for good" in blocked.text


async def test_members_without_manage_server_are_not_offered_to_take_down(stage: Stage) -> None:
    names = {command["name"] for command in stage.person("ann").commands()}
    assert "Report this video" in names
    assert "Take down this video" not in names
    assert "Take down this video" in {command["name"] for command in stage.person("max").commands()}
