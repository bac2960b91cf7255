"""Parts of delivery: learned limits, copies made once, refusals in our words, a lasting key."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.domain.errors import KinoraError, SpoiltVideo, Unavailable, Undeliverable
from bot.domain.phases import Done
from bot.domain.video import StoredVideo
from bot.jobs.delivery.previews import Previews
from bot.jobs.delivery.upload_limits import FLOOR, MIB, UploadLimits
from bot.jobs.use_cases.manage import files_of
from bot.ui.interactions.discord_errors import in_our_words, is_too_large, refuses_the_reference
from storage.files.local import LocalFiles
from storage.files.signing_key import lasting_key
from storage.jobs.mapping import job_of, row_of
from tests.builders import NOON, a_done_job, a_job, a_video
from tests.scripted import MemoryRecords, PlainMediaProcessor, SteppingClock

# Limits


@pytest.fixture
def limits() -> UploadLimits:
    return UploadLimits(records=MemoryRecords(), clock=SteppingClock())


@pytest.mark.parametrize(
    ("told", "counts"), [(20 * MIB, 20 * MIB), (100 * MIB, 100 * MIB), (8 * MIB, FLOOR), (0, FLOOR)]
)
async def test_discords_figure_counts_with_some_room_left(limits: UploadLimits, told: int, counts: int) -> None:
    assert await limits.of(a_job(upload_limit=told)) == int(counts * 0.98)


@pytest.mark.parametrize(
    ("size", "then"),
    [(90 * MIB, 50 * MIB), (45 * MIB, 20 * MIB), (15 * MIB, 10 * MIB), (10 * MIB, 5 * MIB), (9 * MIB, 4.5 * MIB)],
)
async def test_a_refusal_teaches_the_next_figure_of_discord_and_then_half(
    limits: UploadLimits, size: int, then: float
) -> None:
    job = a_job(upload_limit=100 * MIB)
    await limits.refused(job, size)
    assert await limits.of(job) == int(then * 0.98)


async def test_a_lesson_is_the_servers_own(limits: UploadLimits) -> None:
    job = a_job(upload_limit=20 * MIB)
    await limits.refused(job, 15 * MIB)
    assert await limits.of(replace(job, guild_id=99)) == int(20 * MIB * 0.98)
    assert await limits.of(replace(job, private=True)) == int(20 * MIB * 0.98)


async def test_a_larger_figure_of_discords_own_ends_a_lesson(limits: UploadLimits) -> None:
    job = a_job(upload_limit=20 * MIB)
    await limits.refused(job, 15 * MIB)
    assert await limits.of(job) == int(10 * MIB * 0.98)
    assert await limits.of(replace(job, upload_limit=50 * MIB)) == int(50 * MIB * 0.98)


async def test_a_smaller_figure_of_discords_own_counts_beside_a_lesson(limits: UploadLimits) -> None:
    job = a_job(upload_limit=50 * MIB)
    await limits.refused(job, 30 * MIB)
    assert await limits.of(replace(job, upload_limit=15 * MIB)) == int(15 * MIB * 0.98)


async def test_a_lesson_is_tried_anew_after_a_week() -> None:
    clock = SteppingClock()
    limits, job = UploadLimits(records=MemoryRecords(), clock=clock), a_job(upload_limit=20 * MIB)
    await limits.refused(job, 15 * MIB)
    clock.forward(7 * 86400)
    assert await limits.of(job) == int(10 * MIB * 0.98)
    clock.forward(1)
    assert await limits.of(job) == int(20 * MIB * 0.98)


# Copies


class CountingMediaProcessor(PlainMediaProcessor):
    def __init__(self, *troubles: Exception) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.troubles = list(troubles)

    async def shrink(self, video: Path, target: Path, most: int) -> Any:
        self.asked.append(most)
        if self.troubles:
            raise self.troubles.pop(0)
        return await super().shrink(video, target, most)


async def kept_video(files: LocalFiles) -> StoredVideo:
    video = a_video()
    await files.put(b"x" * 1000, video.video)
    return video


async def test_a_copy_is_made_once_and_again_only_when_it_must_be_smaller(tmp_path: Path) -> None:
    files, media = LocalFiles(tmp_path), CountingMediaProcessor()
    video, copies = await kept_video(files), Previews(files=files, media=media)
    for most, size in ((600, 600), (700, 600), (300, 300), (600, 300)):
        async with copies.fitted(video, most) as path:
            assert path is not None
            assert path.stat().st_size == size
    assert media.asked == [600, 300]
    async with files.local(video.video) as original:
        assert original.read_bytes() == b"x" * 1000


async def test_deleting_a_video_deletes_its_copy(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    video = await kept_video(files)
    async with Previews(files=files, media=PlainMediaProcessor()).fitted(video, 500) as path:
        assert path is not None
    await files.remove(files_of(a_done_job()))
    assert not path.exists()


@pytest.mark.parametrize("trouble", [SpoiltVideo("too small"), RuntimeError("no media processor")])
async def test_where_there_can_be_no_copy_there_is_none(tmp_path: Path, trouble: Exception) -> None:
    files = LocalFiles(tmp_path)
    video = await kept_video(files)
    async with Previews(files=files, media=CountingMediaProcessor(trouble)).fitted(video, 500) as path:
        assert path is None
    assert list(tmp_path.rglob("*-preview.mp4")) == []


async def test_a_full_disk_is_worth_another_try(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    video = await kept_video(files)
    copies = Previews(files=files, media=CountingMediaProcessor(OSError(28, "No space left on device")))
    with pytest.raises(Unavailable, match="No space left"):
        async with copies.fitted(video, 500):
            pass


async def test_a_missing_original_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        async with Previews(files=LocalFiles(tmp_path), media=PlainMediaProcessor()).fitted(a_video(), 500):
            pass


def test_only_h264_with_8_bits_and_420_plays_everywhere() -> None:
    assert a_video().plays_everywhere
    assert not a_video(codec="hevc").plays_everywhere
    assert not a_video(pixel_format="yuv420p10le").plays_everywhere
    assert not a_video(obstacles=("sound in AC-3",)).plays_everywhere


def test_a_video_that_was_kept_before_more_was_known_of_it_is_still_read() -> None:
    job = a_done_job()
    row = row_of(job)
    assert "obstacles" not in row["detail"]["video"]  # fields with default values aren't stored
    read: Any = SimpleNamespace(**row)
    assert job_of(read) == job


def test_what_keeps_a_video_from_playing_everywhere_is_kept_with_it() -> None:
    job = a_done_job(phase=Done(video=a_video(obstacles=("HEVC", "HDR")), remote_id="video_1", finished_at=NOON))
    row: Any = SimpleNamespace(**row_of(job))
    assert job_of(row) == job


# Refusals


def http_error(status: int, code: int | str = 0, text: str = "no") -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 500: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="x")
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": text})


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (http_error(404, 10003), Undeliverable, "channel was deleted"),
        (http_error(404, 10008), Undeliverable, "removed right away"),
        (http_error(404, 10004), Undeliverable, "no longer in its server"),
        (http_error(403, 50001), Undeliverable, "can no longer see its channel"),
        (http_error(403, 50013), Undeliverable, "lacks a permission"),
        (http_error(403, 50007), Undeliverable, "can't send you direct messages"),
        (http_error(403, 160005), Undeliverable, "thread is locked"),
        (http_error(400, 200000), Undeliverable, "AutoMod"),
        (http_error(400, 50035, "odd form"), Undeliverable, "odd form"),
        (http_error(429), Unavailable, "having trouble"),
        (http_error(500), Unavailable, "having trouble"),
        (http_error(403, 40333, "internal network error"), Unavailable, "having trouble"),
        (http_error(403, 40003, "too fast"), Unavailable, "having trouble"),
        (http_error(403, 0, "<!DOCTYPE html>"), Unavailable, "having trouble"),
        (http_error(403, 0, "403: Forbidden"), Unavailable, "having trouble"),
        (http_error(403, 1020, "Access denied"), Unavailable, "having trouble"),
        (http_error(403, "blocked by policy"), Unavailable, "having trouble"),
        (http_error(404, 0, "404: Not Found"), Unavailable, "having trouble"),
        (http_error(451, 0, "blocked in your region"), Unavailable, "having trouble"),
        (http_error(403, 50024, "wrong kind of channel"), Undeliverable, "lacks a permission"),
        (http_error(400, 50035, "too long"), Undeliverable, "Discord rejected it: too long."),
        (http_error(400, 50035, ""), Undeliverable, "Discord rejected it and gave no reason."),
        (http_error(400, 50035, " \n"), Undeliverable, "Discord rejected it and gave no reason."),
        (http_error(503), Unavailable, "having trouble"),
        (aiohttp.ServerDisconnectedError(), Unavailable, "can't be reached"),
        (TimeoutError(), Unavailable, "can't be reached"),
        (RuntimeError("Session is closed"), Unavailable, "can't be reached"),
    ],
)
def test_what_a_failed_post_means(error: Exception, kind: type[KinoraError], words: str) -> None:
    said = in_our_words(error)
    assert type(said) is kind
    assert words in said.sentence


def test_a_long_rate_limit_is_planned_for_as_discord_asks() -> None:
    said = in_our_words(discord.RateLimited(90.5))
    assert isinstance(said, Unavailable)
    assert said.retry_after == 90.5


def test_too_large_and_unanswerable_are_told_apart() -> None:
    assert [is_too_large(http_error(*each)) for each in ((413, 0), (413, 40005), (400, 50045), (400, 50035))] == [
        True,
        True,
        True,
        False,
    ]
    assert refuses_the_reference(http_error(403, 160002))
    assert refuses_the_reference(http_error(400, 50035, "In message_reference: Unknown message"))
    assert not refuses_the_reference(http_error(400, 50035, "In components: too long"))


# The key of player links


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "player-links.key"
    key = lasting_key(path)
    assert len(key) == 32
    assert lasting_key(path) == key
    assert [each.name for each in path.parent.iterdir()] == ["player-links.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert lasting_key(tmp_path / "other.key") != key
