"""Own keys: what encrypts them, where they are stored, and the accounts they create from those of the settings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.domain.accounts import Account, service_of
from bot.domain.errors import CannotStart
from bot.domain.keys.store import KeyCipher, KeyStore
from bot.domain.messages import Count, Term, msg
from bot.domain.ports.provider import Provider
from bot.jobs.providers.open_keys import OpenKeys
from bot.jobs.providers.registry import ProviderRegistry
from bot.logs.lines import hide
from bot.providers.dialects import ProviderOnFirstUse
from bot.settings import Settings
from bot.wiring.accounts import accounts_of
from storage.keys.cipher import WEBHOOKS, FernetCipher

log = logging.getLogger(__name__)

SHORTEST = 32  # characters of a secret: it protects keys, and nothing slows down guessing
MAKE_ONE = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def key_secrets(settings: Settings) -> Sequence[str]:
    """The first one encrypts, all of them decrypt. Raises CannotStart for one that is too short."""
    given = (settings.keys_secret.get_secret_value() if settings.keys_secret is not None else "").strip()
    secrets = [secret.strip() for secret in given.split(",") if secret.strip()]
    is_none_of_them = bool(given) and not secrets  # only commas: own keys would be off without notice
    if is_none_of_them or any(len(secret) < SHORTEST for secret in secrets):
        raise CannotStart(
            msg(
                "Each secret in KEYS_SECRET needs at least {count} characters. Make one with: {command}",
                count=Count(SHORTEST),
                command=Term(MAKE_ONE),
            )
        )
    return secrets


def cipher_of(settings: Settings) -> KeyCipher | None:
    """None: own keys are off."""
    secrets = key_secrets(settings)
    return FernetCipher(secrets) if secrets else None


def webhook_cipher(settings: Settings) -> KeyCipher | None:
    """What encrypts webhook secrets; None: webhooks are off."""
    secrets = key_secrets(settings)
    return FernetCipher(secrets, WEBHOOKS) if secrets else None


async def open_keys(
    settings: Settings, keys: KeyStore, ours: Mapping[str, ProviderOnFirstUse], opened: AsyncExitStack
) -> tuple[OpenKeys, ProviderRegistry]:
    """Keys encrypted with an older secret are re-encrypted. Raises CannotStart."""
    cipher = cipher_of(settings)
    if cipher is not None:
        await reseal(keys, cipher)
    accounts: Mapping[str, Account] = {account.name: account for account in accounts_of(settings)}

    def opened_at(account: Account) -> Provider:
        """The provider at the server where the service of a key was found."""
        return ProviderOnFirstUse(replace(account, base_url=ours[service_of(account.name)].base_url))

    in_use = OpenKeys(keys=keys, cipher=cipher, accounts=accounts, open_account=opened_at, learned=hide)
    opened.push_async_callback(in_use.close)
    return in_use, ProviderRegistry(ours, in_use)


async def reseal(keys: KeyStore, cipher: KeyCipher) -> None:
    changed = unreadable = 0
    for account, sealed in (await keys.all_sealed()).items():
        if (anew := cipher.resealed(sealed)) is not None:
            await keys.reseal(account, sealed, anew)
            changed += 1
        unreadable += cipher.opened(account, anew or sealed) is None
    if changed:
        log.info("own keys that were sealed anew under the first secret of KEYS_SECRET: %d", changed)
    if unreadable:
        log.warning(
            "own keys that no secret of KEYS_SECRET opens: %d; their orders wait until they are entered again",
            unreadable,
        )
