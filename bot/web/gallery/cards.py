"""A video as a tile of the grid, and the facts that are shown with it everywhere. Pure."""

from __future__ import annotations

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.moderation.cases import TakenDown
from bot.domain.phases import Tone
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import KINDS, rating
from bot.domain.texts.prices import price_of
from bot.web.pages import phrases
from bot.web.pages.html import Html, element, fragment
from bot.web.pages.icons import icon
from bot.web.pages.phrases import Writer

TONES = {Tone.ACTIVE: "active", Tone.GOOD: "good", Tone.BAD: "bad", Tone.QUIET: "quiet"}
SHOWN_PROMPT = 300  # characters; three lines on a tile


def card(
    job: Job,
    label: str,
    write: Writer,
    *,
    heading: str = "h2",
    down: TakenDown | None = None,
    maker: Message | None = None,
    rated: VideoRating = UNRATED,
) -> Html:
    """`maker` is named if given."""
    picture = _picture(job, write)
    lines = (
        element("p", badges(job, label, write), class_="badges"),
        element(heading, element("a", shortened(job.request.prompt), href=job.id), dir="auto"),
        _reason(job, down, write),
        element("p", _facts(job, write, maker, rating(rated)), class_="facts"),
    )
    return element("li", element("article", picture, element("div", lines, class_="words")), class_="tile")


def badges(job: Job, label: str, write: Writer) -> Html:
    """Kind, model, length and state, all as text: colours only repeat them."""
    kind = job.request.mode
    tone = "quiet" if job.deleted or job.expired_at else TONES[job.phase.tone]
    return fragment(
        _badge(write(KINDS[kind]), kind.value),
        _badge(label),
        _badge(write(phrases.length(job))),
        _badge(write(phrases.PRIVATE)) if job.private else None,
        _badge(write(phrases.state(job)), f"state {tone}"),
    )


def _badge(text: str, kind: str = "") -> Html:
    return fragment(element("span", text, class_=f"badge {kind}".rstrip()), " ")


def _picture(job: Job, write: Writer) -> Html:
    if job.video is None:
        return element("div", icon("none"), class_="picture none")
    poster = element(
        "img",
        src=f"{job.id}/poster.webp",
        alt=write(phrases.poster_of(job)),
        width=job.video.size.width,
        height=job.video.size.height,
        loading="lazy",
        decoding="async",
    )
    return element("div", poster, class_="picture", data_video=f"{job.id}/video.mp4")


def _reason(job: Job, down: TakenDown | None, write: Writer) -> Html | None:
    why = phrases.taken_down(down) if down is not None else phrases.reason(job)
    return element("p", shortened(write(why)), class_="reason") if why is not None else None


def _facts(job: Job, write: Writer, maker: Message | None, rated: Message | None) -> list[Html | str]:
    cost = price_of(job)
    said: list[Html | str] = [] if cost is None else [element("span", write(cost), class_="cost"), " · "]
    ordered = element("time", write(phrases.day(job)), datetime=job.created_at.isoformat())
    more = [f" · {write(each)}" for each in (maker, rated) if each is not None]
    return [*said, ordered, f" · {shown(job.id)}", *more]


def shortened(text: str, most: int = SHOWN_PROMPT) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
