"""The accounts at video services that the settings name, and the providers and models that come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.domain.links import HookLinks
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider
from bot.domain.ports.webhooks import WebhookReader
from bot.providers.dialects import DIALECTS, ModelReader, ProviderOnFirstUse
from bot.providers.openrouter.webhooks import SignedCalls
from bot.settings import Settings
from bot.wiring.accounts_file import AccountsFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleAccount:
    """An account that three settings make; it is on when its key is set."""

    name: str
    key: SecretStr | None
    base_url: str
    server: str = "auto"


def accounts_of(settings: Settings) -> Sequence[Account]:
    """All of them. Raises CannotStart when there is none, and for a mistake in their file."""
    found = [_account(simple, simple.key) for simple in _simple(settings) if simple.key is not None]
    places = frozenset(host.lower() for host in settings.download_hosts)
    if settings.accounts_file is not None:
        found += AccountsFile.read(settings.accounts_file, DIALECTS).accounts([account.name for account in found])
    if not found:
        raise CannotStart(
            "No video service is set up. Set OPENAI_API_KEY, and OPENAI_BASE_URL for a gateway or a server of your "
            "own; or GEMINI_API_KEY, or OPENROUTER_API_KEY; or ACCOUNTS_FILE."
        )
    secrets = tuple(dict.fromkeys([*settings.secrets, *(account.key for account in found)]))
    return [replace(account, download_hosts=places, secrets=secrets) for account in found]


def secrets_of(settings: Settings) -> Sequence[str]:
    """Everything that must never be seen in a log. Raises CannotStart as `accounts_of`."""
    return accounts_of(settings)[0].secrets


def concurrency_limits(settings: Settings) -> ConcurrencyLimits:
    limits = {account.name: account.max_renders for account in accounts_of(settings)}
    return ConcurrencyLimits(
        total=settings.max_concurrent_jobs,
        per_guild=settings.guild_concurrent_jobs,
        per_member=settings.member_concurrent_jobs,
        per_account={name: most for name, most in limits.items() if most is not None},
    )


def model_lists(settings: Settings) -> Mapping[str, ModelReader]:
    """The accounts whose service tells itself what models it has, and how its list is read.

    Only those with the name of their dialect: the rows are cards of that account.
    """
    own = [account for account in accounts_of(settings) if account.name == account.dialect]
    readers = {account.name: DIALECTS[account.dialect].read_models() for account in own}
    return {name: reader for name, reader in readers.items() if reader is not None}


def providers_of(settings: Settings) -> Mapping[str, Provider]:
    """By the name of the account."""
    return {account.name: ProviderOnFirstUse(account) for account in accounts_of(settings)}


def model_list(settings: Settings) -> Path:
    """Where OpenRouter's list of models is kept."""
    return settings.data_dir / "openrouter-models.json"


def webhook_reader(links: HookLinks) -> WebhookReader:
    """What checks the calls of the service that `links` are for."""
    return SignedCalls(links.key)


def _simple(settings: Settings) -> Sequence[SimpleAccount]:
    return (
        SimpleAccount(
            name="openai",
            key=settings.openai_api_key,
            base_url=settings.openai_base_url,
            server=settings.openai_server,
        ),
        SimpleAccount(name="gemini", key=settings.gemini_api_key, base_url=settings.gemini_base_url),
        SimpleAccount(name="openrouter", key=settings.openrouter_api_key, base_url=settings.openrouter_base_url),
    )


def _account(simple: SimpleAccount, key: SecretStr) -> Account:
    prefix = simple.name.upper()
    return Account(
        name=simple.name,
        dialect=simple.name,
        key=key.get_secret_value().strip(),
        base_url=simple.base_url.strip(),
        key_setting=f"{prefix}_API_KEY",
        url_setting=f"{prefix}_BASE_URL",
        server=simple.server,
        server_setting=f"{prefix}_SERVER",
    )
