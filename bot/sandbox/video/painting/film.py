"""From an ordered video to an H.264 file with sound, a thumbnail and a spritesheet."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from bot.data_classes import value_object
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting import sound
from bot.sandbox.video.painting.scene import Scene

SHEET_COLUMNS = 4
SHEET_ROWS = 3
STILL_SIDE = 240  # pixels, the longer side of each still on the spritesheet
ENCODER = {"preset": "ultrafast", "crf": "24"}


@value_object
class Film:
    video: bytes  # MP4
    thumbnail: bytes  # WebP
    spritesheet: bytes  # JPEG


def shoot(video: SimulatedVideo, *, frame_rate: int, with_sound: bool) -> Film:
    """Paint and encode. Takes about a second of processor time: call it in a thread."""
    scene = Scene(video)
    return Film(
        video=encode(scene, video, frame_rate, with_sound=with_sound),
        thumbnail=packed(scene.frame(scene.seconds / 3), "WEBP", 80),
        spritesheet=packed(spritesheet(scene), "JPEG", 82),
    )


def encode(scene: Scene, video: SimulatedVideo, frame_rate: int, *, with_sound: bool) -> bytes:
    """H.264 with yuv420p, the index at the front; AAC unless it is silent."""
    with tempfile.TemporaryDirectory(prefix="simulated-") as folder:
        path = Path(folder, "film.mp4")  # the index is moved to the front by reading the file again
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as output:
            picture = output.add_stream("libx264", rate=frame_rate, options=ENCODER)
            picture.width, picture.height = video.ordered.size
            picture.pix_fmt = "yuv420p"
            picture.codec_context.thread_count = 1  # the bot needs the other core
            track = output.add_stream("aac", rate=sound.RATE, layout="mono") if with_sound else None
            for frame in pictures(scene, frame_rate):
                output.mux(picture.encode(frame))  # this also scales it and converts it to yuv420p
            output.mux(picture.encode())
            if track is not None:
                for piece in sound.frames(video.ordered.lineage[0], scene.seconds):
                    output.mux(track.encode(piece))
                output.mux(track.encode())
        return path.read_bytes()


def pictures(scene: Scene, frame_rate: int) -> Iterator[av.VideoFrame]:
    for number in range(scene.seconds * frame_rate):
        frame = av.VideoFrame(*scene.size, "rgb24")
        plane = frame.planes[0]
        plane.update(scene.frame(number / frame_rate).tobytes("raw", "RGB", plane.line_size))
        frame.pts, frame.time_base = number, Fraction(1, frame_rate)
        yield frame


def spritesheet(scene: Scene) -> Image.Image:
    """Stills from start to end, row by row."""
    scale = STILL_SIDE / max(scene.size)
    width, height = round(scene.size[0] * scale), round(scene.size[1] * scale)
    sheet = Image.new("RGB", (SHEET_COLUMNS * width, SHEET_ROWS * height))
    count = SHEET_COLUMNS * SHEET_ROWS
    for place in range(count):
        still = scene.frame(scene.seconds * place / count).resize((width, height), Image.Resampling.BILINEAR)
        sheet.paste(still, (place % SHEET_COLUMNS * width, place // SHEET_COLUMNS * height))
    return sheet


def packed(picture: Image.Image, kind: str, quality: int) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, quality=quality)
    return data.getvalue()
