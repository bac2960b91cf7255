"""What a prompt can ask the pretend service to do, so that failures can be seen by a person sitting at the demo.

| in the prompt   | what happens                                                                        |
|-----------------|-------------------------------------------------------------------------------------|
| `[refused]`     | 400 at once: the words are refused, nothing is made                                 |
| `[moderated]`   | renders to the end, then the picture is refused (`moderation_blocked`)              |
| `[breaks]`      | fails half-way with a server error                                                  |
| `[lost]`        | taken and begun, but the connection drops before the answer                         |
| `[slow]`        | takes four times as long                                                            |
| `[no progress]` | never says how far it is, as most self-hosted servers                               |
| `[silent]`      | a video without a sound track                                                       |

They may be combined, and are not painted into the picture.
"""

from __future__ import annotations

import re

from bot.data_classes import value_object

SLOW = 4.0  # times the usual
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
