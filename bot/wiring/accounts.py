"""The accounts at video services that the settings name."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.config.started_as import COMMAND
from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.domain.models.card import one_of
from bot.providers.dialects import DIALECTS
from bot.settings import Settings, misspelt_settings
from bot.wiring.accounts_file import AccountsFile, key_names

CLOSED = "api.openai.com"
KEYS = [f"{name.upper()}_API_KEY" for name in DIALECTS if name != "openai"]
NONE_SET_UP = (
    "No video service is set up. Set OPENAI_API_KEY and OPENAI_BASE_URL (a gateway, or a server of your own), "
    f"{', '.join(KEYS)} or ACCOUNTS_FILE, or run `{COMMAND} setup`. "
    f"To try Kinora without an account, run `{COMMAND} demo`."
)
OPENAI_CLOSED = (
    "OPENAI_API_KEY points to OpenAI itself, which closed its Videos API on 24 September 2026. Set OPENAI_BASE_URL to "
    f"a gateway or a server of your own, or use {one_of(KEYS)}. `{COMMAND} setup` helps."
)


@value_object
class SimpleAccount:
    """An account defined by three settings; it is enabled by setting its key."""

    name: str
    key: SecretStr | None
    base_url: str
    server: str = "auto"


def accounts_of(settings: Settings) -> Sequence[Account]:
    """All of them. Raises CannotStart if none can make a video, and for a mistake in their file."""
    found = accounts_so_far(settings)
    if not found:
        raise CannotStart(NONE_SET_UP)
    if all(is_closed(account) for account in found):
        raise CannotStart(OPENAI_CLOSED)
    return found


def accounts_so_far(settings: Settings) -> Sequence[Account]:
    """All accounts, possibly none. Raises CannotStart for a mistake in their file."""
    found = simple_accounts(settings)
    places = frozenset(host_named(each) for each in settings.download_hosts)
    if settings.accounts_file is not None:
        found += AccountsFile.read(settings.accounts_file, DIALECTS).accounts([account.name for account in found])
    secrets = tuple(dict.fromkeys([*settings.secrets, *(account.key for account in found)]))
    return [replace(account, download_hosts=places, secrets=secrets) for account in found]


def host_named(place: str) -> str:
    """The host where files are, which may also be written as an address or with a port."""
    written = place.strip().lower()
    with contextlib.suppress(ValueError):
        IPv6Address(written)  # the colons in it do not start a port
        return written
    try:
        return urlsplit(written if "//" in written else f"//{written}").hostname or written
    except ValueError:
        return written


def secrets_of(settings: Settings) -> Sequence[str]:
    """Everything that must never be seen in a log. Raises CannotStart like `accounts_of`."""
    return accounts_of(settings)[0].secrets


def simple_accounts(settings: Settings) -> list[Account]:
    """Those defined by the simple settings alone."""
    return [_account(simple, simple.key) for simple in _simple(settings) if simple.key is not None]


def is_closed(account: Account) -> bool:
    """Whether it is at OpenAI itself, where videos are no longer made."""
    return account.dialect == "openai" and leads_to_openai(account.base_url)


def leads_to_openai(url: str) -> bool:
    try:
        return urlsplit(url).hostname == CLOSED
    except ValueError:
        return False


def setting_warnings(settings: Settings) -> Sequence[str]:
    """Settings that look wrong but prevent nothing, one sentence each."""
    try:
        found = accounts_so_far(settings)
    except CannotStart:
        found = []
    is_one_closed = {is_closed(account) for account in found} == {True, False}
    return [*misspelt_settings(key_names(settings.accounts_file)), *[OPENAI_CLOSED] * is_one_closed]


def _simple(settings: Settings) -> Sequence[SimpleAccount]:
    """Each dialect has a key and an address among the settings, called by its name (`tests/meta/test_providers.py`)."""
    return [
        SimpleAccount(
            name=name,
            key=getattr(settings, f"{name}_api_key"),
            base_url=getattr(settings, f"{name}_base_url"),
            server=getattr(settings, f"{name}_server", "auto"),
        )
        for name in DIALECTS
    ]


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
