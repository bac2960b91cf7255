"""`python -m bot.media.video.transcode`: a copy of a video that plays everywhere and has at most a given size."""

from __future__ import annotations

from pathlib import Path

from bot.data_classes import value_object
from bot.domain.errors import SpoiltVideo
from bot.domain.media import Footage
from bot.domain.video import Size
from bot.media.refusals import TOO_SMALL
from bot.media.video.encoding import Recipe, Source, encode, scaled, source
from bot.media.video.frames import opened
from bot.media.video.painting import Painter
from bot.media.video.view import View
from bot.media.worker.child import serve
from bot.media.worker.facts import facts_of
from bot.media.worker.message import WorkerMessage

TRIES = 3  # the first almost always succeeds; an encoder may miss its rate on very short or very busy footage
SHARE = 0.94  # of the bytes, for audio and video; the rest is the container's
GENEROUS = 0.3  # bits per pixel above which H.264 gains nothing visible
SPARING = 0.05  # bits per pixel below which a smaller picture looks better than a blurry one
LEAST_SIDE = 120  # pixels of the shorter side; below that it is no longer worth watching
LEAST_RATE = 24_000  # bits a second of the picture, likewise
SOUND_RATES = (128_000, 96_000, 64_000, 32_000)  # bits a second; the best that takes at most a quarter of the total


@value_object
class Plan:
    """How a copy is encoded. Rates in bits a second; `sound` is None for a silent one."""

    size: Size
    picture: int
    sound: int | None


def transcode(message: WorkerMessage) -> WorkerMessage:
    """`video` and `target` are paths, `most` is in bytes. Answers the facts of the copy. Raises SpoiltVideo."""
    video, target, most = message.head["video"], message.head["target"], message.head["most"]
    with opened(video) as (container, stream):
        original, view = source(container, stream)
    painter, aim = Painter(), float(most)
    for _ in range(TRIES):
        plan = planned(original, aim)
        encode(video, target, painter, _recipe(plan, original, view))
        size = Path(target).stat().st_size
        if size <= most:
            return WorkerMessage(head=facts_of(_facts(original, plan)))
        aim *= most / size * SHARE
    raise SpoiltVideo(TOO_SMALL)


def planned(original: Source, most: float) -> Plan:
    """The best video and audio rates that fit into `most` bytes. SpoiltVideo if the result would be a slide show."""
    rate = most * 8 * SHARE / max(original.seconds, 0.1)
    sound = next((each for each in SOUND_RATES if each <= rate / 4), None) if original.has_sound else None
    pixels = float(original.size.width * original.size.height * original.frame_rate)
    picture = min(rate - (sound or 0), pixels * GENEROUS)
    scale = min(original.largest_scale, (picture / (pixels * SPARING)) ** 0.5)
    shorter = min(original.size.width, original.size.height)
    scale = max(scale, min(1.0, LEAST_SIDE / shorter))
    if picture < LEAST_RATE:
        raise SpoiltVideo(TOO_SMALL)
    return Plan(size=scaled(original.size, scale), picture=int(picture), sound=sound)


def _recipe(plan: Plan, original: Source, view: View) -> Recipe:
    return Recipe(
        view=view,
        size=plan.size,
        frame_rate=original.frame_rate,
        picture=plan.picture,
        sound=plan.sound,
        options=_picture_options(plan),
    )


def _picture_options(plan: Plan) -> dict[str, str]:
    """Never far above the average, so that the total size is predictable."""
    return {
        "preset": "veryfast",
        "profile": "high",
        "maxrate": str(int(plan.picture * 1.5)),
        "bufsize": str(plan.picture * 2),
    }


def _facts(original: Source, plan: Plan) -> Footage:
    return Footage(
        size=plan.size,
        seconds=original.seconds,
        video_codec="h264",
        pixel_format="yuv420p",
        has_sound=plan.sound is not None,
    )


if __name__ == "__main__":
    serve(transcode)
