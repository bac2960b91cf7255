"""`python -m bot.media.worker.self_test`: makes a tiny film, to see whether this machine can make one at all."""

from __future__ import annotations

from fractions import Fraction

import av
from av.video.stream import VideoStream

from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

SIDE = 64  # pixels
FRAMES = 12
RATE = 12  # frames a second


def film(message: WorkerMessage) -> WorkerMessage:
    """`target` is the path of the film to write: a second of H.264 that gets lighter."""
    with av.open(message.head["target"], "w", format="mp4", options={"movflags": "+faststart"}) as output:
        stream = output.add_stream("libx264", rate=RATE)
        if not isinstance(stream, VideoStream):
            raise TypeError("H.264 is not a codec for video here")
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        for number in range(FRAMES):
            frame = av.VideoFrame(SIDE, SIDE, "gray")
            plane = frame.planes[0]
            plane.update(bytes([16 + number * 16]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return WorkerMessage(head={})


if __name__ == "__main__":
    serve(film)
