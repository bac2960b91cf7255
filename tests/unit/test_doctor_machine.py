"""What the doctor says about codecs and web pages, with real processes and sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.doctor.machine_checks import NOBODYS, WebPages, codecs
from bot.doctor.report import Level
from bot.domain.errors import SpoiltVideo
from bot.domain.ids import ALPHABET
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.health.readiness import Readiness
from bot.media.processor import SubprocessMediaProcessor
from bot.web.health import HealthPages
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import application
from storage.files.local import LocalFiles
from tests.servers import an_http_server

KEY = b"k" * 32


async def test_a_film_is_made_and_read() -> None:
    (finding,) = await codecs(SubprocessMediaProcessor())
    assert (finding.level, finding.words) == (Level.FINE, "made and read a test video in H.264, with its poster")


@pytest.mark.parametrize("trouble", [SpoiltVideo("No such codec."), RuntimeError("a long story\nNo such codec.")])
async def test_a_machine_that_cannot_make_films_is_told_to_install_anew(trouble: Exception) -> None:
    class Broken(SubprocessMediaProcessor):
        async def self_test(self, target: Path) -> None:
            assert target.name == "film.mp4"
            raise trouble

    (finding,) = await codecs(Broken())
    assert (finding.level, finding.words) == (Level.FAILURE, "H.264 cannot be made and read here: No such codec.")
    assert "av" in finding.fix


class OneVideo:
    """The web pages' queries on an empty database, which may break."""

    is_broken = False

    async def find(self, job_id: object) -> Job | None:
        assert job_id
        return None


def kinora(folder: Path, one_video: OneVideo) -> web.Application:
    links, files = PlayerLinks(base="", key=KEY), FilePages(files=LocalFiles(folder))
    pages = PlayerPages(find=one_video.find, files=files, links=links, clock=SystemClock())

    async def database() -> bool:
        return not one_video.is_broken

    return application(pages, health=HealthPages(readiness=Readiness(checks={"database": database})))


def pages(folder: Path, port: int | None, url: str | None = None, key: bytes | None = KEY) -> WebPages:
    file = folder / "player-links.key"
    if key is not None:
        file.write_text(key.hex())
    return WebPages(host="127.0.0.1", port=port, public_url=url, key_file=file, looks=0)


async def said(of: WebPages) -> list[tuple[Level, str]]:
    return [(each.level, each.words) for each in [*await of.local(), *await of.public()]]


async def test_our_own_pages_are_known_by_their_key(tmp_path: Path) -> None:
    async with an_http_server(kinora(tmp_path, OneVideo())) as port:
        url = f"http://127.0.0.1:{port}"
        plain = (Level.WARNING, "PUBLIC_URL is not https: what is watched can be read on the way")
        served = (Level.FINE, f"served on port {port}: the bot is running and well")
        assert await said(pages(tmp_path, port, url)) == [served, (Level.FINE, f"{url} leads here"), plain]
        assert (await said(pages(tmp_path, port, f"{url}/")))[1] == (Level.FINE, f"{url} leads here")
        strange = f"{url} leads to a Kinora with another DATA_DIR, which opens none of our links"
        assert (await said(pages(tmp_path, port, url, key=b"other")))[1] == (Level.FAILURE, strange)
        (tmp_path / "player-links.key").unlink()
        new = f"a Kinora answers at {url}, but this one was never started"
        assert (await said(pages(tmp_path, port, url, key=None)))[1] == (Level.WARNING, new)
        assert not (tmp_path / "player-links.key").exists()


async def test_a_bot_that_is_not_well_is_no_other_program(tmp_path: Path) -> None:
    one_video = OneVideo()
    one_video.is_broken = True
    async with an_http_server(kinora(tmp_path, one_video)) as port:
        assert await said(pages(tmp_path, port)) == [
            (Level.FAILURE, f"the bot answers on port {port} and is not ready: database")
        ]


async def test_another_program_is_known(tmp_path: Path) -> None:
    async with an_http_server(web.Application()) as port:
        url = f"http://127.0.0.1:{port}"
        local, public, _ = await said(pages(tmp_path, port, url))
        assert local == (Level.FAILURE, f"on port {port} something else answers (status 404)")
        assert public == (Level.FAILURE, f"{url}/healthz does not lead to Kinora (status 404)")


async def test_without_a_port_links_need_another_process(tmp_path: Path) -> None:
    assert await said(pages(tmp_path, None)) == []
    found = await said(pages(tmp_path, None, "https://127.0.0.1:9"))
    assert [level for level, _ in found] == [Level.WARNING, Level.WARNING]
    assert found[1][1].startswith("PUBLIC_URL is set and HTTP_PORT is not")


def test_the_question_is_about_a_video_that_cannot_be() -> None:
    assert not set(NOBODYS) <= set(ALPHABET)
