"""Another program's videos become finished videos of a member, on either database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Done
from bot.domain.studio.library import Reader, VideoFilter
from bot.domain.video import Mode, Size
from bot.importing.command import DONE, import_videos
from bot.importing.videos import Recipient
from bot.settings import Settings
from storage.files.local import LocalFiles
from tests.contract.databases import ANN, BEN, GUILD, World
from tests.films import a_film
from tests.imports import FOX, OCTOBER, OWL, written

pytestmark = pytest.mark.usefixtures("cheap_processes")

HERS = Recipient(guild_id=GUILD, member_id=ANN)


def settings_of(data_dir: Path, world: World) -> Settings:
    return Settings.model_validate({"discord_token": "x" * 60, "data_dir": data_dir, "database_url": world.url})


def a_folder(folder: Path, now: float) -> Path:
    """A video with a poster, a remix of it that comes first in its history, and one that is in no history."""
    folder.mkdir()
    film = a_film(folder / "video_fox_video.mp4", sound=False)
    for name in ("video_owl", "video_stray"):
        (folder / f"{name}_video.mp4").write_bytes(film.read_bytes())
    Image.new("RGB", (320, 180), "red").save(folder / "video_fox_thumbnail.webp", lossless=True)
    written(folder, [{**OWL, "timestamp": now * 1000}, FOX])
    return folder


async def videos_of(world: World, member: int, words: str = "") -> dict[str, Job]:
    """By their original ids."""
    wanted = VideoFilter(owner_id=member, words=words)
    page = await world.store.page(GUILD, wanted, Reader(member_id=member), None, 20)
    return {job.phase.remote_id: job for job in page.jobs if isinstance(job.phase, Done)}


async def test_a_folder_becomes_history_and_uses_no_budget(world: World, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data", world)
    folder = a_folder(tmp_path / "generated-videos", int(world.clock.now().timestamp()))

    assert await import_videos(settings, folder, HERS) == (
        DONE,
        [f"✓ {folder}: 3 imported, 0 already there, 0 skipped"],
    )

    jobs = await videos_of(world, ANN)
    fox, owl, stray = (jobs[f"video_{name}"] for name in ("fox", "owl", "stray"))
    assert (fox.request.prompt, fox.request.model, fox.request.seconds) == ("a fox in the snow", "sora-2", 4)
    assert (fox.request.size, fox.created_at, fox.cost) == (Size(1280, 720), OCTOBER, Usd.of("0.40"))
    assert (owl.request.source, owl.request.mode) == (fox.id, Mode.REMIX)
    assert (stray.request.prompt, stray.request.seconds, stray.cost) == ("video_stray_video.mp4", 1, Usd.of(0))
    assert {job.private for job in jobs.values()} == {True}
    assert set(await videos_of(world, ANN, "owl instead")) == {"video_owl"}
    assert (await world.store.costs(GUILD, ANN, Period.ALL)).spent == Usd.of("0.80")
    assert (await world.store.month(GUILD)).used == Usd.of(0)
    assert await world.store.check_books() == []

    files = LocalFiles(settings.data_dir / "files")
    assert await _colour_of_poster(files, fox) == "red"
    assert await _colour_of_poster(files, owl) != "red"
    kept = await files.keys()

    somebody_else = Recipient(guild_id=GUILD, member_id=BEN, channel_id=7)
    for whose in (HERS, somebody_else):
        _, lines = await import_videos(settings, folder, whose)
        assert lines == [f"✓ {folder}: 0 imported, 3 already there, 0 skipped"]
    assert await videos_of(world, BEN) == {}
    assert await files.keys() == kept


async def _colour_of_poster(files: LocalFiles, job: Job) -> str:
    assert job.video is not None
    async with files.local(job.video.poster) as poster:
        colour = await asyncio.to_thread(lambda: Image.open(poster).convert("RGB").getpixel((9, 9)))
    assert isinstance(colour, tuple)
    red, green, _ = colour
    return "red" if red > 200 and green < 60 else "another"
