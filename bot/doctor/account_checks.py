"""The accounts that currently take no orders, the reason, and what happens to their models meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.clock import SystemClock
from bot.config.started_as import COMMAND
from bot.data_classes import value_object
from bot.doctor.report import Finding, Level
from bot.domain.models.card import ModelCard
from bot.jobs.providers.accounts import AccountStates
from bot.jobs.providers.circuit_breaker import Opened
from bot.settings import Settings
from bot.wiring.jobs import account_watch
from bot.wiring.paths import database_url
from storage.db.inspection import looked_at_if_current

ACCOUNTS = "accounts"  # not their names: an order refused once must not keep `--spend` from trying one
AFTER_A_REFUSED_ORDER = (
    "Check its credit, and what its key may do. One order tries it now and then, and after a restart."
)
AFTER_A_REFUSED_KEY = "Check its key. It is tried now and then, and after a restart."


async def accounts(settings: Settings, cards: Mapping[str, ModelCard], names: Sequence[str]) -> Sequence[Finding]:
    """Findings about the accounts that are set up, from what the bot noted; none if it has noted nothing yet."""
    async with looked_at_if_current(database_url(settings)) as there:
        if there is None:
            return []
        watch = account_watch(settings, there, SystemClock())
        states, opened = await watch.states(names), await watch.circuit.opened(names)
    return ClosedAccounts(states=states, opened=opened, cards=cards, names=names).findings()


@value_object
class ClosedAccounts:
    """Turns the states of accounts into findings. `names`: all that are set up; `cards` by the id of their model."""

    states: AccountStates
    opened: Mapping[str, Opened] = field(default_factory=dict)
    cards: Mapping[str, ModelCard]
    names: Sequence[str]

    def findings(self) -> list[Finding]:
        return [self._closed(name) for name in self.names if not self.states.takes_orders(name)]

    def _closed(self, account: str) -> Finding:
        drained, waiting = self.states.drained.get(account), self.states.load(account).waiting
        waits = f"; {waiting:,} {'order waits' if waiting == 1 else 'orders wait'} there" if waiting else ""
        rest = f"{waits}. {self._models(account)}"
        if drained is not None:
            words = f"{account} has been drained since {drained:%Y-%m-%d %H:%M} UTC by whoever runs the bot{rest}"
            return Finding(
                level=Level.WARNING, subject=ACCOUNTS, words=words, fix=f"{COMMAND} accounts resume {account} ends it."
            )
        opened, since = self.opened.get(account), self.states.refused[account]
        what, fix = ("an order", AFTER_A_REFUSED_ORDER) if opened and opened.paid else ("its key", AFTER_A_REFUSED_KEY)
        words = f"{account} has taken no orders since {since:%Y-%m-%d %H:%M} UTC, because {what} was refused{rest}"
        return Finding(level=self._level(account), subject=ACCOUNTS, words=words, fix=fix)

    def _level(self, account: str) -> Level:
        return Level.FAILURE if any(self._elsewhere(card) is None for card in self._of(account)) else Level.WARNING

    def _models(self, account: str) -> str:
        """What happens to its models: each is made at another account, or waits."""
        said = [
            f"{card.label} waits" if (other := self._elsewhere(card)) is None else f"{card.label} goes to {other}"
            for card in self._of(account)
        ]
        return f"{', '.join(said)}." if said else "No model is there."

    def _of(self, account: str) -> list[ModelCard]:
        return [card for card in self.cards.values() if account in card.account_names]

    def _elsewhere(self, card: ModelCard) -> str | None:
        """The first account that can make it now."""
        here = (name for name in card.account_names if name in self.names and self.states.takes_orders(name))
        return next(here, None)
