"""The messages between the media processor and its processes: one line of JSON, then raw bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from bot.data_classes import value_object


@value_object
class WorkerMessage:
    """`head` holds plain JSON values; `parts` are files in memory."""

    head: Mapping[str, Any]
    parts: tuple[bytes, ...] = ()

    def packed(self) -> bytes:
        line = json.dumps({"head": self.head, "lengths": [len(part) for part in self.parts]})
        return b"".join((line.encode(), b"\n", *self.parts))

    @classmethod
    def unpacked(cls, data: bytes) -> WorkerMessage:
        """The reverse of `packed`. Raises ValueError if something is missing."""
        line, newline, rest = data.partition(b"\n")
        said = json.loads(line)
        edges = list(accumulate(said["lengths"], initial=0))
        if not newline or edges[-1] != len(rest):
            raise ValueError("the message is not complete")
        return cls(head=said["head"], parts=tuple(rest[start:end] for start, end in pairwise(edges)))
