"""The content of a simulated video: a landscape or the given picture, the prompt, and that it is simulated."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from bot.sandbox.video.behaviour import without_markers
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting.backdrop import Given
from bot.sandbox.video.painting.landscape import Landscape
from bot.sandbox.video.painting.signs import badge, caption

MOST_PIXELS = 1280 * 720  # larger pictures are painted at this size and scaled up when encoded


class Scene:
    """The frames of one video, painted at `size` on one canvas: new memory for each would cost more than painting."""

    def __init__(self, video: SimulatedVideo) -> None:
        self.size = canvas_size(video.ordered.size)
        self.seconds = video.ordered.seconds
        picture = video.ordered.picture
        lineage = [without_markers(prompt) for prompt in video.ordered.lineage]
        self._backdrop = Given(picture, self.size) if picture else Landscape(self.size, self.seconds, lineage)
        self._end = Given(video.ordered.end, self.size) if video.ordered.end else None
        self._canvas = Image.new("RGB", self.size)
        self._badge = badge(self.size)
        self._caption = caption(video, self.size)

    def frame(self, at: float) -> Image.Image:
        """The frame `at` seconds after the start, as RGB. The next call paints over it."""
        self._backdrop.paint(self._canvas, at)
        self._turn_into_the_end(at)
        self._badge.put_on(self._canvas)
        self._caption.put_on(self._canvas)
        self._draw_playhead(at)
        return self._canvas

    def _turn_into_the_end(self, at: float) -> None:
        """In the second half, the end image gradually shows through."""
        share = min(1.0, 2 * at / self.seconds - 1)
        if self._end is None or share <= 0:
            return
        last = Image.new("RGB", self.size)
        self._end.paint(last, 0.0)
        self._canvas.paste(Image.blend(self._canvas, last, share))

    def _draw_playhead(self, at: float) -> None:
        width, height = self.size
        thick = max(3, height // 180)
        ImageDraw.Draw(self._canvas).rectangle(
            (0, height - thick, round(width * at / self.seconds), height), fill="white"
        )


def canvas_size(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, math.sqrt(MOST_PIXELS / (size[0] * size[1])))
    return round(size[0] * scale), round(size[1] * scale)
