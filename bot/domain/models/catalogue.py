"""The models that can be ordered now."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from bot.domain.errors import BadRequest
from bot.domain.messages import Day, Foreign, Model, choice, msg
from bot.domain.models.card import ModelCard, Retirement

NO_MODELS = msg("No model can be ordered until whoever runs this bot sets up a video service.")


@dataclass(slots=True)
class Catalogue:
    """The model cards that can be ordered now, and those that are retired, by id. The first is the default.

    Everybody shares one, because what a service offers changes while the bot is running: see `renew`.
    """

    cards: Mapping[str, ModelCard]
    retired: Mapping[str, Retirement]

    def renew(self, other: Catalogue) -> None:
        """From now on, everybody who holds this one sees what the other one has."""
        self.cards, self.retired = other.cards, other.retired

    @property
    def default(self) -> ModelCard:
        card = next(iter(self.cards.values()), None)
        if card is None:
            raise BadRequest(NO_MODELS)
        return card

    def label(self, model: str) -> str:
        """The name of a model for people: its id if it has no card any more."""
        card = self.cards.get(model)
        return model if card is None else card.label

    def named(self, typed: str) -> ModelCard | None:
        """The model with that id or label, if there is only one; case, blanks and dashes don't matter.

        The id of a model that is retired is no other's name.
        """
        if (card := self.cards.get(typed)) is not None or typed.strip() in self.retired:
            return card
        wanted = _letters(typed)
        found = [card for card in self.cards.values() if wanted in {_letters(card.id), _letters(card.label)}]
        return found[0] if len(found) == 1 else None

    def _nearest(self, typed: str) -> Sequence[str]:
        """The labels of models whose label or id is most similar."""
        names = {name: card.label for card in self.cards.values() for name in (card.id, card.label)}
        near = [names[name] for name in difflib.get_close_matches(typed, names, n=6, cutoff=0.3)]
        return list(dict.fromkeys(near or names.values()))[:3]

    def card(self, model: str) -> ModelCard:
        """The card of a model that can be ordered, by its id or label. BadRequest says why not, and what is similar."""
        if (card := self.named(model)) is not None:
            return card
        raise self._lacks(model.strip())

    def by_id(self, model: str) -> ModelCard:
        """The card of a model that was ordered before: another one may have its name by now. BadRequest likewise."""
        if (card := self.cards.get(model)) is not None:
            return card
        raise self._lacks(model)

    def _lacks(self, model: str) -> BadRequest:
        if model in self.retired:
            gone = self.retired[model]
            return BadRequest(
                msg(
                    "{model} closed on {day}. {instead}",
                    model=Model(model),
                    day=Day(gone.since),
                    instead=Foreign(gone.instead),
                )
            )
        return BadRequest(
            msg(
                "There's no model called “{typed}”. Did you mean {models}?",
                typed=Foreign(model[:60]),
                models=choice(Model, self._nearest(model)),
            )
        )


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]", "", normalize("NFKC", name)).casefold()
