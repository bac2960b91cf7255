"""The page of one video: the player, its facts, its source, and the videos made from it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import rating
from bot.domain.texts.prices import price_of
from bot.domain.video import StoredVideo
from bot.jobs.use_cases.studio.gallery import RelatedVideos
from bot.web.gallery.cards import badges, card
from bot.web.pages import phrases
from bot.web.pages.document import document
from bot.web.pages.html import Html, element
from bot.web.pages.phrases import Writer
from bot.web.pages.player_view import PlayerFiles, copy_button, download_link, player

Label = Callable[[Job], str]


def video_page(
    root: str, job: Job, related: RelatedVideos, label: Label, write: Writer, *, maker: Message | None = None
) -> str:
    """`maker` is named if given."""
    title = shown(job.id)
    main = element(
        "main",
        element("p", element("a", write(phrases.ALL_VIDEOS), href="./"), class_="back"),
        element("p", write(phrases.CLOSED), role="alert", class_="closed", hidden=True),
        element("h1", title),
        element("p", badges(job, label(job), write), class_="badges"),
        _player(job, job.video, write) if job.video is not None else None,
        _prompt(job, write),
        _about(job, write, maker, related.ratings),
        _related(related, label, write),
        class_="watch",
        data_renew="renew",
    )
    return document(root, f"{title} · Kinora", main, script="player.js")


def _player(job: Job, video: StoredVideo, write: Writer) -> Html:
    return player(video, PlayerFiles.below(job.id), job.request.prompt, write)


def _prompt(job: Job, write: Writer) -> Html:
    return element(
        "section",
        element("h2", write(phrases.PROMPT)),
        element("p", job.request.prompt, class_="prompt", id="prompt", dir="auto"),
        element(
            "p",
            copy_button(write),
            download_link(f"{job.id}/video.mp4", job.id, write) if job.video is not None else None,
            class_="actions",
        ),
    )


def _about(job: Job, write: Writer, maker: Message | None, ratings: Mapping[JobId, VideoRating]) -> Html:
    """What the badges above do not show."""
    size = job.video.size if job.video is not None else job.request.size
    rows: list[tuple[Message, str | Html | None]] = [
        (phrases.WHY, _written(phrases.reason(job), write)),
        (phrases.SIZE, f"{size.width} × {size.height}"),
        (phrases.COST, _written(price_of(job), write)),
        (phrases.RATING, _written(rating(ratings.get(job.id, UNRATED)), write)),
        (phrases.MAKER, _written(maker, write)),
        (phrases.ORDERED, element("time", write(phrases.day(job)), datetime=job.created_at.isoformat())),
    ]
    facts = [
        element("div", element("dt", write(name)), element("dd", said), class_="wide" if name is phrases.WHY else None)
        for name, said in rows
        if said
    ]
    return element("section", element("h2", write(phrases.ABOUT)), element("dl", facts, class_="about"))


def _written(message: Message | None, write: Writer) -> str | None:
    return None if message is None else write(message)


def _related(related: RelatedVideos, label: Label, write: Writer) -> list[Html]:
    groups = {phrases.MADE_FROM: [related.source] if related.source else [], phrases.MADE_OF_IT: related.remixes}
    return [
        element(
            "section",
            element("h2", write(name)),
            element("ul", [_card(job, related, label, write) for job in jobs], class_="tiles"),
        )
        for name, jobs in groups.items()
        if jobs
    ]


def _card(job: Job, related: RelatedVideos, label: Label, write: Writer) -> Html:
    return card(job, label(job), write, heading="h3", rated=related.ratings.get(job.id, UNRATED))
