"""`python -m bot.media.picture.reference`: fits one reference picture to the size of a video."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PIL import Image

from bot.domain.media import Fit
from bot.domain.video import Size
from bot.media.picture.colour import in_srgb, on_white
from bot.media.picture.framing import Pixels, cover, inside, jpeg, pad, png, shrink, within
from bot.media.picture.reading import read
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

PREVIEW = 320  # pixels of its longer side
FRAMINGS: Mapping[Fit, Callable[[Image.Image, Pixels], Image.Image]] = {
    Fit.CROP: cover,
    Fit.PAD: pad,
    Fit.WHOLE: inside,
}


def fit(message: WorkerMessage) -> WorkerMessage:
    """`size` and `how` in the head, the file as the only part. Answers `note`, PNG and preview."""
    size = Size.of(message.head["size"])
    pixels = (size.width, size.height)
    how = Fit(message.head["how"])
    reading = read(message.parts[0])
    flat, had_transparency = on_white(reading.image)
    framed = in_srgb(FRAMINGS[how](flat, pixels), reading.icc)
    notes = [*reading.notes, *_notes(reading.size, framed.size, how)]
    if had_transparency:
        notes.append("transparent parts made white")
    note = ", ".join(notes) or "used as it is"
    return WorkerMessage(head={"note": note}, parts=(png(framed), jpeg(shrink(framed, PREVIEW))))


def _notes(size: Pixels, pixels: Pixels, how: Fit) -> list[str]:
    had, wanted = Size(*size), Size(*pixels)
    if had == wanted:
        return []
    if within(size, pixels) == pixels:
        return [f"scaled from {had} to {wanted}"]
    if how is Fit.CROP:
        return [f"cropped from {had} to {wanted}"]
    return [f"fitted from {had} into {wanted} with blurred edges"]


if __name__ == "__main__":
    serve(fit)
