"""/costs: what was spent, with menus for period and grouping."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, Select, Separator, TextDisplay

from bot.domain.messages import Message
from bot.domain.money.costs import Charge, Costs, Grouping, Period, Spend
from bot.jobs.use_cases.costs import CostsAsked, CostsScope
from bot.ui.cards.job_card import GREEN
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.reports.asked import ASKED, read, written
from bot.ui.text.phrases.reports import costs as phrases
from bot.ui.text.phrases.values import dotted, lines, small
from bot.ui.text.render import plain_text


class PeriodSelect(LastingSelect, template=rf"{VERSION}:costs-period:{ASKED}"):
    def __init__(self, asked: CostsAsked) -> None:
        names = phrases.PERIOD_NAMES
        options = [
            discord.SelectOption(label=plain_text(names[each]), value=each.value, default=each == asked.days)
            for each in Period
        ]
        custom_id = f"{VERSION}:costs-period:{written(asked)}"
        shown = plain_text(phrases.period(asked.days))  # if no option is the default
        placeholder = shown[:1].upper() + shown[1:]
        super().__init__(Select(custom_id=custom_id, options=options, placeholder=placeholder))
        self.asked = asked

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(read(match))


class GroupingSelect(LastingSelect, template=rf"{VERSION}:costs-by:{ASKED}"):
    def __init__(self, asked: CostsAsked) -> None:
        offered = [each for each in Grouping if each is not Grouping.MEMBER or _has_members(asked)]
        options = [
            discord.SelectOption(label=plain_text(phrases.GROUPINGS[each]), value=each.value, default=each is asked.by)
            for each in offered
        ]
        custom_id, placeholder = f"{VERSION}:costs-by:{written(asked)}", plain_text(phrases.GROUPINGS[asked.by])
        super().__init__(Select(custom_id=custom_id, options=options, placeholder=placeholder))
        self.asked = asked

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(read(match))


class CostsChartButton(LastingButton, template=rf"{VERSION}:costs-chart:{ASKED}"):
    def __init__(self, asked: CostsAsked) -> None:
        custom_id = f"{VERSION}:costs-chart:{written(asked)}"
        super().__init__(Button(label=plain_text(phrases.CHART), custom_id=custom_id))
        self.asked = asked

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(read(match))


class CostsFileButton(LastingButton, template=rf"{VERSION}:costs-csv:{ASKED}"):
    def __init__(self, asked: CostsAsked) -> None:
        custom_id = f"{VERSION}:costs-csv:{written(asked)}"
        super().__init__(Button(label=plain_text(phrases.CSV), custom_id=custom_id))
        self.asked = asked

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(read(match))


def _has_members(asked: CostsAsked) -> bool:
    return asked.scope in {CostsScope.SERVER, CostsScope.ROLE}


class CostsList(LayoutView):
    """The answer to /costs."""

    def __init__(
        self, costs: Costs, asked: CostsAsked, label: Callable[[str], str] = str, *, guild_id: int = 0
    ) -> None:
        super().__init__(timeout=None)
        room = TextBudget(3)
        row = partial(_row, by=asked.by, label=label)
        title = phrases.grouping(asked.by, costs.rows)
        charge = partial(_charge, label=label, with_owner=_has_members(asked))
        card: Container[CostsList] = Container(
            TextDisplay(room.text(_sums(costs, asked, guild_id))), accent_colour=GREEN
        )
        for text in (
            room.rows(title, _latest_first(costs, asked.by), row, more=costs.more_rows) if costs.rows else "",
            room.rows(phrases.LATEST, costs.latest, charge) if costs.latest else "",
        ):
            if text:
                card.add_item(Separator()).add_item(TextDisplay(text))
        self.add_item(card)
        self.add_item(ActionRow(PeriodSelect(asked)))
        self.add_item(ActionRow(GroupingSelect(asked)))
        if costs.rows:
            self.add_item(ActionRow(CostsChartButton(asked), CostsFileButton(asked)))


def _sums(costs: Costs, asked: CostsAsked, guild_id: int) -> Message:
    about = [each for each in (phrases.average(costs), phrases.estimated(costs)) if each is not None]
    return lines(
        phrases.spent(costs, asked, guild_id),
        dotted(*about) if about else None,
        phrases.wasted(costs),
        phrases.on_own_keys(costs),
        phrases.on_helper(costs),
        phrases.reserved(costs),
        phrases.on_hold(costs),
        phrases.budget_left(costs),
        None if costs.added_up else small(phrases.STILL_ADDING),
    )


def _latest_first(costs: Costs, by: Grouping) -> Sequence[Spend]:
    """Earlier days may not fit."""
    return costs.rows[::-1] if by is Grouping.DAY else costs.rows


def _row(spend: Spend, by: Grouping, label: Callable[[str], str]) -> Message:
    return phrases.spend(spend, by, label(spend.key) if by is Grouping.MODEL else spend.key)


def _charge(entry: Charge, label: Callable[[str], str], *, with_owner: bool) -> Message:
    return phrases.charge(entry, label(entry.model), with_owner=with_owner)
