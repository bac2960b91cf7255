"""The card of a contest, and that of its result. Pure: rebuilt from what was looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, MediaGallery, TextDisplay

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.ports.studio.contests import ContestCard, ContestResult
from bot.domain.studio.contests.contest import Contest, ContestStage
from bot.domain.studio.contests.outcome import ContestPlace, winners
from bot.ui.cards.contests.buttons import ContestButton, ContestVerb
from bot.ui.cards.job_card import BLUE, GREEN, GREY, LONGEST_DESCRIPTION
from bot.ui.cards.posters import poster_name
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.studio import contest_ends
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import plain_text, render

MOST_WINNERS = 5  # of those that are tied, shown with their posters


class ContestMessage(LayoutView):
    """Its theme, its deadline, and the number of entries."""

    def __init__(self, facts: ContestCard) -> None:
        super().__init__(timeout=None)
        contest, buttons = facts.contest, _buttons(facts)
        shown: Container[ContestMessage] = Container(accent_colour=BLUE if buttons else GREY)
        shown.add_item(TextDisplay(render(phrases.heading(contest))))
        shown.add_item(TextDisplay(render(phrases.card(facts))))
        if buttons:
            shown.add_item(TextDisplay(render(phrases.rules(contest))))
            shown.add_item(ActionRow(*buttons))
        self.add_item(shown)


def _buttons(facts: ContestCard) -> Sequence[ContestButton]:
    verbs = offered_now(facts.contest, facts.now)
    return [ContestButton(verb, facts.contest.id) for verb in (*verbs, ContestVerb.MANAGE)] if verbs else []


def offered_now(contest: Contest, now: datetime) -> Sequence[ContestVerb]:
    """To every member."""
    match contest.stage(now):
        case ContestStage.ENTERING:
            return [ContestVerb.ENTER, *([ContestVerb.VOTE] if contest.takes_votes(now) else [])]
        case ContestStage.VOTING:
            return [ContestVerb.VOTE, ContestVerb.OWN]
        case ContestStage.OVER:
            return []


@value_object
class ShownWinners:
    """What a result shows besides the places: links to the winners' messages, and posters uploaded with it."""

    links: Mapping[JobId, str] = field(default_factory=dict)
    posters: frozenset[JobId] = frozenset()
    covered: frozenset[JobId] = frozenset()  # shown as spoilers


class ContestResultMessage(LayoutView):
    """Who won, with posters, and the runners-up."""

    def __init__(self, result: ContestResult, about: ShownWinners) -> None:
        super().__init__(timeout=None)
        first = shown_winners(result)
        shown: Container[ContestResultMessage] = Container(accent_colour=GREEN if first else GREY)
        shown.add_item(TextDisplay(render(contest_ends.result_heading(result.contest))))
        said = [contest_ends.winner(each, about.links.get(each.job_id)) for each in first]
        shown.add_item(TextDisplay(render(lines(contest_ends.outcome(result), *said))))
        if pictures := [_poster(each, about) for each in first if each.job_id in about.posters]:
            shown.add_item(MediaGallery(*pictures))
        if (others := contest_ends.others(result)) is not None:
            shown.add_item(TextDisplay(render(others)))
        if len(first) == 1 and (link := about.links.get(first[0].job_id)):
            shown.add_item(ActionRow(Button(label=plain_text(contest_ends.WATCH), url=link)))
        self.add_item(shown)


def shown_winners(result: ContestResult) -> Sequence[ContestPlace]:
    """Those whose video still exists."""
    return [each for each in winners(result.standings) if each.job is not None][:MOST_WINNERS]


def _poster(standing: ContestPlace, about: ShownWinners) -> discord.MediaGalleryItem:
    described = "" if standing.job is None else cut(plain_text(phrases.poster(standing.job)), LONGEST_DESCRIPTION)
    return discord.MediaGalleryItem(
        f"attachment://{poster_name(standing.job_id)}",
        description=described,
        spoiler=standing.job_id in about.covered,
    )
