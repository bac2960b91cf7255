"""A server's defaults for what a member leaves open, as far as their tier and the model allow."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.access.limits import OrderLimits
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.jobs.ordering.quoting import OrderRequest


def with_defaults(
    order: OrderRequest, options: GuildOptions, catalogue: Catalogue, limits: OrderLimits
) -> OrderRequest:
    """What was typed stays.

    A default that does not fit is ignored; then the model's own applies, as if there were none.
    """
    allowed = limits.cards(catalogue)
    model = order.model or (options.default_model if options.default_model in allowed else None)
    card = _card(model, catalogue, limits)
    if card is None:
        return order
    seconds, size = options.default_seconds, options.default_size
    fits_length, fits_size = seconds in card.seconds, size in card.sizes
    return replace(
        order,
        model=model,
        seconds=seconds if order.seconds is None and fits_length else order.seconds,
        size=str(size) if not order.size and fits_size else order.size,
    )


def _card(model: str | None, catalogue: Catalogue, limits: OrderLimits) -> ModelCard | None:
    """The card, restricted to what is allowed. None if nothing is, or there is no such model: quoting reports that."""
    try:
        if model is None:
            return limits.catalogue(catalogue).default
        return limits.card(catalogue.card(model))
    except BadRequest:
        return None
