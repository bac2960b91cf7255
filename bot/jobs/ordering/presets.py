"""Fills what an order leaves open from a preset; if the preset can't be used as it is, with the closest match, and what
differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Duration, Foreign, Message, Model, Term, msg
from bot.domain.models.abilities import Ability, asked
from bot.domain.models.card import ModelCard
from bot.domain.studio.presets import Preset
from bot.domain.video import Size, VideoOptions
from bot.jobs.ordering.quoting import OrderRequest


@value_object
class PresetOrder:
    """An order with a preset applied. `changes`: how it differs from the preset; empty if it doesn't."""

    order: OrderRequest
    preset: Preset
    changes: tuple[Message, ...] = ()


def filled(order: OrderRequest, preset: Preset) -> OrderRequest:
    """The order's own values take precedence over the preset's."""
    asked_for, kept = order.options, preset.options
    options = replace(
        asked_for,
        sound=kept.sound if asked_for.sound is None else asked_for.sound,
        seed=kept.seed if asked_for.seed is None else asked_for.seed,
        negative_prompt=asked_for.negative_prompt or kept.negative_prompt,
        lora=asked_for.lora or kept.lora,
    )
    return replace(
        order,
        model=order.model or preset.model,
        seconds=preset.seconds if order.seconds is None else order.seconds,
        size=order.size or (None if preset.size is None else str(preset.size)),
        options=options,
    )


def with_model(order: OrderRequest, preset: Preset, cards: Iterable[ModelCard], label: str) -> PresetOrder:
    """With the closest of the cards if the preset's own model is not among them.

    `label`: the name of the preset's model. Raises BadRequest if there is none.
    """
    whole = filled(order, preset)
    known = list(cards)
    if order.model or preset.model is None or any(card.id == preset.model for card in known):
        return PresetOrder(order=whole, preset=preset)
    fitting = [card for card in known if (not card.needs_picture if order.image is None else card.takes_picture)]
    if not fitting:
        raise BadRequest(
            msg(
                "The preset “{name}” uses {model}, which can't be ordered here now, and no other model can take its "
                "place. You weren't charged.",
                name=Foreign(preset.name),
                model=Model(label),
            )
        )
    near = min(fitting, key=lambda card: _off(card, preset))
    change = msg("{model} can't be ordered here now. Nearest: {other}.", model=Model(label), other=Model(near.label))
    return PresetOrder(order=replace(whole, model=near.id), preset=preset, changes=(change,))


def fitted(order: OrderRequest, wanted: PresetOrder, card: ModelCard) -> PresetOrder:
    """With the closest length and size that the model has, and without options that it lacks.

    `order`: as it was asked for; its own values stay, and quoting checks them.
    """
    preset, whole, changes, model = wanted.preset, wanted.order, list(wanted.changes), Model(card.label)
    if order.seconds is None and preset.seconds is not None and preset.seconds not in card.seconds:
        whole = replace(whole, seconds=card.nearest_length(preset.seconds))
        changes.append(_no_length(model, preset.seconds, whole.seconds or 0))
    if not order.size and preset.size is not None and preset.size not in card.sizes:
        size = card.nearest_size(preset.size) or card.sizes[0]
        whole = replace(whole, size=str(size))
        changes.append(_no_size(model, preset.size, size))
    had = set(asked(card.abilities.of(whole.options)))
    lacking = set(asked(whole.options)) - had - set(asked(order.options))
    for each in sorted(lacking):
        whole = replace(whole, options=_without(whole.options, each))
        changes.append(_lacks(model, each))
    return replace(wanted, order=whole, changes=tuple(changes))


def _no_length(model: Model, wanted: int, instead: int) -> Message:
    return msg(
        "{model} can't make {wanted} here. Nearest: {other}.",
        model=model,
        wanted=Duration(wanted),
        other=Duration(instead),
    )


def _no_size(model: Model, wanted: Size, instead: Size) -> Message:
    return msg(
        "{model} can't make {wanted} here. Nearest: {other}.",
        model=model,
        wanted=Term(str(wanted)),
        other=Term(str(instead)),
    )


def _lacks(model: Model, ability: Ability) -> Message:
    match ability:
        case Ability.SOUND:
            return msg("{model} can't be told whether to make sound. The preset's choice is left out.", model=model)
        case Ability.SEED:
            return msg("{model} takes no seed. The preset's seed is left out.", model=model)
        case Ability.LORA:
            return msg("{model} doesn't take the preset's LoRA. It is left out.", model=model)
        case _:
            return msg("{model} takes no negative prompt. The preset's is left out.", model=model)


def _without(options: VideoOptions[Any], ability: Ability) -> VideoOptions[Any]:
    match ability:
        case Ability.SOUND:
            return replace(options, sound=None)
        case Ability.SEED:
            return replace(options, seed=None)
        case Ability.LORA:
            return replace(options, lora=None)
        case _:
            return replace(options, negative_prompt="")


def _off(card: ModelCard, preset: Preset) -> tuple[tuple[float, float], int, int, int, str]:
    """How far a model is from what the preset asks for: shape and size, length, options, and then the price."""
    size = card.sizes[0] if preset.size is None else card.nearest_size(preset.size) or card.sizes[0]
    seconds = card.seconds[0] if preset.seconds is None else card.nearest_length(preset.seconds)
    off_length = 0 if preset.seconds is None else abs(seconds - preset.seconds)
    lacking = len(set(asked(preset.options)) - set(asked(card.abilities.of(preset.options))))
    price = card.quote(seconds, size).micros if size in card.per_second else 10**9  # no known price: last of all
    return (0.0, 0.0) if preset.size is None else preset.size.distance(size), off_length, lacking, price, card.id
