"""The models that can be ordered now."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.messages import Day, Foreign, Model, choice, msg
from bot.domain.models.card import ModelCard, Retirement

NO_MODELS = msg("No model can be ordered until whoever runs this bot sets up a video service.")


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
            raise BadRequest(NO_MODELS)
        return card

    def card(self, model: str) -> ModelCard:
        """The card of a model that can be ordered. BadRequest says why not, and what comes nearest."""
        if model in self.cards:
            return self.cards[model]
        if model in self.retired:
            gone = self.retired[model]
            raise BadRequest(
                msg(
                    "{model} closed on {day}. {instead} You weren't charged.",
                    model=Model(model),
                    day=Day(gone.since),
                    instead=Foreign(gone.instead),
                )
            )
        near = difflib.get_close_matches(model, self.cards, n=3, cutoff=0.3) or list(self.cards)[:3]
        raise BadRequest(
            msg(
                "There's no model called '{typed}'. Did you mean {models}? You weren't charged.",
                typed=Foreign(model[:60]),
                models=choice(Model, near),
            )
        )
