"""Which files a result is posted with: the poster next to the video, if both fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.job import Job
from bot.domain.phases import Done
from bot.domain.video import StoredVideo
from bot.ui.publish.result_poster import Occasion, ResultPoster
from bot.ui.text.phrases.results import ResultFacts
from tests.builders import a_done_job, a_video
from tests.scripted import SteppingClock

POSTER = 40  # bytes


@dataclass
class Outside:
    """A video with its poster, a channel with this file limit, and the files posted there."""

    folder: Path
    limit: int
    fitted_bytes: int | None = None
    sent: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "film.mp4").write_bytes(b"v" * (self.fitted_bytes or 1))

    @asynccontextmanager
    async def local(self, _key: str) -> AsyncIterator[Path]:
        yield self.folder / "film.mp4"

    @asynccontextmanager
    async def fitted(self, _video: StoredVideo, _most: int) -> AsyncIterator[Path | None]:
        yield self.folder / "film.mp4" if self.fitted_bytes else None

    async def of(self, _job: object) -> int:
        return self.limit

    async def facts(self, _job: object, *, with_budget: bool) -> ResultFacts:
        assert with_budget
        return ResultFacts()

    async def poster(self, _job: object) -> bytes:
        return b"p" * POSTER

    def get_guild(self, _guild_id: int) -> None:
        return None  # as in a process without a gateway

    def get_partial_messageable(self, _channel: int) -> Any:
        return self

    async def send(self, *, files: list[Any], **_message: Any) -> object:
        self.sent.append([file.filename for file in files])
        for file in files:
            file.close()
        return object()


def a_film(size: int) -> Job:
    done = a_done_job()
    assert isinstance(done.phase, Done)
    return replace(done, phase=replace(done.phase, video=a_video(bytes=size)))


@pytest.mark.parametrize(
    ("size", "limit", "fitted", "files"),
    [
        pytest.param(1000, 1000 + POSTER, None, ["kinora-K7Q4FD.mp4", "poster.webp"], id="both fit"),
        pytest.param(1000, 1000 + POSTER - 1, None, ["kinora-K7Q4FD.mp4"], id="the video alone fits"),
        pytest.param(2000, 1000, 500, ["kinora-K7Q4FD.mp4", "poster.webp"], id="a copy fits, and the poster with it"),
        pytest.param(2000, 1000, 990, ["kinora-K7Q4FD.mp4"], id="a copy alone fits"),
    ],
)
async def test_the_poster_goes_along_where_both_fit(
    tmp_path: Path, size: int, limit: int, fitted: int | None, files: list[str]
) -> None:
    outside: Any = Outside(tmp_path, limit, fitted)
    poster = ResultPoster(
        client=outside,
        files=outside,
        previews=outside,
        limits=outside,
        links=None,
        clock=SteppingClock(),
        lookup=outside,
    )
    await poster.post(a_film(size), Occasion(nonce="n"))
    assert outside.sent == [files]
