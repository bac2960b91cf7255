"""/history: the title of a list, each video in it, and what is shown if there is none."""

from __future__ import annotations

from bot.domain.history import Direction, HistoryFilter
from bot.domain.job import Job
from bot.domain.messages import Day, Foreign, Message, Moment, Person, msg, value
from bot.domain.money.costs import DateRange
from bot.domain.studio.library import VideoFilter, VideoOrder
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import KINDS, STATES, rating
from bot.ui.text.phrases.cards import watch
from bot.ui.text.phrases.lists import NOTHING_YET, nothing_yet, state
from bot.ui.text.phrases.studio import collections
from bot.ui.text.phrases.studio.liked import ratings
from bot.ui.text.phrases.values import dotted, facts, lines, small, video, words

SHOWN_WORDS = 60  # characters
TITLES = {
    HistoryFilter.ALL: msg("Your videos"),
    HistoryFilter.FINISHED: msg("Your finished videos"),
    HistoryFilter.KEPT: msg("Videos waiting to be posted"),
    HistoryFilter.FAILED: msg("Your failed videos"),
    HistoryFilter.CANCELLED: msg("Your cancelled videos"),
    HistoryFilter.REVIEW: msg("Your videos that need a manager"),
    HistoryFilter.OPEN: msg("Your videos under way"),
}
NOTHING = {
    HistoryFilter.ALL: NOTHING_YET,
    HistoryFilter.FINISHED: msg("You have no finished videos. `/history` without a state lists everything."),
    HistoryFilter.KEPT: msg("Nothing is waiting. Every finished video was posted."),
    HistoryFilter.FAILED: msg("None of your videos failed."),
    HistoryFilter.CANCELLED: msg("None of your videos were cancelled."),
    HistoryFilter.REVIEW: msg("None of your videos need a manager."),
    HistoryFilter.OPEN: msg("None of your videos are under way."),
}
EVERYONES = msg("Everyone's videos")
FAVOURITES = msg("Your favourites")
SHOW = msg("Show")  # the menu entry says which one
LEAF = {Direction.NEWER: msg("Newer"), Direction.OLDER: msg("Older")}
LEAF_BEST = {Direction.NEWER: msg("Previous"), Direction.OLDER: msg("Next")}
ONLY_RATED = msg("rated ones, the best first")
ALL_OF_MINE = msg("All your videos")
WITHOUT_FILTERS = msg("Search without other filters")
OPEN_GALLERY = msg("Open gallery")
NO_SUCH_WORDS = msg(
    "No prompt here has all of that. Try fewer words, or only how one begins: `fox` finds foxes. "
    '`"red fox"` in quotes finds just that.'
)
NO_LETTERS = msg("There is no letter or digit to search for. Search for words of a prompt.")
NOBODY_RATED = msg(
    "Nobody has rated any of these videos yet. **Like** and **Dislike** are behind **More…** on videos of others."
)
NOTHING_FITS = msg("No video fits that.")
NO_FAVOURITES = msg("You have no favourites yet. **Favourite** behind **More…** on a video adds one.")


def title(wanted: VideoFilter, reader_id: int, label: str | None, days: DateRange) -> Message:
    """What is listed, with its filters.

    `label` is the display name of the model; `days` are in the server's time zone.
    """
    is_own = wanted.owner_id == reader_id
    is_titled = is_own and not wanted.favourites and wanted.collection is None
    named_state = None if is_titled or wanted.state is HistoryFilter.ALL else STATES[wanted.state]
    narrowed = [
        named_state,
        None if wanted.model is None else value(Foreign(label or wanted.model)),
        None if days.first is None else msg("from {day}", day=Day(days.first)),
        None if days.last is None else msg("up to {day}", day=Day(days.last)),
        ratings.WELL_RATED if wanted.well_rated else None,
        ONLY_RATED if wanted.order is VideoOrder.BEST else None,
        msg("with “{words}”", words=words(wanted.words, SHOWN_WORDS)) if wanted.words else None,
    ]
    about = small(dotted(*narrowed)) if any(each is not None for each in narrowed) else None
    return lines(Message("**{title}**", {"title": _whose(wanted, reader_id)}), about)


def leaf(wanted: VideoFilter, way: Direction) -> Message:
    """The label of a button that turns to the previous or next page."""
    return (LEAF_BEST if wanted.order is VideoOrder.BEST else LEAF)[way]


def _whose(wanted: VideoFilter, reader_id: int) -> Message:
    if wanted.collection is not None:
        return collections.title(wanted.collection)
    if wanted.favourites:
        return FAVOURITES
    if wanted.owner_id == reader_id:
        return TITLES[wanted.state]
    return EVERYONES if wanted.owner_id is None else msg("Videos of {member}", member=Person(wanted.owner_id))


def is_of_all_own(wanted: VideoFilter, reader_id: int) -> bool:
    return wanted == VideoFilter(owner_id=reader_id)


def nothing(wanted: VideoFilter, reader_id: int, refusal: Message | None = None, *, is_searchable: bool) -> Message:
    """`is_searchable`: whether the search text contains a letter. `refusal`: why they may not make videos, if so."""
    if wanted.words and not is_searchable:
        return NO_LETTERS
    if wanted.order is VideoOrder.BEST:
        return NOBODY_RATED
    if wanted.words:
        return NO_SUCH_WORDS
    if is_of_all_own(wanted, reader_id):
        return nothing_yet(refusal)
    if wanted == VideoFilter(owner_id=reader_id, state=wanted.state):
        return NOTHING[wanted.state]
    return NO_FAVOURITES if wanted == VideoFilter(favourites=True) else NOTHING_FITS


def entry(
    job: Job,
    most: int,
    link: str | None,
    label: str | None = None,
    *,
    owner: int | None = None,
    rated: VideoRating = UNRATED,
) -> Message:
    """One video of a page, with `most` characters of its prompt. `link` leads to the message that shows it.

    `label` is the display name of its model; `owner` is named unless all videos are the reader's own.
    """
    about = dotted(
        video(job),
        KINDS[job.request.mode],
        facts(job, label),
        value(Moment(job.created_at)),
        None if owner is None else value(Person(owner)),
        msg("private") if job.private else None,
        rating(rated),
        watch(link) if link is not None else None,
    )
    said = Message("{state} {prompt}", {"state": state(job), "prompt": value(words(job.request.prompt, most))})
    return lines(said, small(about))


def poster(job: Job) -> Message:
    """A text alternative for the thumbnail."""
    return msg("Poster: {prompt}", prompt=Foreign(job.request.prompt))
