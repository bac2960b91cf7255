"""`python -m bot accounts`: shows which accounts take orders, and drains or resumes one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.clock import SystemClock
from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.jobs.providers.accounts import AccountStates
from bot.jobs.providers.drains import Drains
from bot.settings import Settings
from bot.wiring.accounts import accounts_of
from bot.wiring.jobs import account_watch
from bot.wiring.paths import database_url
from storage.db.database import Database, failing_in_words
from storage.db.inspection import looked_at_current

DRAIN, RESUME = "drain", "resume"


@value_object
class AccountsQuery:
    """`what`: DRAIN or RESUME the account with that name; None only shows them."""

    what: str | None = None
    name: str = ""


async def accounts(settings: Settings, wanted: AccountsQuery) -> Sequence[str]:
    """What to print. Changes apply to all processes at once, without a restart. Raises CannotStart."""
    known = accounts_of(settings)
    async with _database(settings, writes=wanted.what is not None) as database:
        watch = account_watch(settings, database, SystemClock())
        if wanted.what is None:
            return _table(known, await watch.states(account.name for account in known))
        if wanted.name not in {account.name for account in known}:
            names = ", ".join(sorted(account.name for account in known))
            raise CannotStart(f"There is no account {wanted.name!r}. Set up: {names}. Nothing was changed.")
        return [await _done(watch.drains, wanted)]


async def _done(drains: Drains, wanted: AccountsQuery) -> str:
    name = wanted.name
    if wanted.what == DRAIN:
        if await drains.begin(name):
            return f"✓ {name} is drained: it is sent nothing more, and finishes what it has. `accounts` shows the rest."
        return f"{name} was drained before."
    return f"✓ {name} takes orders again." if await drains.end(name) else f"{name} was not drained."


@asynccontextmanager
async def _database(settings: Settings, *, writes: bool) -> AsyncIterator[Database]:
    """Opens a database with the schema of this version. Raises CannotStart."""
    url = database_url(settings)
    async with looked_at_current(url) as seen:
        if not writes:
            yield seen
            return
    database = await Database.open(url)
    try:
        with failing_in_words(url):
            yield database
    finally:
        await database.close()


def _table(known: Sequence[Account], states: AccountStates) -> Sequence[str]:
    rows = [
        (account.name, account.dialect, _load(account.name, states), _state(account.name, states)) for account in known
    ]
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _load(account: str, states: AccountStates) -> str:
    load, most = states.load(account), states.places.get(account)
    bound = "" if most is None else f" of {most:,}"
    return f"{load.rendering:,}{bound} rendering, {load.waiting:,} waiting"


def _state(account: str, states: AccountStates) -> str:
    if (since := states.drained.get(account)) is not None:
        return f"drained since {since:%Y-%m-%d %H:%M} UTC"
    if (since := states.refused.get(account)) is not None:
        return f"refused since {since:%Y-%m-%d %H:%M} UTC"
    return "takes orders"
