"""How a server's money is divided, for its managers."""

from __future__ import annotations

from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.domain.access.everyone import named_role
from bot.domain.messages import Message
from bot.domain.money.allowances import Grant
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE
from bot.jobs.use_cases.budgets import BudgetOverview
from bot.ui.cards.job_card import BLUE
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import budgets
from bot.ui.text.phrases.values import lines, small


class BudgetsScreen(LayoutView):
    """The server's month, its pools and its grants. `said` comes first: what was just done."""

    def __init__(self, overview: BudgetOverview, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        room, calendar = TextBudget(4), overview.settings.calendar

        def grant(held: Grant) -> Message:
            return budgets.grant(held, overview.used.grants.get(held.id, FREE), calendar)

        def pool(row: tuple[int, MonthSpending]) -> Message:
            whose, spending = row
            return budgets.pool(named_role(whose, overview.settings.guild_id), spending)

        card: Container[BudgetsScreen] = Container(accent_colour=BLUE)
        card.add_item(TextDisplay(room.text(lines(said, budgets.BUDGET, budgets.month(overview.month)))))
        for text in (
            room.rows(budgets.POOLS, list(overview.pools.items()), pool, empty=budgets.NO_POOLS),
            room.rows(budgets.GRANTS, overview.grants, grant, empty=budgets.NO_GRANTS),
            room.text(small(budgets.ALL_COUNT)),
        ):
            card.add_item(Separator()).add_item(TextDisplay(text))
        self.add_item(card)
