"""Videos in an object store and not on this disk, over HTTP: read from there while they are watched."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
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
A_YEAR = timedelta(days=365)
STORE = "https://store.example"
PLAYER = {"Sec-Fetch-Dest": "video"}  # as browsers mark requests for a player
FILM = bytes(range(256)) * (3 * BLOCK // 256) + b"the end"


class CountingFiles(ObjectFiles):
    """Records requests to the store; it is down from some byte on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(MemoryStore(), LocalFiles(folder), most=1)
        self.parts: list[tuple[int, int]] = []
        self.away_from: int | None = None
        self.signed_for: list[int] = []

    async def signed(self, key: str, seconds: int) -> str | None:
        self.signed_for.append(seconds)
        return f"{STORE}/{key}?X-Amz-Expires={seconds}"

    async def part(self, key: str, start: int, length: int) -> bytes:
        self.parts.append((start, length))
        if self.away_from is not None and start >= self.away_from:
            raise StoreAway(msg("The file store doesn't answer."))
        return await super().part(key, start, length)


class NothingSigned(CountingFiles):
    """A store whose keys cannot sign."""

    async def signed(self, key: str, seconds: int) -> str | None:
        assert key
        self.signed_for.append(seconds)
        return None


@dataclass
class Site:
    address: str
    files: CountingFiles
    visitor: aiohttp.ClientSession

    async def get(self, name: str = "video.mp4", **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        address = self.address.replace("?", f"/{name}?")
        async with self.visitor.get(address, headers=headers, allow_redirects=False) as answer:
            return answer, await answer.read()


@asynccontextmanager
async def a_site(files: CountingFiles, open_for: timedelta = A_YEAR, *, redirects: bool = False) -> AsyncIterator[Site]:
    port = free_port()
    assert JOB.video is not None
    for content, key in ((FILM, JOB.video.video), (b"RIFF", JOB.video.poster)):
        await files.put(content, key)  # no copy stays on disk: there is space for one byte

    async def find(_job_id: JobId) -> Job:
        return JOB

    links = PlayerLinks(base=f"http://127.0.0.1:{port}", key=b"k" * 32)
    file_pages = FilePages(files=files, redirects=redirects)
    pages = PlayerPages(find=find, files=file_pages, links=links, clock=SteppingClock())
    stop = await serve(pages, "127.0.0.1", port, media_from=STORE if redirects else None)
    async with aiohttp.ClientSession() as visitor:
        yield Site(links.to(JOB.id, NOON + open_for), files, visitor)
    await stop()


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(CountingFiles(tmp_path)) as site:
        yield site


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


@pytest.mark.parametrize("wanted", [f"bytes={len(FILM)}-", "bytes=9-3"])
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


async def test_a_player_is_sent_to_the_store_and_no_longer_than_an_hour(tmp_path: Path) -> None:
    async with a_site(CountingFiles(tmp_path), redirects=True) as site:
        answer, _ = await site.get(**PLAYER, Range="bytes=5-9")
        assert answer.status == 302
        assert JOB.video is not None
        assert answer.headers["Location"] == f"{STORE}/{JOB.video.video}?X-Amz-Expires=3600"
        assert answer.headers["Cache-Control"] == "no-store"
        assert site.files.parts == []
        async with site.visitor.get(site.address) as page:
            assert f"media-src 'self' {STORE};" in page.headers["Content-Security-Policy"]


async def test_an_address_of_the_store_ends_with_the_link_that_led_there(tmp_path: Path) -> None:
    async with a_site(CountingFiles(tmp_path), timedelta(minutes=5), redirects=True) as site:
        assert (await site.get(**PLAYER))[0].status == 302
        (seconds,) = site.files.signed_for
        assert 290 <= seconds <= 300


async def test_downloads_posters_and_other_programs_are_served_from_here(tmp_path: Path) -> None:
    async with a_site(CountingFiles(tmp_path), redirects=True) as site:
        for headers in ({}, {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "empty"}):
            assert (await site.get(**headers))[0].status == 200
        assert (await site.get("poster.webp", **PLAYER))[0].status == 200
        assert site.files.signed_for == []


async def test_what_cannot_be_signed_is_streamed(tmp_path: Path) -> None:
    async with a_site(NothingSigned(tmp_path), redirects=True) as site:
        answer, body = await site.get(**PLAYER, Range="bytes=5-9")
        assert (answer.status, body) == (206, FILM[5:10])
        assert len(site.files.signed_for) == 1


async def test_a_bad_link_leads_nowhere(tmp_path: Path) -> None:
    async with a_site(CountingFiles(tmp_path), redirects=True) as site:
        site.address = site.address.replace("sig=", "sig=x")
        assert (await site.get(**PLAYER))[0].status == 403
        assert site.files.signed_for == []


async def test_without_the_setting_nobody_is_sent_anywhere(site: Site) -> None:
    assert (await site.get(**PLAYER))[0].status == 200
    async with site.visitor.get(site.address) as page:
        assert "media-src 'self';" in page.headers["Content-Security-Policy"]
