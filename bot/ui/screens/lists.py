"""Lists: my videos and the line, what was spent, the server's rules. Pure."""

from __future__ import annotations

from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.domain.guild import GuildSettings
from bot.domain.messages import Message
from bot.domain.money.costs import Costs, Period
from bot.domain.phases import Queued
from bot.jobs.use_cases.browse import Overview
from bot.ui.cards.job_card import BLUE, GREEN, GREY, RED
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render

SHOWN_IN_LINE = 10


class StatusList(LayoutView):
    """The member's own latest videos, and what the server has under way."""

    def __init__(self, overview: Overview) -> None:
        super().__init__(timeout=None)
        mine = [lists.row(job) for job in overview.mine] or [lists.NOTHING_YET]
        self.add_item(_box(BLUE, lists.YOUR_VIDEOS, lines(*mine)))
        if overview.to_decide:
            aside = [lists.row(job) for job in overview.to_decide[:SHOWN_IN_LINE]]
            self.add_item(_box(RED, lists.to_decide(len(overview.to_decide)), lines(*aside)))
        queue = list(overview.queue)
        running = sum(not isinstance(job.phase, Queued) for job in queue)
        # Others see that somebody waits, never what a private video is about.
        rows = [lists.row(job, hide=job.private) for job in queue[:SHOWN_IN_LINE]]
        if len(queue) > SHOWN_IN_LINE:
            rows.append(lists.and_more(len(queue) - SHOWN_IN_LINE))
        title = lists.on_this_server(running, len(queue) - running, overview.limits.total)
        self.add_item(_box(GREY, title, lines(*rows) if rows else lists.NOBODY_WAITS))


def _box(colour: int, *texts: Message) -> Container[LayoutView]:
    return Container(*(TextDisplay(render(text)) for text in texts), accent_colour=colour)


class CostsList(LayoutView):
    """The answer to /costs."""

    def __init__(self, costs: Costs, period: Period, *, whole_server: bool) -> None:
        super().__init__(timeout=None)
        spent = lists.spent(costs, period, whole_server=whole_server)
        card = _box(GREEN, lines(spent, lists.set_aside(costs), lists.budget_left(costs)))
        for title, rows in (
            (lists.BY_MODEL, [lists.model_spend(model) for model in costs.by_model]),
            (lists.LATEST, [lists.charge(entry) for entry in costs.latest]),
        ):
            if rows:
                card.add_item(Separator()).add_item(TextDisplay(render(lines(title, *rows))))
        self.add_item(card)


class GuildSettingsScreen(LayoutView):
    """Who may make videos on a server, and for how much."""

    def __init__(self, guild_settings: GuildSettings) -> None:
        super().__init__(timeout=None)
        rules = lines(lists.RULES, lists.who_may_make(guild_settings), lists.budget(guild_settings))
        self.add_item(_box(BLUE, rules))
