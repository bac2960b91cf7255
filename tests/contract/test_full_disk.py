"""An actually full disk: a file system of four megabytes with the database and the videos on it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Queued, Saving
from bot.jobs.steps import room
from tests.builders import a_job
from tests.contract import video_services
from tests.contract.test_provider_faults import IMPATIENT, PRICE, Scene, playing
from tests.contract.video_services import MP4

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

SIZE = "4m"
VIDEO = MP4 + bytes(600_000)
ROOM_FOR_A_VIDEO = 1_000_000  # bytes, instead of 500 MB


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Skipped if mounting is impossible: it needs root, and not every container allows it."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "kinora-test", place], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small file system cannot be mounted here: {error}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
async def scene(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(room, "ROOM_FOR_A_VIDEO", ROOM_FOR_A_VIDEO)
    monkeypatch.setattr(video_services, "MP4", VIDEO)
    async with playing(small_disk, IMPATIENT) as scene:
        yield scene


def fill(disk: Path, *, but: int) -> Path:
    """Write until only so many bytes are left; returns the file to remove to make room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        assert shutil.disk_usage(disk).free == 0
        file.truncate(max(0, file.tell() - but))
    return filler


async def tries(scene: Scene, steps: int = 4) -> None:
    """Like a worker: a failed step lets its lease expire."""
    for _ in range(steps):
        try:
            await scene.step()
        except (DBAPIError, OSError):
            scene.clock.forward(scene.store.lease_seconds + 1)


async def orders_until_refused(scene: Scene) -> None:
    """SQLite's own files have some space left, so the first few may still be accepted."""
    for _ in range(200):
        await scene.store.add(a_job(quote=Usd(0)))


async def test_disk_full_stops_orders_first_then_everything_but_answers_and_loses_nothing(
    scene: Scene, small_disk: Path
) -> None:
    paid = await scene.order("already paid")
    await scene.until(paid, Saving)
    waiting = await scene.order("not yet paid")

    filler = fill(small_disk, but=300_000)  # space for the database, not for a video
    await tries(scene)
    job = await scene.job(paid)
    assert isinstance(job.phase, Saving)
    assert job.phase.tries >= 1
    job = await scene.job(waiting)
    assert isinstance(job.phase, Queued)
    assert str(job.phase.waits_for) == "The bot's disk is full. Orders wait until there's room."

    filler = fill(small_disk, but=0)
    with pytest.raises(DBAPIError, match="full"):
        await orders_until_refused(scene)
    await tries(scene)
    assert isinstance((await scene.job(paid)).phase, Saving)
    assert isinstance((await scene.job(waiting)).phase, Queued)
    await scene.assert_costs(await scene.job(paid), spent=PRICE, reserved=PRICE)
    assert len(scene.host.created) == 1

    filler.unlink()
    for job_id in (paid, waiting):
        job = await scene.ended(job_id)
        assert isinstance(job.phase, Done)
        assert job.video is not None
        async with scene.files.local(job.video.video) as path:
            assert path.read_bytes() == VIDEO
    assert [created.prompt for created in scene.host.created][:2] == ["already paid", "not yet paid"]
