"""Forms: their titles, fields, hints and choices."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, VideoId, msg
from bot.domain.video import Aim

AIMS = {
    Aim.CHANGE: (msg("The same scene, changed"), msg("At night, from above, with a red scarf …")),
    Aim.CONTINUE: (msg("Continue from the end"), msg("What happens next, from its last frame on")),
}
WHAT_CHANGES = msg("What should change?")
ONE_CHANGE = msg("One clear change, or what happens next, works best.")
HOW = msg("How?")
PROMPT = msg("Prompt")
NOTHING_SPENT = msg("Nothing is spent until you send it.")
ANIMATE = msg("Animate this image")
WHAT_MOVES = msg("What moves, and how; what the camera does")
WHAT_HAPPENS = msg("What should happen?")
WHICH_PICTURE = msg("Which picture?")
WHAT_I_KNOW = msg("What I know of it; please compare with the service's dashboard.")
DASHBOARD = msg("The service's dashboard shows it.")
ID_AT_SERVICE = msg("The video's id at the service")


def remix(job: Job) -> Message:
    return msg("Remix {video}", video=VideoId(job.id))


def edit(job: Job) -> Message:
    return msg("Try {video} again", video=VideoId(job.id))


def adopt(job: Job) -> Message:
    return msg("Adopt a video for {video}", video=VideoId(job.id))
