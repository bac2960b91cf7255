"""How long to wait for a host, and how much to accept from it."""

from __future__ import annotations

from bot.data_classes import value_object


@value_object
class Timeouts:
    """How long to wait for a host (seconds), and how large and how slow a download may be."""

    connect: float = 5.0
    submit: float = 60.0  # a complete paid request
    prepare: float = 45.0  # all queries and uploads before it; the settle window begins before those
    render: float = 1800.0  # a complete paid request to a host that answers when the video is made
    look: float = 30.0  # any other complete request
    silence: float = 30.0  # within a download, without a single byte
    window: float = 30.0  # within a download, the time in which at least so many bytes must arrive:
    least_bytes: int = 480 * 1024  # 16 KiB/s; anything slower is stuck, by accident or on purpose
    most_bytes: int = 2 * 1024**3  # of a file
    most_answer: int = 64 * 1024**2  # of any other answer, decompressed; some servers put a video into one
