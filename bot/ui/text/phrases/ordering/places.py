"""Where a model runs, if several accounts are set up."""

from __future__ import annotations

from bot.domain.messages import Count, Message, msg
from bot.jobs.providers.health import ModelReport, Whereabouts
from bot.ui.text.phrases.values import dotted, lines


def all_of(report: ModelReport) -> Message | None:
    """Where it runs, one line per account if there are several."""
    if not report.runs_at:
        return None
    return lines(msg("**Where it runs** (first available)"), *map(_in_full, report.runs_at))


def short(place: Whereabouts) -> Message:
    """One of the accounts, and whether it has free slots."""
    if not place.health.takes_orders:
        return msg("{service}: ⏸️ paused", service=place.service)
    if place.health.failing is not None:
        return msg("{service}: 🔴 failing", service=place.service)
    if place.free == 0:
        return msg("{service}: busy", service=place.service)
    return msg("{service}: free", service=place.service)


def _in_full(place: Whereabouts) -> Message:
    load = place.load
    if place.most is None:
        rendering = msg("{number} rendering", number=Count(load.rendering))
    else:
        rendering = msg("{number} of {limit} rendering", number=Count(load.rendering), limit=Count(place.most))
    waiting = msg("{number} queued", number=Count(load.waiting)) if load.waiting else None
    return dotted(short(place), rendering, waiting)
