"""The forms of a preset, and their input: one for name, style, model, length and size, another for options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
from discord.ui import Item, Label, RadioGroup, Select, TextInput

from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Message, Model
from bot.domain.models.abilities import LARGEST_SEED, LONGEST_NEGATIVE_PROMPT, LONGEST_WITH_STRENGTH
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.not_offered import no_such_length, no_such_size
from bot.domain.studio.preset_files import LONGEST_MODEL
from bot.domain.studio.presets import LONGEST_VIDEO, Preset
from bot.domain.texts.numbers import whole_number
from bot.domain.texts.times.lengths import whole_seconds
from bot.domain.video import Lora, Size, VideoOptions
from bot.ui.dialogs.forms import LONGEST_SECONDS, LONGEST_SIZE, Form, labelled
from bot.ui.dialogs.presets.save_form import (
    LORA,
    MODEL,
    NAME,
    NEGATIVE,
    SECONDS,
    SEED,
    SIZE,
    SOUND,
    STYLE,
    name_input,
    style_field,
)
from bot.ui.dialogs.quoting.options_form import SOUND_CHOICE, SOUND_OF, SOUNDS, USUAL
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases import forms
from bot.ui.text.phrases.ordering import options as option_phrases
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import plain_text


class PresetForms:
    """`about`: the mark of the preset, or that it is new. The values of the fields are by their ids."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def edit(self, verb: str, about: str, written: Mapping[str, str]) -> Form:
        return Form(
            verb,
            about,
            phrases.EDIT_TITLE,
            labelled(phrases.NAME, name_input(written.get(NAME, ""))),
            style_field(written.get(STYLE, "")),
            _left_open(forms.MODEL, self._models(written.get(MODEL, ""))),
            _left_open(forms.SECONDS, _input(SECONDS, written, LONGEST_SECONDS)),
            _left_open(forms.SIZE, _input(SIZE, written, LONGEST_SIZE)),
        )

    def _models(self, chosen: str) -> Item[Any]:
        """A list to choose from, including a model that is no longer there; a text field if that would be too long."""
        labels = {card.id: card.label for card in self._catalogue.cards.values()}
        if chosen:
            labels.setdefault(chosen, chosen)
        if not 0 < len(labels) <= MOST_OPTIONS:
            return _input(MODEL, {MODEL: self._catalogue.label(chosen)}, LONGEST_MODEL)
        options = [
            discord.SelectOption(
                label=cut(label, LONGEST_OPTION), value=model[:LONGEST_OPTION], default=model == chosen
            )
            for model, label in labels.items()
        ]
        select: Select[Any] = Select(custom_id=MODEL, options=options, required=False, min_values=0)
        return select

    def options(self, verb: str, about: str, written: Mapping[str, str]) -> Form:
        sound = [
            discord.RadioGroupOption(
                label=plain_text(words), value=choice, default=choice == (written.get(SOUND) or USUAL)
            )
            for choice, words in SOUNDS.items()
        ]
        group: RadioGroup[Any] = RadioGroup(custom_id=SOUND, options=sound)
        negative = _input(NEGATIVE, written, LONGEST_NEGATIVE_PROMPT, style=discord.TextStyle.paragraph)
        return Form(
            verb,
            about,
            phrases.OPTIONS_TITLE,
            labelled(option_phrases.SOUND, group),
            _left_open(option_phrases.SEED, _input(SEED, written, len(str(LARGEST_SEED)))),
            _left_open(option_phrases.NEGATIVE_PROMPT, negative),
            _left_open(option_phrases.LORA, _input(LORA, written, LONGEST_WITH_STRENGTH)),
        )

    def edited(self, before: Preset, fields: Mapping[str, str]) -> Preset:
        """Raises BadRequest for an invalid model, length or size, and for one that the model does not support."""
        model, seconds, size = self._model(before, fields), _seconds(fields), _size_in(fields)
        card = self._catalogue.cards.get(model or "")
        if card is not None:
            _check(card, seconds, size)
        return replace(
            before,
            name=fields.get(NAME, before.name),
            style=fields.get(STYLE, before.style),
            model=model,
            seconds=seconds,
            size=size,
        )

    def with_options(self, before: Preset, fields: Mapping[str, str]) -> Preset:
        """Raises BadRequest for an invalid seed, and for an option that the model does not support."""
        options = _options_in(fields)
        card = self._catalogue.cards.get(before.model or "")
        if card is not None:
            with changing_nothing():
                card.abilities.check(options, Model(card.label), starts_from_picture=False)
        return replace(before, options=options)

    def _model(self, before: Preset, fields: Mapping[str, str]) -> str | None:
        """A model that is no longer there is kept if it was left unchanged."""
        typed = fields.get(MODEL, "").strip()
        if not typed or typed == (before.model or "")[:LONGEST_OPTION]:
            return before.model if typed else None
        with changing_nothing():
            return self._catalogue.card(typed).id


def _check(card: ModelCard, seconds: int | None, size: Size | None) -> None:
    if seconds is not None and seconds not in card.seconds:
        raise BadRequest(no_such_length(seconds, card.seconds, card.label))
    if size is not None and size not in card.sizes:
        raise BadRequest(no_such_size(str(size), map(str, card.sizes), card.label))


def fields_of(preset: Preset) -> Mapping[str, str]:
    """The values that the forms show."""
    options = preset.options
    return {
        NAME: preset.name,
        STYLE: preset.style,
        MODEL: preset.model or "",
        SECONDS: "" if preset.seconds is None else str(preset.seconds),
        SIZE: "" if preset.size is None else str(preset.size),
        SOUND: SOUND_CHOICE[options.sound],
        SEED: "" if options.seed is None else str(options.seed),
        NEGATIVE: options.negative_prompt,
        LORA: "" if options.lora is None else str(options.lora),
    }


def _left_open(text: Message, component: Item[Any]) -> Label[Any]:
    """A part of the form that may stay empty."""
    return labelled(text, component, phrases.EMPTY_LEAVES_OPEN)


def _input(
    field: str, written: Mapping[str, str], most: int, style: discord.TextStyle = discord.TextStyle.short
) -> TextInput[Any]:
    before = written.get(field, "")[:most] or None
    return TextInput(custom_id=field, default=before, style=style, max_length=most, required=False)


def _seconds(fields: Mapping[str, str]) -> int | None:
    typed = fields.get(SECONDS, "").strip()
    if not typed:
        return None
    seconds = whole_seconds(typed)
    if seconds is None or not 1 <= seconds <= LONGEST_VIDEO:
        raise BadRequest(phrases.no_length(typed))
    return seconds


def _size_in(fields: Mapping[str, str]) -> Size | None:
    typed = fields.get(SIZE, "").strip()
    try:
        return Size.of(typed) if typed else None
    except ValueError:
        raise BadRequest(phrases.no_size(typed)) from None


def _options_in(fields: Mapping[str, str]) -> VideoOptions[Any]:
    typed = fields.get(SEED, "").strip()
    seed = whole_number(typed)
    if typed and (seed is None or seed > LARGEST_SEED):
        raise BadRequest(phrases.no_seed(typed))
    return VideoOptions(
        sound=SOUND_OF.get(fields.get(SOUND, "")),
        seed=seed,
        negative_prompt=fields.get(NEGATIVE, "").strip(),
        lora=Lora.of(fields.get(LORA, "")),
    )
