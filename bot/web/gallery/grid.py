"""The page with a grid of videos and the filter form. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.studio.collections import VideoCollection
from bot.domain.studio.library import VideoOrder
from bot.domain.studio.named import suggestion
from bot.domain.studio.ratings import UNRATED
from bot.domain.studio.words import ORDERS, STATES, STILL_COLLECTING
from bot.domain.texts.searching import LONGEST_SEARCH
from bot.jobs.use_cases.studio.gallery import GalleryPage
from bot.web.gallery.cards import card
from bot.web.gallery.filters import CHECKED, EVERYONE, GalleryQuery
from bot.web.pages import phrases
from bot.web.pages.document import document
from bot.web.pages.html import Html, element, fragment
from bot.web.pages.phrases import Writer

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@value_object
class GridFacts:
    """What is shown around the videos. `trouble`: why there was no search; `names`: of the makers, by their ids."""

    asked: GalleryQuery
    models: Mapping[str, str]
    sees_everyones: bool
    viewer_id: int
    collections: Sequence[VideoCollection] = ()  # to choose from
    collection: VideoCollection | None = None  # the one that is shown
    names: Mapping[int, str] = field(default_factory=dict)
    trouble: Message | None = None

    def maker(self, job: Job) -> Message | None:
        """None for the viewer's own videos."""
        return None if job.owner_id == self.viewer_id else phrases.made_by(self.names.get(job.owner_id))


def grid_page(root: str, found: GalleryPage, about: GridFacts, label: Callable[[Job], str], write: Writer) -> str:
    title = write(_title(about))
    heading = element("header", element("h1", title), _form(about, write))
    closed = element("p", write(phrases.CLOSED), role="alert", class_="closed", hidden=True)
    news = element("p", role="status", class_="unseen", data_loaded=write(phrases.LOADED))
    trouble = element("p", write(about.trouble), role="alert", class_="trouble") if about.trouble else None
    main = element(
        "main", heading, closed, trouble, news, _grid(found, about, label, write), class_="gallery", data_renew="renew"
    )
    return document(root, f"{title} · Kinora", main, script="gallery.js")


def _title(about: GridFacts) -> Message:
    if about.collection is not None:
        return phrases.collection(about.collection)
    if about.asked.favourites:
        return phrases.YOUR_FAVOURITES
    return phrases.EVERYONES if about.asked.everyone else phrases.GALLERY


def _form(about: GridFacts, write: Writer) -> Html:
    asked = about.asked
    more = element(
        "details",
        element("summary", write(phrases.FILTERS)),
        element("div", _filters(about, write), class_="fields"),
        open=asked.everyone or asked.is_narrow_beside_words,
    )
    fields = (
        _words(asked.words, write),
        element("button", write(phrases.APPLY)),
        element("a", write(phrases.EVERYTHING), href="./", class_="clear") if asked.is_narrow else None,
        more,
    )
    return element("form", fields, class_="filters", role="search", aria_label=write(phrases.FILTER))


def _filters(about: GridFacts, write: Writer) -> Sequence[Html | None]:
    asked = about.asked
    whose = {"": write(phrases.MINE), EVERYONE: write(phrases.OF_EVERYONE)}
    states = {each.value: write(label) for each, label in STATES.items()}
    models = {"": write(phrases.ALL_MODELS), **({asked.model: asked.model} if asked.model else {}), **about.models}
    return (
        _choice("whose", phrases.WHOSE, whose, EVERYONE if asked.everyone else "", write)
        if about.sees_everyones
        else None,
        _choice("state", phrases.STATE, states, asked.state.value, write),
        _choice("model", phrases.MODEL, models, asked.model, write),
        _field("from", phrases.FROM, asked.first, write),
        _field("to", phrases.TO, asked.last, write),
        _collections(about, write) if about.collections else None,
        _choice(
            "order", phrases.SORT, {each.value: write(label) for each, label in ORDERS.items()}, asked.order, write
        ),
        _check("favourites", phrases.FAVOURITES, write, checked=asked.favourites),
    )


def _collections(about: GridFacts, write: Writer) -> Html:
    named = {suggestion(each): write(phrases.collection(each)) for each in about.collections}
    chosen = "" if about.collection is None else suggestion(about.collection)
    return _choice("collection", phrases.COLLECTION, {"": write(phrases.NO_COLLECTION), **named}, chosen, write)


def _choice(name: str, label: Message, options: Mapping[str, str], chosen: str, write: Writer) -> Html:
    listed = [element("option", text, value=value, selected=value == chosen) for value, text in options.items()]
    return element("label", element("span", write(label)), element("select", listed, name=name))


def _words(typed: str, write: Writer) -> Html:
    return element(
        "label",
        element("span", write(phrases.WORDS)),
        element("input", type="search", name="words", value=typed or None, maxlength=LONGEST_SEARCH),
    )


def _check(name: str, label: Message, write: Writer, *, checked: bool) -> Html:
    box = element("input", type="checkbox", name=name, value=CHECKED, checked=checked)
    return element("label", element("span", write(label)), box)


def _field(name: str, label: Message, typed: str, write: Writer) -> Html:
    value = typed if DAY.fullmatch(typed) else None  # browsers complain about anything else
    return element("label", element("span", write(label)), element("input", type="date", name=name, value=value))


def _grid(found: GalleryPage, about: GridFacts, label: Callable[[Job], str], write: Writer) -> Html:
    if not found.jobs:
        return element("p", write(_nothing(about)), class_="nothing")
    tiles = [
        card(
            job,
            label(job),
            write,
            down=found.taken_down.get(job.id),
            maker=about.maker(job),
            rated=found.ratings.get(job.id, UNRATED),
        )
        for job in found.jobs
    ]
    is_best = about.asked.order is VideoOrder.BEST
    collecting = None if found.searched_all else element("p", write(STILL_COLLECTING), class_="hint")
    older = element(
        "a",
        write(phrases.MORE if is_best else phrases.OLDER),
        rel="next",
        class_="older",
        href=about.asked.behind(found.jobs[-1].id),
    )
    return fragment(collecting, element("ul", tiles, class_="tiles"), older if found.has_older else None)


def _nothing(about: GridFacts) -> Message:
    is_best = about.asked.order is VideoOrder.BEST
    if about.asked.before is not None:
        return phrases.NO_MORE if is_best else phrases.NO_OLDER
    if is_best:
        return phrases.NOBODY_RATED
    return phrases.NOTHING_FOUND if about.asked.is_narrow else phrases.NOTHING
