"""A manager holds the queue up and lets it go on; members see why they wait."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.people.outcome import CannotDo
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, card_says, create, result_of, until
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
