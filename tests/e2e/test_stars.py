"""A video with two ★ is posted in the showcase: with its maker's name, once despite a killed bot, and removed again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress

import pytest
import pytest_asyncio

from bot.jobs.use_cases.studio.showcase.work import EVERY as LOOK
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked, create, more_of, result_of, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full
from tests.waiting import comes_true

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("its parts are tested by themselves; the way through takes eight seconds"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("showcase"), {}).running() as running:
        yield running


def posts(stage: Stage) -> list[Message]:
    """The messages in the showcase."""
    return [each for each in stage.person("max").sees("lounge") if each.media and not each.deleted]


async def shows_in_time(stage: Stage, words: str) -> None:
    """The post is edited once a minute: what an edit before these words has put off is made due again."""
    while True:
        with suppress(TimeoutError):
            await until(stage, lambda: words in posts(stage)[0].text, LOOK + 1)
            return
        _make_due(stage)


@pytest.mark.timeout(300)
async def test_a_video_comes_into_the_showcase_once_and_leaves_it(stage: Stage) -> None:
    ann, max_, sam = (stage.person(key) for key in ("ann", "max", "sam"))
    hub = await answer(stage, await max_.types("/settings open"))
    await max_.picks("showcase", on=hub)
    await until(stage, lambda: "There is no showcase" in hub.text)
    await max_.picks("lounge", on=hub, select="Showcase channel")
    await until(stage, lambda: "★" in hub.text and "There is no showcase" not in hub.text)
    await max_.picks("2", on=hub, select="★ that let a video in")
    await until(stage, lambda: "videos with 2 ★" in hub.text)

    fox = await result_of(stage, await create(stage, prompt="a fox in the snow"))
    for who in "ann", "sam", "max":
        panel = await more_of(stage, fox, who)
        await stage.person(who).clicks("Favourite", on=panel)
    await stage.keeper.kill()
    await stage.keeper.start()
    await until(stage, lambda: stage.world.gateway.online)
    _make_due(stage)  # the killed process held it
    await stage.person("tia").clicks("Favourite", on=await more_of(stage, fox, "tia"))
    await until(stage, lambda: posts(stage))
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    (post,) = posts(stage)
    assert re.match(rf"⭐ \*\*[23]\*\* · by <@{ann.id}>\n", post.text)  # the third ★ may have come before the post
    assert "a fox in the snow" in post.text
    assert [button.label for button in post.buttons] == ["Favourite", "Remix", "More…", "Original"]
    assert [media.description for media in post.media] == ["Video: a fox in the snow"]

    taken = await answer(stage, await sam.clicks("Favourite", on=post))
    assert "no longer one of your favourites" in taken.text
    _make_due(stage)
    given = await answer(stage, await sam.clicks("Favourite", on=post))
    assert "is one of your favourites now" in given.text
    await shows_in_time(stage, "⭐ **3**")
    assert [media.description for media in posts(stage)[0].media] == ["Video: a fox in the snow"]

    refused = [button.label for button in (await more_of(stage, post, "sam")).buttons]
    assert "Take out of the showcase" not in refused
    out = await answer(stage, await ann.clicks("Take out of the showcase", on=await more_of(stage, post)))
    assert "won't be posted there again" in out.text
    await until(stage, lambda: posts(stage) == [])
    assert fox.id in {each.id for each in ann.sees() if not each.deleted}
    await comes_true(lambda: asked(stage, "SELECT state FROM showcase_videos") == [("out",)])


def _make_due(stage: Stage) -> None:
    """As if the minute until the next edit had passed."""
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        database.execute("UPDATE showcase_videos SET due_at = 1")
        database.commit()
