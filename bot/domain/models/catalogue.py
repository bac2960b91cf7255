"""The models that can be ordered now."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.models.card import ModelCard, Retirement, one_of


@dataclass(slots=True)
class Catalogue:
    """The model cards that can be ordered now, and those that are retired, by id. The first is the default.

    One for everybody, because what a service offers changes while the bot runs: see `renew`.
    """

    cards: Mapping[str, ModelCard]
    retired: Mapping[str, Retirement]

    def renew(self, other: Catalogue) -> None:
        """From now on, everybody who holds this one sees what the other has."""
        self.cards, self.retired = other.cards, other.retired

    @property
    def default(self) -> ModelCard:
        card = next(iter(self.cards.values()), None)
        if card is None:
            raise BadRequest("No model can be ordered: the host has to set up a video service first.")
        return card

    def card(self, model: str) -> ModelCard:
        """The card of a model that can be ordered. BadRequest says why not, and what comes nearest."""
        if model in self.cards:
            return self.cards[model]
        if model in self.retired:
            gone = self.retired[model]
            raise BadRequest(f"{model} closed on {gone.since:%d %B %Y}. {gone.instead} Nothing was spent.")
        near = difflib.get_close_matches(model, self.cards, n=3, cutoff=0.3) or list(self.cards)[:3]
        raise BadRequest(f"There is no model called {model[:60]!r}. Did you mean {one_of(near)}?")
