"""The video services that are set up, and the catalogue of what can be ordered there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.domain.errors import CannotStart
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.providers import FACTORIES, Host
from bot.providers.catalogue.load import CatalogueFile, load_catalogue
from bot.providers.catalogue.refresh import CatalogueRefresh
from bot.providers.openrouter.adapter import OpenRouterVideos
from bot.providers.openrouter.models import rows_of
from bot.settings import Settings
from bot.wiring.paths import model_list

log = logging.getLogger(__name__)


def hosts_of(settings: Settings) -> dict[str, Host]:
    """By name of the provider, which is on when its key is set."""
    accounts = {
        "openai": (settings.openai_api_key, settings.openai_base_url),
        "gemini": (settings.gemini_api_key, settings.gemini_base_url),
        "openrouter": (settings.openrouter_api_key, settings.openrouter_base_url),
    }
    return {
        name: Host(key=key.get_secret_value(), base_url=base_url, server=settings.openai_server)
        for name, (key, base_url) in accounts.items()
        if key is not None
    }


def providers_of(settings: Settings) -> dict[str, Provider]:
    providers = {name: FACTORIES[name](host) for name, host in hosts_of(settings).items()}
    if not providers:
        raise CannotStart(
            "No video service is set up. Set OPENAI_API_KEY, and OPENAI_BASE_URL for a gateway or a server of your "
            "own; or GEMINI_API_KEY, or OPENROUTER_API_KEY."
        )
    return providers


def open_providers(settings: Settings, opened: AsyncExitStack) -> Mapping[str, Provider]:
    providers = providers_of(settings)
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


async def open_catalogue(
    settings: Settings, providers: Mapping[str, Provider], clock: Clock, opened: AsyncExitStack
) -> Catalogue:
    """The catalogue, which a service's own list of models keeps up to date where it has one."""
    hosts = {name: provider.host for name, provider in providers.items()}

    def load(beneath: CatalogueFile | None = None) -> Catalogue:
        return load_catalogue(settings.models_file, hosts, clock.now().date(), beneath)

    service = providers.get("openrouter")
    if isinstance(service, OpenRouterVideos):
        kept = model_list(settings)
        refresh = CatalogueRefresh(service=service, reader=rows_of, load=load, cache=kept, clock=clock)
        catalogue = await refresh.open()
        opened.push_async_callback(refresh.start())
    else:
        catalogue = load()
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue
