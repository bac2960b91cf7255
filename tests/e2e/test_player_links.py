"""If people can reach the machine, a video too large for Discord is behind a button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio

from bot.health.heartbeat import heartbeat_file, read_heartbeat
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked_to_delete, card_goes, create, is_ready, result_of, until
from tests.e2e.stages import patient
from tests.extent import only_in_full
from tests.ports import free_port
from tests.waiting import comes_true

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("the walk is long, and its pages have tests of their own"),
]


@dataclass
class Reachable:
    stage: Stage
    url: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reachable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reachable]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"POLL_MAX_SECONDS": "1", "HTTP_PORT": str(port), "PUBLIC_URL": f"{url}/"}
    stage = patient(Stage(tmp_path_factory.mktemp("links"), render_seconds=1.0, settings=settings))
    async with stage.running() as running:
        yield Reachable(running, url)


@pytest.mark.usefixtures("films_as_ordered")
async def test_a_video_too_large_for_discord_is_watched_by_a_link_until_it_is_deleted(reachable: Reachable) -> None:
    stage = reachable.stage
    stage.world.trouble.fails("POST", r"channels/\d+/messages$", 413, 40005, times=3)
    card = await create(stage, prompt="a fox on the wide screen")
    result = await result_of(stage, card)
    await card_goes(stage, card)

    watch = next(button for button in result.buttons if button.label == "Watch")
    assert [button.label for button in result.buttons] == ["Watch", "Remix", "Run again · $0.40", "More…"]
    assert watch.url is not None
    assert watch.url.startswith(f"{reachable.url}/v/")
    assert "plays it until <t:" in result.text
    assert result.media[0].filename.endswith(".webp")
    (kept,) = (path for path in stage.data.rglob("videos/*/*.mp4") if not path.stem.endswith("-preview"))
    async with aiohttp.ClientSession() as visitor:
        async with visitor.get(watch.url) as page:
            assert page.status == 200
            assert "a fox on the wide screen" in await page.text()
        async with visitor.get(watch.url.replace("?", "/video.mp4?")) as film:
            assert await film.read() == kept.read_bytes()

        question = await asked_to_delete(stage, result)
        await stage.person("ann").clicks("Delete for good", on=question)
        await until(stage, lambda: "was deleted, with its poster and stills" in question.text)
        async with visitor.get(watch.url) as page:
            assert page.status == 410


async def test_history_opens_the_members_gallery_in_a_browser(reachable: Reachable) -> None:
    stage = reachable.stage
    pages = await answer(stage, await stage.person("ann").types("/history"))
    await until(stage, lambda: any(button.label == "Open gallery" for button in pages.buttons))
    (link,) = [button.url for button in pages.buttons if button.label == "Open gallery"]
    assert link is not None
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor, visitor.get(link) as page:
        assert (page.status, page.url.query_string) == (200, "")
        assert "a fox on the wide screen" in await page.text()


async def test_the_running_bot_says_what_of_it_is_ready_and_keeps_its_secret(
    reachable: Reachable,
) -> None:
    await comes_true(lambda: is_ready(reachable.stage.data))
    async with aiohttp.ClientSession() as visitor, visitor.get(f"{reachable.url}/readyz") as page:
        everything = {"ready": True, "gateway": True, "database": True, "worker": True, "disk": True}
        assert (page.status, await page.json()) == (200, everything)
    heartbeat = read_heartbeat(heartbeat_file(reachable.stage.data))
    assert heartbeat is not None
    assert set(heartbeat) == {"gateway", "database", "worker", "disk"}
    log = reachable.stage.keeper.log.read_text()
    assert (reachable.stage.data / "player-links.key").read_text() not in log
    assert "sig=" not in log
    assert "Traceback" not in log
