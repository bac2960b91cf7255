"""Player pages over real HTTP: who may watch, what they get, and what others are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.domain.errors import CannotStart
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.studio.ratings import VideoRating
from bot.network.drive import DriveThreads
from bot.ui.text.render import plain_text
from bot.web.pages.kept_files import FilePages
from bot.web.pages.phrases import BROKEN, DELETED, WRONG
from bot.web.player import PlayerPages
from bot.web.server import serve
from storage.files.local import LocalFiles
from tests.builders import NOON, a_done_job, a_job, a_request
from tests.films import a_film
from tests.hangs import hanging_disk
from tests.ports import free_port
from tests.scripted import SteppingClock

PROMPT = 'a fox <script>alert("x")</script> & more'


@dataclass
class Site:
    """A running site, its one video, and a visitor."""

    url: str
    links: PlayerLinks
    clock: SteppingClock
    files: LocalFiles
    film: bytes
    visitor: aiohttp.ClientSession
    jobs: dict[JobId, Job] = field(default_factory=dict)
    ratings: dict[JobId, VideoRating] = field(default_factory=dict)
    broken: bool = False

    async def find(self, job_id: JobId) -> Job | None:
        if self.broken:
            raise OSError("the database is away")
        return self.jobs.get(job_id)

    async def counted(self, job_ids: Collection[JobId]) -> Mapping[JobId, VideoRating]:
        return {job_id: self.ratings[job_id] for job_id in job_ids if job_id in self.ratings}

    async def get(self, address: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.visitor.get(address, headers=headers) as response:
            return response, await response.read()

    def address(self, until: datetime = NOON + timedelta(days=7), job_id: str = "K7Q4FD") -> str:
        return self.links.to(JobId(job_id), until)

    def file(self, name: str) -> str:
        page, _, query = self.address().partition("?")
        return f"{page}/{name}?{query}"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return a_film(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()


@pytest_asyncio.fixture
async def site(tmp_path: Path, film: bytes) -> AsyncIterator[Site]:
    port, files = free_port(), LocalFiles(tmp_path / "files")
    job = a_done_job(request=a_request(prompt=PROMPT))
    assert job.video is not None
    await files.put(film, job.video.video)
    await files.put(b"RIFF....WEBP", job.video.poster)
    async with aiohttp.ClientSession() as visitor:
        links = PlayerLinks(base=f"http://127.0.0.1:{port}", key=b"k" * 32)
        site = Site(links.base, links, SteppingClock(), files, film, visitor, {job.id: job})
        file_pages = FilePages(files=files, write=plain_text)
        pages = PlayerPages(
            find=site.find,
            ratings=site.counted,
            files=file_pages,
            links=links,
            clock=site.clock,
            write=plain_text,
            label={"sora-2": "Sora 2"}.__getitem__,
        )
        stop = await serve(pages, "127.0.0.1", port)
        yield site
        await stop()


async def test_the_page_plays_the_video_and_previews_it_elsewhere(site: Site) -> None:
    response, body = await site.get(site.address())
    text = body.decode()
    assert response.status == 200
    assert response.content_type == "text/html"
    film, still = (site.file(name).replace("&", "&amp;") for name in ("video.mp4", "poster.webp"))
    assert f'<meta property="og:video" content="{film}">' in text
    assert f'<meta property="og:image" content="{still}">' in text
    assert "<video controls" in text
    assert "Sora 2 · 4 s · 1280x720 · AI-generated" in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


async def test_the_page_says_how_many_like_the_video(site: Site) -> None:
    assert "👍" not in (await site.get(site.address()))[1].decode()
    site.ratings[JobId("K7Q4FD")] = VideoRating(likes=2, dislikes=1)
    assert "👍 2 · 👎 1" in (await site.get(site.address()))[1].decode()


async def test_the_film_comes_whole_and_in_parts(site: Site) -> None:
    whole, body = await site.get(site.file("video.mp4"))
    assert (whole.status, whole.content_type, body) == (200, "video/mp4", site.film)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part, middle = await site.get(site.file("video.mp4"), Range="bytes=100-199")
    assert (part.status, middle) == (206, site.film[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(site.film)}"
    beyond, _ = await site.get(site.file("video.mp4"), Range=f"bytes={len(site.film)}-")
    assert beyond.status == 416


@pytest.mark.parametrize("name", ["video.mp4", "poster.webp"])
async def test_what_a_browser_has_is_not_sent_again_while_it_is_kept(site: Site, name: str) -> None:
    whole, _ = await site.get(site.file(name))
    assert (await site.get(site.file(name), **{"If-None-Match": '"other"'}))[0].status == 200
    known, body = await site.get(site.file(name), **{"If-None-Match": whole.headers["ETag"]})
    assert (known.status, body) == (304, b"")
    await site.files.remove([key for job in site.jobs.values() if job.video is not None for key in job.video.keys])
    gone, _ = await site.get(site.file(name), **{"If-None-Match": whole.headers["ETag"]})
    assert gone.status == 410


@pytest.mark.parametrize("name", ["video.mp4", "poster.webp"])
async def test_a_part_in_units_that_nobody_knows_is_the_whole_file(site: Site, name: str) -> None:
    whole, body = await site.get(site.file(name))
    answer, all_of_it = await site.get(site.file(name), Range="seconds=1-2")
    assert (answer.status, answer.content_type, all_of_it) == (200, whole.content_type, body)
    assert "Content-Range" not in answer.headers


async def test_the_poster_is_served_with_the_same_signature(site: Site) -> None:
    response, body = await site.get(site.file("poster.webp"))
    assert (response.status, response.content_type, body) == (200, "image/webp", b"RIFF....WEBP")


@pytest.mark.parametrize("name", ["", "/video.mp4", "/poster.webp"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "until=1795824000",
        "until=1795824000&sig=",
        "until=1795824000&sig=" + "0" * 64,
        "until=x&sig=y",
        "until=²&sig=é",
        "until=" + "9" * 40 + "&sig=" + "0" * 64,
    ],
)
async def test_without_a_good_signature_there_is_a_sentence_and_nothing_else(site: Site, name: str, query: str) -> None:
    response, body = await site.get(f"{site.url}/v/K7Q4FD{name}?{query}")
    assert response.status == 403
    assert str(WRONG) in body.decode()
    assert "fox" not in body.decode()


async def test_a_signature_opens_its_own_video_until_its_own_moment_only(site: Site) -> None:
    other = replace(a_done_job(), id=JobId("AAAAAA"))
    site.jobs[other.id] = other
    good = site.address()
    assert (await site.get(good.replace("K7Q4FD", "AAAAAA")))[0].status == 403
    assert (await site.get(good.replace("until=1", "until=2")))[0].status == 403
    site.clock.forward(7 * 86400 - 1)
    assert (await site.get(good))[0].status == 200
    site.clock.forward(1)
    assert (await site.get(good))[0].status == 403


async def test_a_link_has_one_spelling(site: Site) -> None:
    good = site.address()
    for other in (
        good.replace("until=", "until=0"),
        good.replace("until=", "until=%2B"),
        good.replace("sig=", "sig=%20"),
    ):
        assert (await site.get(other))[0].status == 403
    page, _, signature = good.rpartition("sig=")
    assert (await site.get(f"{page}sig={signature.upper()}"))[0].status == 403
    assert (await site.get(good))[0].status == 200


async def test_a_private_video_is_opened_by_its_signed_link_too(site: Site) -> None:
    site.jobs[JobId("K7Q4FD")] = replace(site.jobs[JobId("K7Q4FD")], private=True)
    assert (await site.get(site.address()))[0].status == 200
    assert (await site.get(f"{site.url}/v/K7Q4FD"))[0].status == 403


async def test_a_deleted_video_is_gone(site: Site) -> None:
    site.jobs[JobId("K7Q4FD")] = replace(site.jobs[JobId("K7Q4FD")], deleted=True)
    response, body = await site.get(site.address())
    assert (response.status, str(DELETED) in body.decode()) == (410, True)
    assert (await site.get(site.file("video.mp4")))[0].status == 410
    assert (await site.get(site.address(job_id="BBBBBB")))[0].status == 410


async def test_a_file_that_is_missing_is_gone_and_an_unfinished_video_is_not_there(site: Site) -> None:
    await site.files.remove(["videos/x/1.mp4"])
    assert (await site.get(site.file("video.mp4")))[0].status == 410
    site.jobs[JobId("K7Q4FD")] = replace(a_job(), id=JobId("K7Q4FD"))
    assert (await site.get(site.address()))[0].status == 410


async def test_while_the_disk_hangs_visitors_are_asked_to_come_back_later(site: Site, tmp_path: Path) -> None:
    site.files.threads = DriveThreads(patience=0.05)
    with hanging_disk(tmp_path):
        answer, _ = await site.get(site.file("video.mp4"))
        assert answer.status == 503
    assert (await site.get(site.file("video.mp4")))[1] == site.film


async def test_nobody_may_frame_sniff_or_hand_on_the_address(site: Site) -> None:
    for address in (site.address(), site.file("video.mp4"), f"{site.url}/v/K7Q4FD"):
        response, _ = await site.get(address)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_a_page_that_breaks_says_so_in_its_visitors_language(site: Site) -> None:
    site.broken = True
    response, body = await site.get(site.address(), **{"Accept-Language": "de"})
    assert (response.status, response.headers["Cache-Control"]) == (503, "no-store")
    assert '<html lang="de">' in body.decode()
    assert plain_text(BROKEN, "de") in body.decode()
    assert plain_text(BROKEN, "de") != str(BROKEN)


async def test_a_taken_port_is_one_sentence(site: Site) -> None:
    pages = PlayerPages(find=site.find, files=FilePages(files=site.files), links=site.links, clock=site.clock)
    port = int(site.url.rpartition(":")[2])
    with pytest.raises(CannotStart, match=rf"^HTTP_HOST 127\.0\.0\.1 and HTTP_PORT {port} cannot be used"):
        await serve(pages, "127.0.0.1", port)


async def test_a_host_that_no_name_can_have_is_one_sentence(site: Site) -> None:
    pages = PlayerPages(find=site.find, files=FilePages(files=site.files), links=site.links, clock=site.clock)
    with pytest.raises(CannotStart, match=r"^HTTP_HOST a\.\.b and HTTP_PORT 1 cannot be used: no host has such a name"):
        await serve(pages, "a..b", 1)
