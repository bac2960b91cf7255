"""Lists: my videos and the line, what was spent, the server's rules. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.domain.guild import GuildSettings
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.costs import Costs, Period
from bot.domain.phases import Queued
from bot.jobs.use_cases.browse import Overview
from bot.ui.cards.job_card import BLUE, GREEN, GREY, RED
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.values import lines, small


class StatusList(LayoutView):
    """The member's own latest videos, and what the server has under way."""

    def __init__(self, overview: Overview) -> None:
        super().__init__(timeout=None)
        room = TextBudget(3 if overview.to_decide else 2)
        my_row = partial(lists.row, mine=True)
        self.add_item(_box(BLUE, room.rows(lists.YOUR_VIDEOS, overview.mine, my_row, empty=lists.NOTHING_YET)))
        if aside := overview.to_decide:
            self.add_item(_box(RED, room.rows(lists.to_decide(len(aside)), aside, lists.row)))
        queue = overview.queue
        running = sum(not isinstance(job.phase, Queued) for job in queue)
        title = lists.on_this_server(running, len(queue) - running, overview.limits.total)
        in_line = partial(_in_line, overview=overview)
        self.add_item(_box(GREY, room.rows(title, queue, in_line, empty=lists.NOBODY_WAITS)))


def _in_line(job: Job, overview: Overview) -> Message:
    """Others see that somebody waits; not what a private video is about, and nothing of a channel they cannot see."""
    if job.id in overview.hidden:
        return lists.row(job, hide=True) if job.private else lists.row_elsewhere(job)
    return lists.row(job)


def _box(colour: int, text: str) -> Container[LayoutView]:
    return Container(TextDisplay(text), accent_colour=colour)


class CostsList(LayoutView):
    """The answer to /costs."""

    def __init__(self, costs: Costs, period: Period, *, whole_server: bool) -> None:
        super().__init__(timeout=None)
        room = TextBudget(3)
        spent = lists.spent(costs, period, whole_server=whole_server)
        card = _box(GREEN, room.text(lines(spent, lists.set_aside(costs), lists.budget_left(costs))))
        charge = partial(lists.charge, mine=not whole_server)
        for text in (
            room.rows(lists.BY_MODEL, costs.by_model, lists.model_spend) if costs.by_model else "",
            room.rows(lists.LATEST, costs.latest, charge) if costs.latest else "",
        ):
            if text:
                card.add_item(Separator()).add_item(TextDisplay(text))
        self.add_item(card)


class GuildSettingsScreen(LayoutView):
    """Who may make videos on a server, and for how much. `changes` are said first: what somebody has just done."""

    def __init__(
        self, guild_settings: GuildSettings, changes: Sequence[Message] = (), hint: Message | None = None
    ) -> None:
        super().__init__(timeout=None)
        rules = lines(lists.RULES, lists.who_may_make(guild_settings), lists.budget(guild_settings))
        said = lines(*changes, rules, small(hint) if hint is not None else None)
        self.add_item(_box(BLUE, TextBudget(1).text(said)))
