"""The catalogue for the doctor: what can be ordered now, and every card there is."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import SystemClock
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.provider import Provider
from bot.providers.catalogue.load import CatalogueFile, card_of, is_whole, load_catalogue, merged
from bot.providers.catalogue.refresh import last_kept
from bot.providers.openrouter.models import PROVIDER, rows_of
from bot.settings import Settings
from bot.wiring.paths import model_list


def orderable(settings: Settings, providers: Mapping[str, Provider]) -> Catalogue:
    """What can be ordered today. Raises CannotStart if a file has a mistake."""
    hosts = {name: provider.host for name, provider in providers.items()}
    beneath = _last_list(settings) if "openrouter" in providers else None
    return load_catalogue(settings.models_file, hosts, SystemClock().now().date(), beneath)


def every_card(settings: Settings) -> list[tuple[ModelCard, bool]]:
    """All models of both files, whether or not they can be ordered here; False for hidden ones."""
    own = [CatalogueFile.read(settings.models_file)] if settings.models_file else []
    files = [_last_list(settings), *own]
    whole = {model: fields for model, fields in merged(files).items() if is_whole(fields)}
    return [(card_of(model, fields, files[-1]), fields.get("enabled", True)) for model, fields in whole.items()]


def _last_list(settings: Settings) -> CatalogueFile:
    """The shipped catalogue with OpenRouter's models as the bot last read them."""
    return last_kept(model_list(settings), PROVIDER, rows_of)
