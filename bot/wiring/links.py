"""The addresses that services call."""

from __future__ import annotations

import logging

from bot.domain.links import HookLinks
from bot.settings import Settings

log = logging.getLogger(__name__)


def hook_links_of(settings: Settings) -> HookLinks | None:
    """What signs the addresses that OpenRouter calls; None when it is not to call. All processes share the secret."""
    secret, public = settings.openrouter_webhook_secret, settings.public_url or ""
    if secret is None or settings.openrouter_api_key is None:
        return None
    if settings.http_port is None or not public.startswith("https://"):
        log.warning("OPENROUTER_WEBHOOK_SECRET needs HTTP_PORT and an https PUBLIC_URL; no webhooks are asked for")
        return None
    key = secret.get_secret_value().strip().encode()
    return HookLinks(provider="openrouter", base=public.rstrip("/"), key=key)
