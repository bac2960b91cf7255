"""Which services call when a video is done, and where."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from bot.config.duties import Duties
from bot.domain.accounts import Account
from bot.domain.links import AllHookLinks, HookLinks
from bot.providers.dialects import DIALECTS
from bot.settings import Settings
from bot.wiring.accounts import accounts_so_far, simple_accounts

log = logging.getLogger(__name__)


def webhook_links(settings: Settings, duties: Duties, site_key: bytes | None) -> AllHookLinks:
    """What signs the addresses that services call. All processes share the keys.

    `site_key` signs other addresses of this machine; None if there are none.
    """
    secrets, public = webhook_secrets(settings), settings.public_url or ""
    others = accounts_without_secret(settings)
    is_served = settings.http_port is not None or not duties.is_everything  # by another process
    if not is_served or not public.startswith("https://"):
        for setting in dict.fromkeys(
            [*map(secret_setting, secrets), *(calls_setting(each.dialect) for each in others)]
        ):
            log.warning("%s needs HTTP_PORT and an https PUBLIC_URL; no webhooks are asked for", setting)
        return AllHookLinks(())
    keys = dict(secrets)
    if site_key is not None:
        keys |= {account.name: site_key for account in others}
    base = public.rstrip("/")
    return AllHookLinks([HookLinks(account=name, base=base, key=key) for name, key in keys.items()])


def webhook_secrets(settings: Settings) -> Mapping[str, bytes]:
    """By the account whose service signs with it: those that are set up, and whose dialect calls at all."""
    given = {
        account.name: getattr(settings, secret_setting(account.name).lower(), None)
        for account in simple_accounts(settings)
        if DIALECTS[account.dialect].calls
    }
    return {name: secret.get_secret_value().strip().encode() for name, secret in given.items() if secret is not None}


def secret_setting(account: str) -> str:
    return f"{account.upper()}_WEBHOOK_SECRET"


def accounts_without_secret(settings: Settings) -> Sequence[Account]:
    """Those whose services call and sign with published keys."""
    return [
        account
        for account in accounts_so_far(settings)
        if DIALECTS[account.dialect].publishes_keys and getattr(settings, calls_setting(account.dialect).lower())
    ]


def calls_setting(dialect: str) -> str:
    return f"{dialect.upper()}_WEBHOOKS"
