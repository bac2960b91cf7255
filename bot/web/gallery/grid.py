"""The page with a member's videos, and the part of it that follows when they scroll. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.domain.history import HistoryFilter
from bot.jobs.use_cases.studio.gallery import GalleryPage
from bot.web import phrases
from bot.web.gallery.cards import card
from bot.web.html import Html, element, fragment
from bot.web.page import document
from bot.web.phrases import Writer


def grid_page(root: str, found: GalleryPage, which: HistoryFilter, write: Writer) -> str:
    heading = element("header", element("h1", write(phrases.GALLERY)), _form(which, write))
    closed = element("p", write(phrases.CLOSED), role="alert", class_="closed", hidden=True)
    news = element("p", role="status", class_="unseen", data_loaded=write(phrases.LOADED))
    body = _grid(found, which, write)
    main = element("main", heading, closed, news, body, class_="gallery", data_renew="renew")
    return document(root, f"{write(phrases.GALLERY)} · Kinora", main, script="gallery.js")


def _form(which: HistoryFilter, write: Writer) -> Html:
    options = [
        element("option", write(label), value=each.value, selected=each is which)
        for each, label in phrases.STATES.items()
    ]
    state = element("label", element("span", write(phrases.STATE)), element("select", options, name="state"))
    return element("form", state, element("button", write(phrases.APPLY)), class_="filters", role="search")


def _grid(found: GalleryPage, which: HistoryFilter, write: Writer) -> Html:
    if not found.jobs:
        nothing = phrases.NOTHING if which is HistoryFilter.ALL else phrases.NOTHING_FOUND
        return element("p", write(nothing), class_="nothing")
    tiles = [card(job, found.labels[job.request.model], write) for job in found.jobs]
    query = urlencode({"state": which.value, "before": found.jobs[-1].id})
    older = element("a", write(phrases.OLDER), rel="next", class_="older", href=f"?{query}")
    return fragment(element("ul", tiles, class_="tiles"), older if found.has_older else None)
