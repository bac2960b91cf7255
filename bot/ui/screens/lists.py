"""Lists: a member's videos and the queue, spending, and the server's rules. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.guild import GuildSettings
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.jobs.use_cases.browse import Overview
from bot.ui.cards.job_card import BLUE, GREY, ORANGE, RED
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.requests import requests_section
from bot.ui.screens.settings.controls import ACCESS, SettingsAct, SettingsButton
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.settings.hub import FORGET_ROLES
from bot.ui.text.phrases.settings.rules import TIERS_DECIDE
from bot.ui.text.phrases.values import lines, small


class StatusList(LayoutView):
    """The member's own latest videos, and others in progress on the server. Each video is listed once.

    `to_approve`: how many requests wait for the member's approval. `refusal`: why they may not make videos, if so.
    """

    def __init__(self, overview: Overview, to_approve: int = 0, refusal: Message | None = None) -> None:
        super().__init__(timeout=None)
        room = TextBudget(2 + bool(overview.to_decide) + bool(to_approve))
        aside = {job.id for job in overview.to_decide}
        own = [job for job in overview.mine if job.id not in aside]
        if own or not aside:
            own_row = partial(_own_row, overview=overview)
            nothing = lists.nothing_yet(refusal)
            self.add_item(_box(BLUE, room.rows(lists.YOUR_VIDEOS, own, own_row, empty=nothing)))
        if to_approve:
            self.add_item(Container(requests_section(to_approve, room), accent_colour=ORANGE))
        if aside:
            self.add_item(_box(RED, room.rows(lists.to_decide(len(aside)), overview.to_decide, lists.row)))
        listed = {job.id for job in own}
        others = [job for job in overview.queue if job.id not in listed]
        more = overview.totals.under_way - len(others) - sum(not job.is_at_rest for job in own)
        nobody = lists.ONLY_YOURS if overview.queue else None
        in_line = partial(_in_line, overview=overview)
        self.add_item(_box(GREY, room.rows(_title(overview), others, in_line, empty=nobody, more=max(0, more))))


def _title(overview: Overview) -> Message:
    totals = overview.totals
    title = lists.on_this_server(totals.rendering, totals.waiting, overview.limits.total, totals.to_approve)
    return title if overview.hold is None else lines(title, lists.held(overview.hold))


def _own_row(job: Job, overview: Overview) -> Message:
    return lists.own_row(job, overview.estimates.get(job.id))


def _in_line(job: Job, overview: Overview) -> Message:
    """Others see that somebody waits, but not what a private video is about, nor channels that they cannot see."""
    estimate = overview.estimates.get(job.id)
    if job.id in overview.hidden:
        return lists.row(job, estimate, hide=True) if job.private else lists.row_elsewhere(job, estimate)
    return lists.row(job, estimate)


def _box(colour: int, text: str) -> Container[LayoutView]:
    return Container(TextDisplay(text), accent_colour=colour)


class GuildSettingsScreen(LayoutView):
    """Who may make videos on a server, and for how much. `changes` come first: what was just done."""

    def __init__(
        self,
        guild_settings: GuildSettings,
        changes: Sequence[Message] = (),
        hint: Message | None = None,
        deleted: Collection[int] = (),
        *,
        has_tiers: bool = False,
    ) -> None:
        """`deleted`: granted roles that the server no longer has; a button removes them."""
        super().__init__(timeout=None)
        who = TIERS_DECIDE if has_tiers else lists.who_may_make(guild_settings, deleted)
        rules = lines(lists.RULES, who, lists.budget(guild_settings))
        said = lines(*changes, rules, small(hint) if hint is not None else None)
        self.add_item(_box(BLUE, TextBudget(1).text(said)))
        if deleted:
            self.add_item(ActionRow(SettingsButton(ACCESS, SettingsAct.FORGET_ROLES, FORGET_ROLES)))
