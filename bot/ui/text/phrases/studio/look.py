"""What can be opened from one video: its recipe, its family, a link to share, and stills to start from."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import Count, Message, Moment, MomentStyle, Term, VideoId, joined, msg, msg_n, value
from bot.domain.models.abilities import LONGEST_NEGATIVE_PROMPT
from bot.domain.studio.family import Family, Relative
from bot.domain.studio.visibility import Visibility
from bot.jobs.use_cases.studio.sharing import SharedLink
from bot.ui.text.phrases.cards import starts_from, watch
from bot.ui.text.phrases.ordering.options import listed
from bot.ui.text.phrases.values import dotted, how_made, lines, prompt, small, words
from bot.ui.text.render import plain_text

RECIPE, LINEAGE, SHARE, ANIMATE = msg("Recipe"), msg("Lineage"), msg("Share link"), msg("Animate a frame…")
OPEN = msg("Open its message")
CHOOSE_RELATIVE, CHOOSE_STILL = msg("Another video of these…"), msg("A frame to start from…")
LONGEST_NAME = 80  # characters of an option
LISTED_PROMPT = 60  # characters of a prompt in a list


def recipe_title(job: Job) -> Message:
    return msg("**Recipe of {video}**", video=VideoId(job.id))


def recipe(job: Job, label: str, ancestors: Sequence[Relative]) -> str:
    """Plain text to copy: one line for each thing that determined the video."""
    request = job.request
    parts = [
        plain_text(msg("Video: {video}", video=Term(shown(job.id)))),
        plain_text(msg("Model: {label} ({model})", label=Term(label), model=Term(request.model))),
        plain_text(msg("Length: {seconds} s", seconds=Count(request.seconds))),
        plain_text(msg("Size: {size}", size=Term(str(request.size)))),
    ]
    if (how := how_made(job)) is not None:
        parts.append(plain_text(msg("How: {method}", method=how)))
    if (start := starts_from(job)) is not None:
        parts.append(plain_text(start))
    for option, choice in listed(request.options, LONGEST_NEGATIVE_PROMPT):
        parts.append(plain_text(msg("{option}: {choice}", option=option, choice=choice)))
    parts += ["", plain_text(PROMPT), request.prompt]
    for each in ancestors:
        parts += ["", *_ancestor(each)]
    return "\n".join(parts)


PROMPT = msg("Prompt:")


def _ancestor(each: Relative) -> Sequence[str]:
    match each.visibility:
        case Visibility.SHOWN:
            return [plain_text(msg("Made from {video}:", video=Term(shown(each.job.id)))), each.job.request.prompt]
        case Visibility.DELETED:
            return [plain_text(msg("Made from a video that was deleted."))]
        case Visibility.HIDDEN:
            return [plain_text(msg("Made from a video that you can't see."))]


def shared(job: Job, link: SharedLink) -> Message:
    return lines(
        msg(
            "Anyone with this link can watch {video} until {until}, also outside Discord.",
            video=VideoId(job.id),
            until=Moment(link.until, MomentStyle.DAY),
        ),
        value(Term(f"`{link.url}`")),
    )


def family_title(job: Job) -> Message:
    return msg("**What {video} came from, and what came of it**", video=VideoId(job.id))


def alone(job: Job) -> Message:
    return msg("{video} wasn't made from another video, and none has been made from it yet.", video=VideoId(job.id))


def family(found: Family, drawn: int | None) -> Message:
    """How many there are, and which ones cannot be watched. `drawn`: how many are in the picture, if not all."""
    total, gone, hidden = len(found.relatives), found.number(Visibility.DELETED), found.number(Visibility.HIDDEN)
    return lines(
        small(
            dotted(
                msg_n("{count} video", "{count} videos", count=total),
                msg("{count} deleted (✕)", count=Count(gone)) if gone else None,
                msg("{count} not shown to you (•••)", count=Count(hidden)) if hidden else None,
            )
        ),
        small(msg("The picture shows the {count} nearest.", count=Count(drawn)))
        if drawn not in {None, total}
        else None,
        small(msg("There are older ones, which aren't counted.")) if found.begins_earlier else None,
        small(msg("There are more, which aren't counted.")) if found.goes_on else None,
    )


def relative(job: Job, link: str | None) -> Message:
    """One line of the list."""
    named = msg("{video} {prompt}", video=VideoId(job.id), prompt=prompt(job.request.prompt, LISTED_PROMPT))
    return dotted(named, None if link is None else watch(link))


def family_described(job: Job, found: Family) -> Message:
    """A text alternative for the picture."""
    return joined(family_title(job), family(found, None))


def relative_option(job: Job) -> Message:
    return msg("{video} {prompt}", video=Term(shown(job.id)), prompt=words(job.request.prompt, LONGEST_NAME))


def still_title(job: Job) -> Message:
    return lines(
        msg("**Animate a frame of {video}**", video=VideoId(job.id)),
        small(msg("Choose one of the nine frames. Then a form asks what should happen, and nothing is spent before.")),
    )


def still_option(number: int, at: float) -> Message:
    """`at` is in seconds."""
    minutes, seconds = divmod(round(at, 1), 60)
    return msg("Frame {number} · {time}", number=Count(number + 1), time=Term(f"{minutes:.0f}:{seconds:04.1f}"))
