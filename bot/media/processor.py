"""The media processor: every picture and every video is examined in its own process."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path

from bot.data_classes import value_object
from bot.domain.errors import BadRequest, KinoraError, SpoiltVideo, Unavailable
from bot.domain.media import LARGEST_PICTURE, Chart, DrawnRelative, FamilyPicture, Fit, Fitted, Footage, FramePosition
from bot.domain.messages import Bytes, Count, Message, msg
from bot.domain.video import Size
from bot.media.fair_queue import ANYBODY, JOINS, VIDEOS, FairQueue
from bot.media.refusals import unpacked
from bot.media.video.kinds import MP4, kind_of
from bot.media.worker.facts import footage_of
from bot.media.worker.message import WorkerMessage
from bot.media.worker.process import Crashed, converse
from bot.media.worker.spare import SpareProcess
from bot.network.drive import DRIVE

log = logging.getLogger(__name__)

PICTURE_SECONDS = 20.0  # 12 megapixels take 0.4, the slowest 25 took 1.3
VIDEO_SECONDS = 120.0  # 8 seconds of 720p take 0.6
CHART_SECONDS = 20.0  # a chart takes 0.2
TREE_SECONDS = 20.0  # 500 videos take 1 to 2
COPY_SECONDS = 300.0  # 8 seconds of 720p take 2 to 6
JOIN_SECONDS = 600.0  # 0.3 if the frames are copied; otherwise as long as a copy of the whole
INSPECTION = "bot.media.video.inspection"
NO_TREE = msg("The picture couldn't be drawn in time. The list has the nearest of them.")
NO_CHART = msg("The chart couldn't be drawn in time. The list has the same figures.")


@value_object
class Task:
    """One process: its request, its time limit in seconds, and the queue in which it waits."""

    module: str
    message: WorkerMessage
    seconds: float
    line: int
    spare: SpareProcess | None = None  # which may have been started already


class SubprocessMediaProcessor:
    """A `bot.domain.media.MediaProcessor` that works in short-lived processes, `at_once` of them at a time.

    Finished videos come first, then members' pictures in turn. The processes run at low priority, without the
    environment's secrets, within limits of memory and of time. Waiting for a free slot does not count towards the time
    limits. OSError (disk full, no such file) and RuntimeError (a broken installation) are passed on: they say nothing
    about the file.
    """

    def __init__(
        self,
        *,
        picture_seconds: float = PICTURE_SECONDS,
        video_seconds: float = VIDEO_SECONDS,
        copy_seconds: float = COPY_SECONDS,
        join_seconds: float = JOIN_SECONDS,
        tree_seconds: float = TREE_SECONDS,
        at_once: int = 2,
    ) -> None:
        self._picture_seconds = picture_seconds
        self._video_seconds = video_seconds
        self._copy_seconds = copy_seconds
        self._join_seconds = join_seconds
        self._tree_seconds = tree_seconds
        self._queue = FairQueue(at_once)
        self._spare = SpareProcess(INSPECTION, video_seconds)

    def expecting_video(self) -> AbstractAsyncContextManager[None]:
        """While this is open, a process loads what it needs to examine a video, and then waits for one."""
        return self._spare.expecting()

    async def fit(self, data: bytes, size: Size, how: Fit, owner: int | None = None) -> Fitted:
        """Check a reference picture and scale it to `size`. BadRequest says what is wrong with it."""
        _check_weight(data)
        asked = WorkerMessage(head={"size": str(size), "how": how}, parts=(data,))
        answer = await self._picture("bot.media.picture.reference", asked, ANYBODY if owner is None else owner)
        png, preview = answer.parts
        return Fitted(png=png, preview=preview, note=answer.head["note"])

    async def inspect(
        self, video: Path, poster: Path, sheet: Path, given: Path | None = None, moving: Path | None = None
    ) -> Footage:
        """Write poster, contact sheet and moving poster, and return the video's actual facts. Raises SpoiltVideo."""
        paths = {"video": video, "poster": poster, "sheet": sheet, "given": given, "moving": moving}
        asked = WorkerMessage(head={name: _absolute(path) for name, path in paths.items()})
        answer = await self._video(INSPECTION, asked, self._video_seconds, spare=self._spare)
        return footage_of(answer.head)

    async def to_mp4(self, video: Path, target: Path) -> bool:
        """Write `target` if the video came as WebM or a similar format; returns whether it did. Raises SpoiltVideo."""
        kind = await DRIVE.quick(kind_of, video)
        if kind == MP4:
            return False
        asked = WorkerMessage(head={"video": _absolute(video), "target": _absolute(target), "kind": kind})
        await self._video("bot.media.video.conversion", asked, self._copy_seconds)
        return True

    async def still(self, video: Path, size: Size, moment: FramePosition) -> bytes:
        """The first or last frame that can be decoded, as PNG of exactly `size`. Raises SpoiltVideo."""
        asked = WorkerMessage(head={"video": _absolute(video), "size": str(size), "moment": moment})
        (png,) = (await self._video("bot.media.video.still", asked, self._video_seconds)).parts
        return png

    async def join(self, first: Path, second: Path, target: Path) -> None:
        """Write `target`: the second video after the first. Raises SpoiltVideo."""
        asked = WorkerMessage(
            head={"first": _absolute(first), "second": _absolute(second), "target": _absolute(target)}
        )
        answer = await self._video("bot.media.joining.join", asked, self._join_seconds, JOINS)
        log.info("joined two videos, their pictures %s", "copied" if answer.head["copied"] else "encoded anew")

    async def shrink(self, video: Path, target: Path, most: int) -> Footage:
        """Write a copy of at most `most` bytes that plays everywhere. Raises SpoiltVideo if that is impossible."""
        asked = WorkerMessage(head={"video": _absolute(video), "target": _absolute(target), "most": most})
        return footage_of((await self._video("bot.media.video.transcode", asked, self._copy_seconds)).head)

    async def chart(self, chart: Chart, owner: int) -> bytes:
        """A PNG. Raises Unavailable."""
        asked = WorkerMessage(head=asdict(chart))
        task = Task(module="bot.media.chart.picture", message=asked, seconds=CHART_SECONDS, line=owner)
        (png,) = (await self._ask(task, Unavailable, slow=NO_CHART, broken=NO_CHART)).parts
        return png

    async def family(self, relatives: Sequence[DrawnRelative], owner: int) -> FamilyPicture:
        """A JPEG. Raises Unavailable."""
        told = [
            {
                "parent": each.parent,
                "visibility": each.visibility.name,
                "steps": each.steps,
                "name": each.name,
                "posters": [_absolute(path) for path in each.posters],
            }
            for each in relatives
        ]
        asked = WorkerMessage(head={"relatives": told})
        task = Task(module="bot.media.tree.picture", message=asked, seconds=self._tree_seconds, line=owner)
        answer = await self._ask(task, Unavailable, slow=NO_TREE, broken=NO_TREE)
        (jpeg,) = answer.parts
        return FamilyPicture(jpeg=jpeg, drawn=answer.head["drawn"])

    async def cut_still(self, video: Path, number: int, owner: int) -> bytes:
        """One of the stills of the contact sheet as PNG. Raises SpoiltVideo."""
        asked = WorkerMessage(head={"video": _absolute(video), "number": number})
        (png,) = (await self._video("bot.media.video.cut", asked, self._video_seconds, owner)).parts
        return png

    async def self_test(self, target: Path) -> None:
        """Write a second of H.264, to check whether this machine can. Raises SpoiltVideo."""
        await self._video(
            "bot.media.worker.self_test", WorkerMessage(head={"target": _absolute(target)}), self._picture_seconds
        )

    async def _picture(self, module: str, asked: WorkerMessage, line: int) -> WorkerMessage:
        return await self._ask(
            Task(module=module, message=asked, seconds=self._picture_seconds, line=line),
            BadRequest,
            slow=msg("The image took too long to read. Send a smaller or simpler one. You weren't charged."),
            broken=msg("The image is damaged and couldn't be read. Save it again and resend it. You weren't charged."),
        )

    async def _video(
        self,
        module: str,
        asked: WorkerMessage,
        seconds: float,
        line: int = VIDEOS,
        *,
        spare: SpareProcess | None = None,
    ) -> WorkerMessage:
        return await self._ask(
            Task(module=module, message=asked, seconds=seconds, line=line, spare=spare),
            SpoiltVideo,
            slow=msg(
                "The video file couldn't be read to the end within {seconds} seconds.", seconds=Count(round(seconds))
            ),
            broken=msg("The video file is damaged and couldn't be read to the end."),
        )

    async def _ask(self, task: Task, refusal: type[KinoraError], *, slow: Message, broken: Message) -> WorkerMessage:
        async with self._queue.place(task.line):
            begun = None if task.spare is None else await task.spare.take()
            try:
                answer = await converse(task.module, task.message, task.seconds, begun)
            except TimeoutError as error:
                raise refusal(slow) from error
            except Crashed as error:
                raise refusal(broken) from error
        if "refusal" not in answer.head:
            return answer
        why = unpacked(answer.head["refusal"])
        if answer.head.get("lasting"):
            raise SpoiltVideo(why, lasting=True)
        raise refusal(why)


def _absolute(path: Path | None) -> str | None:
    """The processes have another working directory."""
    return None if path is None else str(path.absolute())


def _check_weight(data: bytes) -> None:
    if not data:
        raise BadRequest(
            msg("The image is empty, so its upload was probably interrupted. Send it again. You weren't charged.")
        )
    if len(data) > LARGEST_PICTURE:
        raise BadRequest(
            msg(
                "The image is {size}. The limit is {most} MB. Send a smaller one. You weren't charged.",
                size=Bytes(len(data)),
                most=Count(LARGEST_PICTURE // 1024**2),
            )
        )
