"""Forms: their titles, fields, hints and choices."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, VideoId, msg
from bot.domain.video import Aim

AIMS = {
    Aim.CHANGE: (msg("The same scene, changed"), msg("At night, from above, with a red scarf…")),
    Aim.CONTINUE: (msg("Continue from the end"), msg("What happens after its last frame")),
}
WHAT_CHANGES = msg("What should change?")
ONE_CHANGE = msg("One clear change works best.")
HOW = msg("How?")
PROMPT = msg("Prompt")
NOTHING_SPENT = msg("You aren't charged until you send it.")
ANIMATE = msg("Animate this image")
WHAT_MOVES = msg("What moves, and what the camera does")
WHAT_HAPPENS = msg("What should happen?")
WHICH_PICTURE = msg("Which picture?")
WHAT_I_KNOW = msg("What Kinora knows. Compare it with the service's dashboard.")
DASHBOARD = msg("You'll find it on the service's dashboard.")
ID_AT_SERVICE = msg("The video's id at the service")


def remix(job: Job) -> Message:
    return msg("Remix {video}", video=VideoId(job.id))


def edit(job: Job) -> Message:
    return msg("Run {video} again", video=VideoId(job.id))


def adopt(job: Job) -> Message:
    return msg("Link a video to {video}", video=VideoId(job.id))
