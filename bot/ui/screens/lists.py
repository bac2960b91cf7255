"""Lists: my videos and the line, what was spent, the server's rules. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.domain.guild import GuildSettings
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.costs import Charge, Costs, Period
from bot.domain.phases import Trait
from bot.jobs.use_cases.browse import Overview
from bot.ui.cards.job_card import BLUE, GREEN, GREY, RED
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.values import lines, small


class StatusList(LayoutView):
    """The member's own latest videos, and what else the server has in progress. Each video is listed once."""

    def __init__(self, overview: Overview) -> None:
        super().__init__(timeout=None)
        room, times = TextBudget(3 if overview.to_decide else 2), overview.estimates
        aside = {job.id for job in overview.to_decide}
        own = [job for job in overview.mine if job.id not in aside]
        if own or not aside:
            mine = [lists.own_row(job, times.get(job.id)) for job in own] or [lists.NOTHING_YET]
            self.add_item(_box(BLUE, room.rows(lists.YOUR_VIDEOS, mine)))
        if overview.to_decide:
            rows = [lists.row(job) for job in overview.to_decide]
            self.add_item(_box(RED, room.rows(lists.to_decide(len(rows)), rows)))
        self.add_item(_box(GREY, room.rows(_title(overview), _others(overview, {job.id for job in own}))))


def _title(overview: Overview) -> Message:
    running = sum(Trait.HOLDS_SLOT in job.phase.traits for job in overview.queue)
    waiting = sum(Trait.WAITS in job.phase.traits for job in overview.queue)
    return lists.on_this_server(running, waiting, overview.limits.total)


def _others(overview: Overview, listed: Collection[JobId]) -> list[Message]:
    rows = [_in_line(job, overview) for job in overview.queue if job.id not in listed]
    if rows or overview.queue:
        return rows or [lists.ONLY_YOURS]
    return [lists.NOBODY_WAITS]


def _in_line(job: Job, overview: Overview) -> Message:
    """Others see that somebody waits; not what a private video is about, and nothing of a channel they cannot see."""
    estimate = overview.estimates.get(job.id)
    if job.id in overview.hidden:
        return lists.row(job, estimate, hide=True) if job.private else lists.row_elsewhere(job, estimate)
    return lists.row(job, estimate)


def _box(colour: int, text: str) -> Container[LayoutView]:
    return Container(TextDisplay(text), accent_colour=colour)


class CostsList(LayoutView):
    """The answer to /costs."""

    def __init__(self, costs: Costs, period: Period, label: Callable[[str], str] = str, *, whole_server: bool) -> None:
        super().__init__(timeout=None)
        room = TextBudget(3)
        sums = (lists.reserved(costs), lists.on_hold(costs), lists.budget_left(costs))
        spent = lists.spent(costs, period, whole_server=whole_server)
        card = _box(GREEN, room.text(lines(spent, *sums)))
        for title, rows in (
            (lists.BY_MODEL, [lists.model_spend(model, label(model.model)) for model in costs.by_model]),
            (lists.LATEST, [_charge(entry, label, whole_server=whole_server) for entry in costs.latest]),
        ):
            if rows:
                card.add_item(Separator()).add_item(TextDisplay(room.rows(title, rows)))
        self.add_item(card)


def _charge(entry: Charge, label: Callable[[str], str], *, whole_server: bool) -> Message:
    return lists.charge(entry, label(entry.model), whole_server=whole_server)


class GuildSettingsScreen(LayoutView):
    """Who may make videos on a server, and for how much. `changes` are said first: what somebody has just done."""

    def __init__(
        self, guild_settings: GuildSettings, changes: Sequence[Message] = (), hint: Message | None = None
    ) -> None:
        super().__init__(timeout=None)
        rules = lines(lists.RULES, lists.who_may_make(guild_settings), lists.budget(guild_settings))
        said = lines(*changes, rules, small(hint) if hint is not None else None)
        self.add_item(_box(BLUE, TextBudget(1).text(said)))
