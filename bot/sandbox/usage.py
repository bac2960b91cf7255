"""The arguments of `python -m bot demo`, and the errors for others."""

from __future__ import annotations

HIGHEST_PORT = 65535


class Misused(Exception):
    """An argument is wrong; the sentence says which and what would be right."""


class CannotPlay(Exception):
    """Something on this machine prevents it; the sentence says what, and how to avoid that."""


def check_words(port: int | None, prompt: str | None) -> None:
    """Raises Misused."""
    if port is not None and not 0 <= port <= HIGHEST_PORT:
        raise Misused(f"--port takes a number up to {HIGHEST_PORT}, not {port}; 0 takes any free one.")
    if prompt is not None and not prompt.strip():
        raise Misused('--once needs a prompt, such as --once "a fox in the snow".')
