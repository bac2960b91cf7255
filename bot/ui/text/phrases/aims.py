"""The aims of a remix: choices in forms, and the headings for methods in /models."""

from __future__ import annotations

from bot.domain.messages import msg
from bot.domain.video import Aim

AIMS = {  # each choice with a hint
    Aim.CHANGE: (msg("Change the scene"), msg("At night, from above, with a red scarf…")),
    Aim.REPLACE: (msg("Same scene, new prompt"), msg("The new prompt replaces the old one")),
    Aim.CONTINUE: (msg("Continue from the end"), msg("What happens after its last frame")),
}
