"""The prompts that remixes are ordered with."""

from __future__ import annotations

from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.video import BY_ID, Aim, RemixMethod, VideoRequest


def remix_prompt(method: RemixMethod, wanted: str, before: VideoRequest, aim: Aim = Aim.CHANGE) -> str:
    """A service that sees the source gets only the new prompt; one that does not gets the whole scene too.

    A last frame shows the scene; a prompt about what has already happened would make it happen again. A prompt that
    describes the whole scene needs nothing before it.
    """
    says_it_all = aim is Aim.REPLACE or wanted.startswith(before.prompt)
    if says_it_all or method in BY_ID or method in {RemixMethod.SOURCE, RemixMethod.LAST_FRAME}:
        return wanted
    joint = "\n\nThen: " if aim is Aim.CONTINUE else "\n\n"
    scene = before.prompt[: max(0, LONGEST_PROMPT - len(wanted) - len(joint))]
    return f"{scene}{joint}{wanted}".strip() if scene else wanted
