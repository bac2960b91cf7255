"""The catalogue as the doctor sees it: what can be ordered now, and every card there is."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import SystemClock
from bot.domain.models import Catalogue, ModelCard
from bot.domain.provider import Provider
from bot.providers.catalogue import SHIPPED, CatalogueFile, card_of, load_catalogue, merged
from bot.settings import Settings


def orderable(settings: Settings, providers: Mapping[str, Provider]) -> Catalogue:
    """What can be ordered today. Raises CannotStart for a file with a mistake in it."""
    hosts = {name: provider.host for name, provider in providers.items()}
    return load_catalogue(settings.models_file, hosts, SystemClock().now().date())


def every_card(settings: Settings) -> list[tuple[ModelCard, bool]]:
    """All models of both files, whether or not they can be ordered here; False for those that are hidden."""
    own = [CatalogueFile.read(settings.models_file)] if settings.models_file else []
    files = [CatalogueFile.read(SHIPPED), *own]
    cards = merged(files).items()
    return [(card_of(model, fields, files[-1]), fields.get("enabled", True)) for model, fields in cards]
