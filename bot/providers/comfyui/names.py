"""The names that we give an order at the server, all derived from one.

The server's queue and history know the order by its id; the file's name remains when both are gone.
"""

from __future__ import annotations

import uuid

FOLDER = "kinora"  # on the server, both for the files that are made and for those that are sent
NAMESPACE = uuid.UUID("6f1c3c0e-52b5-4a39-8e0b-6f1a4c1f6a52")
ENDINGS = (
    "_00001_.mp4",
    "_00001-audio.mp4",
    "_00001_.webm",
)  # of the first file that a prefix gets; the second is VHS's


def prompt_id_of(own_name: str | None) -> str:
    """A UUID, which newer servers require; a new one for an order without a name."""
    return str(uuid.uuid4() if own_name is None else uuid.uuid5(NAMESPACE, own_name))


def stem_of(prompt_id: str) -> str:
    """How its files' names begin: without `%`, which the server would expand, or anything else that it might."""
    return "".join(letter for letter in prompt_id.lower() if letter in "0123456789abcdef")


def prefix_of(prompt_id: str) -> str:
    return f"{FOLDER}/{stem_of(prompt_id)}"


def made_files(prompt_id: str) -> tuple[str, ...]:
    """Possible names of the file, the likeliest first."""
    return tuple(stem_of(prompt_id) + ending for ending in ENDINGS)
