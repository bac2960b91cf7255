"""/models, and the suggestions of models, lengths and sizes while an order is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.domain.messages import (
    Choice,
    Count,
    Day,
    DayStyle,
    Duration,
    Message,
    Model,
    Money,
    PerSecond,
    Term,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.models.card import ModelCard, Retirement
from bot.domain.models.health import Health
from bot.domain.studio.words import KINDS
from bot.domain.video import Aim, Mode, RemixMethod, Size, serving
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.providers.health import ModelReport
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.aims import AIMS
from bot.ui.text.phrases.ordering import places, prices
from bot.ui.text.phrases.ordering.options import can
from bot.ui.text.phrases.ordering.prices import REMIXES
from bot.ui.text.phrases.values import dotted, health_line, lines, roughly, seconds, small, words

SHOWN_LABEL = 40  # characters; escaping may double them
SHOWN_SENTENCE = 170  # likewise, for a closed model
SHOWN_SIZES = 3
SHOWN_LENGTHS = 60  # characters
TITLE = msg("**Models**")
IN_FULL = msg("`/models model:` shows one in full: all its prices, and how it makes remixes.")
BACK, MORE, MODELS = msg("Back"), msg("More"), msg("Models")
NO_PRICE = msg("price unknown")


# The list


def entry(report: ModelReport) -> Message:
    card = report.card
    picture = msg("image input") if card.takes_picture else msg("no image input")
    remixes = None if serving(report.remix, Aim.CHANGE) else msg("no remixes")
    return lines(
        dotted(title(card), clip(card)),
        dotted(lengths(card), sizes_in_short(card), picture, remixes),
        small(dotted(_times(report), _how_it_does(report))),
        small(dotted(*map(places.short, report.runs_at))) if report.runs_at else None,
    )


def title(card: ModelCard) -> Message:
    return dotted(
        Message("**{model}**", {"model": words(card.label, SHOWN_LABEL)}), Message("`{id}`", {"id": _code(card.id)})
    )


def _code(id_: str) -> Term:
    """Safe to put between backticks."""
    return Term(id_.replace("`", "'"))


def clip(card: ModelCard) -> Message:
    """The price of its default clip and of one second."""
    price = card.per_second.get(card.sizes[0])
    if price is None:
        return msg("price unknown, so it can't be ordered")
    whole = Money(card.quote(card.seconds[0], card.sizes[0]))
    if card.may_cost_less():
        return msg("{seconds} s for at most **{price}**", seconds=Count(card.seconds[0]), price=whole)
    if card.per_video:
        return msg("{seconds} s for **{price}**", seconds=Count(card.seconds[0]), price=whole)
    return msg(
        "{seconds} s for **{price}** ({each}/s)",
        seconds=Count(card.seconds[0]),
        price=whole,
        each=PerSecond(price),
    )


def _checked(card: ModelCard) -> Message | None:
    """How old its prices are."""
    return msg("price checked {day}", day=Day(card.priced, DayStyle.BRIEF)) if card.priced and card.per_second else None


def lengths(card: ModelCard) -> Message:
    """`4 to 15 s` for a range without gaps, otherwise a list: `4, 8 or 12 s`."""
    offered = sorted(set(card.seconds))
    if len(offered) > 2 and offered == list(range(offered[0], offered[-1] + 1)):
        return msg("{least} to {most} s", least=Count(offered[0]), most=Count(offered[-1]))
    each = Choice(tuple(Count(length) for length in offered))
    short = each if len(str(each)) <= SHOWN_LENGTHS else Term(cut(str(each), SHOWN_LENGTHS))
    return msg("{lengths} s", lengths=short)


def sizes_in_short(card: ModelCard) -> Message:
    shown, more = Term(", ".join(map(str, card.sizes[:SHOWN_SIZES]))), len(card.sizes) - SHOWN_SIZES
    return msg("{sizes} and {number} more", sizes=shown, number=Count(more)) if more > 0 else value(shown)


def _how_it_does(report: ModelReport) -> Message:
    ends = msg("**closes {day}**", day=Day(report.ends, DayStyle.BRIEF)) if report.ends else None
    return dotted(health_line(report.health), ends)


def _times(report: ModelReport) -> Message:
    if report.usual is None:
        typical = report.card.typical
        return msg("Typically {time}", time=roughly(typical)) if typical is not None else msg("None made here yet")
    return msg_n(
        "Usually {time} ({count} video)",
        "Usually {time} ({count} videos)",
        report.videos,
        time=Duration(report.usual),
    )


def closed(model: str, retirement: Retirement) -> Message:
    return small(
        msg(
            "`{id}` closed on {day}. {instead}",
            id=_code(model),
            day=Day(retirement.since, DayStyle.BRIEF),
            instead=words(retirement.instead, SHOWN_SENTENCE),
        )
    )


# One model in full

PRICES = 1  # the index of the section whose length depends on the model


def sheet(report: ModelReport) -> list[Message]:
    """Its facts, one section each."""
    card = report.card
    return [
        lines(title(card), dotted(clip(card), _checked(card))),
        lines(_default(card), msg("**Sizes and prices**"), prices.of_model(card), *prices.elsewhere(report)),
        _inputs(card),
        lines(msg("**How remixes work** (first available)"), *_ways(report.remix)),
        lines(_times(report), _how_it_does(report), places.all_of(report)),
    ]


def _default(card: ModelCard) -> Message:
    return msg("**Lengths:** {lengths} (default {seconds})", lengths=lengths(card), seconds=Count(card.seconds[0]))


def _inputs(card: ModelCard) -> Message:
    """A picture to start from, and other possible inputs."""
    picture = msg("**Image input:** one") if card.takes_picture else msg("**Image input:** none")
    options = can(card.abilities)
    return lines(picture, None if options is None else msg("**Options:** {options}", options=options))


def _ways(methods: Sequence[RemixMethod]) -> list[Message]:
    """A line for each aim of a remix, with its methods in the order in which they are tried."""
    names = {Aim.CHANGE: AIMS[Aim.CHANGE][0], Aim.CONTINUE: AIMS[Aim.CONTINUE][0], Aim.EXTEND: KINDS[Mode.EXTEND]}
    rows = [
        Message("{aim}: {ways}", {"aim": name, "ways": joined(*_said_once(ways), by=" → ")})
        for aim, name in names.items()
        if (ways := serving(methods, aim))
    ]
    return rows or [msg("Not available.")]


def _said_once(methods: Iterable[RemixMethod]) -> list[Message]:
    """Two methods may look the same to a user."""
    return list({REMIXES[method].text: REMIXES[method] for method in methods}.values())


# Suggestions


def suggested(card: ModelCard) -> Message:
    return value(Model(card.label))


def suggested_closed(model: str) -> Message:
    return dotted(value(Term(model)), msg("closed"))


def priced(card: ModelCard, length: int) -> Message:
    return dotted(value(Model(card.label)), seconds(length), price(card, length, card.sizes[0]))


def remix_offer(card: ModelCard, option: RemixOption) -> Message:
    return dotted(value(Model(card.label)), seconds(option.seconds), value(Money(option.price)))


def remix_length(option: RemixOption) -> Message:
    kept = msg("keeps the original's length") if option.keeps_length else None
    return dotted(seconds(option.seconds), value(Money(option.price)), kept)


def length_offer(card: ModelCard, length: int, size: Size) -> Message:
    return dotted(seconds(length), price(card, length, size))


def size_offer(card: ModelCard, length: int, size: Size) -> Message:
    return dotted(value(Term(str(size))), _shape(size), price(card, length, size))


def price(card: ModelCard, length: int, size: Size) -> Message:
    each = card.per_second.get(size)
    return NO_PRICE if each is None else value(Money(card.quote(length, size)))


def _shape(size: Size) -> Message:
    if size.width == size.height:
        return msg("square")
    return msg("landscape") if size.width > size.height else msg("portrait")


def state_in_short(health: Health | None, ends: date | None) -> Message | None:
    """A menu's note on a model beside its price; None if there is nothing to note."""
    ailing = None
    if health is not None and not health.is_well:
        ailing = msg("failing") if health.failing else msg("paused")
    ending = msg("closes {day}", day=Day(ends, DayStyle.NEAR)) if ends else None
    return joined(ailing, ending, by=" · ") if ailing or ending else None
