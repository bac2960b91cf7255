"""Instructions in a prompt for the simulated service, so that people can see failures in the demo.

| in the prompt   | what happens                                                                        |
|-----------------|-------------------------------------------------------------------------------------|
| `[refused]`     | 400 at once: the prompt is refused, nothing is made                                 |
| `[moderated]`   | renders to the end, then the result is refused (`moderation_blocked`)               |
| `[breaks]`      | fails half-way with a server error                                                  |
| `[lost]`        | accepted and begun, but the connection drops before the answer                      |
| `[slow]`        | takes four times as long                                                            |
| `[no progress]` | never reports progress, like most self-hosted servers                               |
| `[silent]`      | a video without a sound track                                                       |

They may be combined, and are not painted into the picture.
"""

from __future__ import annotations

import re

from bot.data_classes import value_object

SLOW = 4.0  # times the usual duration
MARKERS = ("refused", "moderated", "breaks", "lost", "slow", "no progress", "silent")
PATTERN = re.compile(rf"\[({'|'.join(MARKERS)})\]", re.IGNORECASE)


@value_object
class Behaviour:
    """How one video will turn out."""

    refused: bool = False
    moderated: bool = False
    breaks: bool = False
    lost: bool = False
    slow: bool = False
    no_progress: bool = False
    silent: bool = False

    @classmethod
    def of(cls, prompt: str) -> Behaviour:
        """Read the markers in a prompt."""
        found = {word.lower().replace(" ", "_") for word in PATTERN.findall(prompt)}
        return cls(**dict.fromkeys(found, True))


def without_markers(prompt: str) -> str:
    return " ".join(PATTERN.sub(" ", prompt).split())
