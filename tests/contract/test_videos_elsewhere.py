"""Videos that lie in an object store and not on this disk, over HTTP: read from there as they are watched."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from obstore.store import MemoryStore

from bot.domain.errors import StoreAway
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.messages import msg
from bot.web.pages.kept_files import BLOCK, FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from storage.files.local import LocalFiles
from storage.files.objects import ObjectFiles
from tests.builders import NOON, a_done_job
from tests.ports import free_port
from tests.scripted import SteppingClock

JOB = a_done_job()
FILM = bytes(range(256)) * (3 * BLOCK // 256) + b"the end"


class CountingFiles(ObjectFiles):
    """Notes what is asked of the store; it is away from some byte on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(MemoryStore(), LocalFiles(folder), most=1)
        self.parts: list[tuple[int, int]] = []
        self.away_from: int | None = None

    async def part(self, key: str, start: int, length: int) -> bytes:
        self.parts.append((start, length))
        if self.away_from is not None and start >= self.away_from:
            raise StoreAway(msg("The file store doesn't answer."))
        return await super().part(key, start, length)


@dataclass
class Site:
    address: str
    files: CountingFiles
    visitor: aiohttp.ClientSession

    async def get(self, name: str = "video.mp4", **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.visitor.get(self.address.replace("?", f"/{name}?"), headers=headers) as answer:
            return answer, await answer.read()


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    port, files = free_port(), CountingFiles(tmp_path)
    assert JOB.video is not None
    for content, key in ((FILM, JOB.video.video), (b"RIFF", JOB.video.poster)):
        await files.put(content, key)  # no copy stays on disk: there is room for one byte

    async def find(_job_id: JobId) -> Job:
        return JOB

    links = PlayerLinks(base=f"http://127.0.0.1:{port}", key=b"k" * 32)
    pages = PlayerPages(find=find, files=FilePages(files=files), links=links, clock=SteppingClock())
    stop = await serve(pages, "127.0.0.1", port)
    async with aiohttp.ClientSession() as visitor:
        yield Site(links.to(JOB.id, NOON.replace(year=NOON.year + 1)), files, visitor)
    await stop()


async def test_a_video_comes_whole_block_by_block(site: Site) -> None:
    answer, body = await site.get()
    assert (answer.status, answer.content_type, answer.headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert body == FILM
    assert site.files.parts == [(0, BLOCK), (BLOCK, BLOCK), (2 * BLOCK, BLOCK), (3 * BLOCK, 7)]


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=100-199", 100, 200), ("bytes=-7", len(FILM) - 7, len(FILM)), (f"bytes={BLOCK}-", BLOCK, len(FILM))],
)
async def test_of_a_part_nothing_else_is_asked_of_the_store(site: Site, wanted: str, start: int, stop: int) -> None:
    answer, body = await site.get(Range=wanted)
    assert (answer.status, body) == (206, FILM[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(FILM)}"
    assert sum(length for _, length in site.files.parts) == stop - start


@pytest.mark.parametrize("wanted", [f"bytes={len(FILM)}-", "bytes=9-3", "lines=1-2"])
async def test_a_part_that_there_is_not_is_said_so(site: Site, wanted: str) -> None:
    answer, _ = await site.get(Range=wanted)
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(FILM)}")


async def test_a_copy_on_disk_is_served_from_there(site: Site, tmp_path: Path) -> None:
    assert JOB.video is not None
    await LocalFiles(tmp_path).put(FILM, JOB.video.video)
    answer, body = await site.get(Range="bytes=5-9")
    assert (answer.status, body, site.files.parts) == (206, FILM[5:10], [])


async def test_a_store_that_is_away_is_said_before_and_cut_off_after_the_beginning(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.files.away_from = 0
    assert (await site.get())[0].status == 503
    site.files.away_from = BLOCK
    with pytest.raises(aiohttp.ClientPayloadError):
        await site.get()
    assert re.findall("a video broke off on its way", caplog.text)
    assert "Traceback" not in caplog.text


async def test_a_missing_video_is_gone(site: Site) -> None:
    assert JOB.video is not None
    await site.files.remove([JOB.video.video])
    assert (await site.get())[0].status == 410


async def test_a_poster_is_kept_on_disk(site: Site) -> None:
    answer, body = await site.get("poster.webp")
    assert (answer.status, body, site.files.parts) == (200, b"RIFF", [])
