"""Outgoing webhooks: what encrypts their secrets, and what sends them."""

from __future__ import annotations

import logging
import random
from collections import Counter
from contextlib import AsyncExitStack

from bot.domain.audit.log_channel import GuildLog
from bot.domain.keys.store import KeyCipher
from bot.domain.ports.clock import Clock
from bot.domain.webhooks.store import WebhookStore
from bot.domain.webhooks.webhook import sealed_as
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.webhooks.manage import GuildWebhooks
from bot.jobs.webhooks.delivering import WebhookDeliveries
from bot.network.first_use import SenderOnFirstUse
from bot.settings import Settings
from bot.wiring.keys.opening import webhook_cipher
from bot.wiring.stores import Stores
from storage.webhooks.deliveries import SqlDeliveries

log = logging.getLogger(__name__)


async def open_webhooks(
    settings: Settings,
    stores: Stores,
    opened: AsyncExitStack,
    *,
    guild_log: GuildLog,
    clock: Clock,
    outcomes: Counter[str],
) -> WebhookDeliveries:
    """Secrets encrypted with an older secret are re-encrypted. Raises CannotStart."""
    cipher = webhook_cipher(settings)
    if cipher is not None:
        await _reseal(stores.webhooks, cipher)
    sender = SenderOnFirstUse(plain_hosts(settings))
    opened.push_async_callback(sender.close)
    return WebhookDeliveries(
        store=SqlDeliveries(database=stores.webhooks.database, clock=clock),
        sender=sender,
        cipher=cipher,
        guild_log=guild_log,
        clock=clock,
        outcomes=outcomes,
        rng=random.Random(),  # noqa: S311 (spreads tries, guards nothing)
    )


def guild_webhooks(
    settings: Settings,
    stores: Stores,
    deliveries: WebhookDeliveries,
    authorization: Authorization,
    changes: SettingChanges,
) -> GuildWebhooks:
    return GuildWebhooks(
        store=stores.webhooks,
        deliveries=deliveries,
        authorization=authorization,
        cipher=deliveries.cipher,
        changes=changes,
        clock=deliveries.clock,
        plain_hosts=plain_hosts(settings),
    )


def plain_hosts(settings: Settings) -> frozenset[str]:
    return frozenset(host.lower() for host in settings.webhook_hosts)


async def _reseal(store: WebhookStore, cipher: KeyCipher) -> None:
    unreadable = 0
    for webhook_id, secrets in (await store.all_sealed()).items():
        for sealed in secrets:
            if (anew := cipher.resealed(sealed)) is not None:
                await store.reseal(webhook_id, sealed, anew)
            unreadable += cipher.opened(sealed_as(webhook_id), anew or sealed) is None
    if unreadable:
        log.warning("secrets of webhooks that no secret of KEYS_SECRET opens: %d; rotate them", unreadable)
