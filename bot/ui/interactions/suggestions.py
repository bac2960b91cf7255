"""Suggestions for options during typing: models, lengths and sizes with their prices, and presets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from discord.app_commands import Choice

from bot.data_classes import wired
from bot.domain.access.limits import OrderLimits
from bot.domain.messages import Message
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.studio.named import suggestion
from bot.domain.studio.presets import Preset
from bot.domain.texts.languages import reader
from bot.domain.texts.names import key_of
from bot.domain.texts.times.day_words import WEEKDAYS, plain_words
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.providers.health import ModelHealth
from bot.ui.text.formatting import cut, weekdays
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases import budgets, models
from bot.ui.text.phrases.studio import presets
from bot.ui.text.phrases.values import dotted
from bot.ui.text.render import plain_text

NEAR_DAYS = ("today", "tomorrow", *(names[0] for names in WEEKDAYS))


def near_days(typed: str) -> list[Choice[str]]:
    """Days that need no date, with their names in the reader's language; all languages are understood."""
    wanted = plain_words(typed)
    called = [plain_text(budgets.TODAY), plain_text(budgets.TOMORROW), *weekdays(reader())]
    return [
        Choice(name=name, value=day)
        for name, day in zip(called, NEAR_DAYS, strict=True)
        if plain_words(name).startswith(wanted) or day.startswith(wanted)
    ]


@wired
class ModelSuggestions:
    """`typed` is the member's current input; the other options are None while they are empty.

    Only what `limits` allow is suggested.
    """

    catalogue: Catalogue
    health: ModelHealth

    def cards(self, typed: str, limits: OrderLimits) -> Sequence[ModelCard]:
        cards = limits.cards(self.catalogue).values()
        return [card for card in cards if typed.lower() in f"{card.id} {card.label}".lower()]

    async def models(
        self, typed: str, limits: OrderLimits, *, seconds: object, chosen: str | None = None
    ) -> list[Choice[Any]]:
        """`chosen`: the model that is always included, even if there are more than Discord shows."""
        cards = list(self.cards(typed, limits))
        beyond = [card for card in cards[MOST_OPTIONS:] if card.id == chosen]
        cards = [*beyond, *cards]
        return await self._choices([(card, models.priced(card, _length(card, seconds))) for card in cards])

    async def without_prices(self, cards: Iterable[ModelCard]) -> list[Choice[Any]]:
        return await self._choices([(card, models.suggested(card)) for card in cards])

    async def remixes(self, cards: Iterable[ModelCard], options: Mapping[str, RemixOption]) -> list[Choice[Any]]:
        """The models that have an option, by their ids."""
        made = [(card, options[card.id]) for card in cards if card.id in options]
        return await self._choices([(card, models.remix_offer(card, option)) for card, option in made])

    async def _choices(self, named: Iterable[tuple[ModelCard, Message]]) -> list[Choice[Any]]:
        """As many as Discord shows, each with a note on the health of the model."""
        ailing = await self.health.ailing_lately()
        return [
            Choice(
                name=plain_text(dotted(name, models.state_in_short(ailing.get(card.id), self.health.ends(card))))[
                    :LONGEST_OPTION
                ],
                value=card.id,
            )
            for card, name in islice(named, MOST_OPTIONS)
        ]

    def seconds(
        self, typed: str | float, limits: OrderLimits, *, model: str | None, size: str | None
    ) -> list[Choice[Any]]:
        card = self._card(model, limits)
        if card is None:
            return []
        chosen = next((offered for offered in card.sizes if str(offered) == size), card.sizes[0])
        fitting = [s for s in card.seconds if str(s).startswith(str(typed))] or list(card.seconds)
        return [Choice(name=plain_text(models.length_offer(card, s, chosen)), value=s) for s in fitting[:MOST_OPTIONS]]

    def remix_lengths(self, typed: str | float, options: Sequence[RemixOption]) -> list[Choice[Any]]:
        fitting = [option for option in options if str(option.seconds).startswith(str(typed))] or options
        return [
            Choice(name=plain_text(models.remix_length(option)), value=option.seconds)
            for option in fitting[:MOST_OPTIONS]
        ]

    def sizes(self, typed: str, limits: OrderLimits, *, model: str | None, seconds: object) -> list[Choice[Any]]:
        card = self._card(model, limits)
        if card is None:
            return []
        length, fitting = _length(card, seconds), [size for size in card.sizes if typed in str(size)]
        return [
            Choice(name=plain_text(models.size_offer(card, length, size)), value=str(size))
            for size in fitting[:MOST_OPTIONS]
        ]

    def _card(self, model: str | None, limits: OrderLimits) -> ModelCard | None:
        """None if there is nothing to suggest."""
        cards = limits.cards(self.catalogue)
        return cards.get(model or "") or next(iter(cards.values()), None)


def suggested_presets(known: Sequence[Preset], typed: str, catalogue: Catalogue) -> list[Choice[Any]]:
    """Matched by name or style, in their order."""
    wanted = key_of(typed.strip())
    fitting = [each for each in known if wanted in each.key or wanted in key_of(each.style)]
    return [
        Choice(name=cut(plain_text(presets.suggested(each, catalogue)), LONGEST_OPTION), value=suggestion(each))
        for each in fitting[:MOST_OPTIONS]
    ]


def _length(card: ModelCard, typed: object) -> int:
    """Discord does not validate options during typing: `seconds` may be text, or a length that the model lacks."""
    return next((seconds for seconds in card.seconds if str(seconds) == str(typed)), card.seconds[0])
