"""How long to wait for a host, and how much to accept from it."""

from __future__ import annotations

from bot.data_classes import value_object


@value_object
class Timeouts:
    """How long to wait for a host (seconds), and how large and how slow a download may be."""

    connect: float = 5.0
    submit: float = 60.0  # a paid request in all
    prepare: float = 45.0  # all queries and uploads before it; the settle window begins before that
    render: float = 1800.0  # likewise, from a host that answers when the video is made
    look: float = 30.0  # any other question in all
    silence: float = 30.0  # within a download, without a single byte
    window: float = 30.0  # within a download, in which at least so many bytes must arrive:
    least_bytes: int = 480 * 1024  # 16 KiB/s; anything slower is stuck, on purpose or by accident
    most_bytes: int = 2 * 1024**3  # in all
    most_answer: int = 64 * 1024**2  # of any other answer, unpacked; some servers put a video into one
