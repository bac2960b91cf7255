"""The accounts at video services that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import SecretStr

from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.providers.dialects import DIALECTS
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
