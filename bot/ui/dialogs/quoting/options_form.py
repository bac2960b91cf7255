"""The form of `/create more:true`: everything the chosen model supports besides prompt, length and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord.ui import FileUpload, Label, RadioGroup, Select, TextInput

from bot.domain.messages import Message
from bot.domain.models.abilities import LARGEST_SEED, LONGEST_NEGATIVE_PROMPT, Ability, AllowedLora
from bot.domain.models.card import LONGEST_PROMPT, ModelCard
from bot.domain.video import Lora
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_HINT, MOST_OPTIONS, MOST_PARTS
from bot.ui.text.phrases import forms
from bot.ui.text.phrases.ordering import options as phrases
from bot.ui.text.phrases.studio import presets
from bot.ui.text.render import plain_text

MORE = "create-more"  # the verb
SEED, NEGATIVE, SOUND, LORA = "seed", "negative", "sound", "lora"  # ids of fields, and of those that take files
STYLE = "style"  # what a preset adds, which is not a field
START, END, REFERENCES = "image", "end", "references"
ON, OFF, USUAL = "on", "off", "usual"  # choices of sound
SOUND_CHOICE = {None: "", True: ON, False: OFF}  # the form's value for each; empty if it is not set
SOUND_OF = {ON: True, OFF: False}
SOUNDS = {USUAL: phrases.USUAL_SOUND, ON: phrases.WITH_SOUND, OFF: phrases.WITHOUT_SOUND}


class OptionsForm(Form):
    """`mark`: of the draft with what is not a field here. `typed`: the earlier input of the fields, by their ids.

    Discord allows five parts. The prompt comes first; what `/create` has options for comes last.
    """

    def __init__(self, mark: str, card: ModelCard, typed: Mapping[str, str]) -> None:
        super().__init__(MORE, mark, forms.CREATE)
        parts = list(_parts(card, typed))
        if (left_out := [part.text for part in parts[MOST_PARTS:]]) and not typed.get(STYLE):
            parts[0].description = cut(plain_text(phrases.no_room_for(left_out)), LONGEST_HINT)
        for part in parts[:MOST_PARTS]:
            self.add_item(part)


def prompt_hint(style: str) -> Message:
    """Below a prompt: the preset's style that is added to it, if there is one."""
    return presets.adds(style) if style else forms.NOTHING_SPENT


def _parts(card: ModelCard, typed: Mapping[str, str]) -> Iterator[Label[Any]]:
    has = card.abilities.options
    yield _text(PROMPT, forms.PROMPT, typed, LONGEST_PROMPT, hint=prompt_hint(typed.get(STYLE, "")), is_long=True)
    if Ability.SEED in has:
        yield _text(SEED, phrases.SEED, typed, len(str(LARGEST_SEED)), hint=phrases.SAME_SEED)
    if Ability.NEGATIVE_PROMPT in has:
        label, most = phrases.NEGATIVE_PROMPT, LONGEST_NEGATIVE_PROMPT
        yield _text(NEGATIVE, label, typed, most, hint=phrases.WHAT_NOT, is_long=True)
    if card.abilities.loras:
        yield _lora(card.abilities.loras, typed.get(LORA, ""))
    if card.abilities.references:
        yield _upload(
            REFERENCES, phrases.REFERENCES, phrases.what_for(card.abilities.references), card.abilities.references
        )
    if Ability.END in has:
        start = _upload(START, phrases.START, phrases.KEPT if typed.get(START) else phrases.STARTS_FROM)
        end = _upload(END, phrases.END, phrases.KEPT if typed.get(END) else phrases.ENDS_WITH)
        yield from [end, start] if typed.get(START) else [start, end]  # the missing one, if only one fits
    if Ability.SOUND in has:
        yield _sound(typed.get(SOUND) or USUAL)


def _text(
    id_: str, label: Message, typed: Mapping[str, str], most: int, *, hint: Message, is_long: bool = False
) -> Label[Any]:
    style = discord.TextStyle.paragraph if is_long else discord.TextStyle.short
    before = typed.get(id_, "")[:most] or None
    entry: TextInput[Any] = TextInput(
        style=style, default=before, max_length=most, custom_id=id_, required=id_ == PROMPT
    )
    return Label(text=plain_text(label), description=cut(plain_text(hint), LONGEST_HINT), component=entry)


def _upload(id_: str, label: Message, hint: Message, most: int = 1) -> Label[Any]:
    files: FileUpload[Any] = FileUpload(custom_id=id_, required=False, min_values=0, max_values=most)
    return labelled(label, files, hint)


def _lora(known: Mapping[str, AllowedLora], chosen: str) -> Label[Any]:
    """Each at its usual strength, at its bounds if there is room for these, and the earlier choice.

    A preset may have any strength within the bounds, which would be lost if it were not in the list.
    """
    lora = Lora.of(chosen)
    before = [lora] if lora is not None and lora.name in known else []
    listed = [strength for name, each in known.items() for strength in _strengths(name, each)]
    if len({*listed, *before}) > MOST_OPTIONS:
        listed = [Lora(name=name) for name in known]
    choices = dict.fromkeys([*listed, *before])
    options = [discord.SelectOption(label=str(each), value=str(each), default=each in before) for each in choices]
    select: Select[Any] = Select(custom_id=LORA, options=options, required=False, min_values=0)
    return labelled(phrases.LORA, select, phrases.WHAT_LORA)


def _strengths(name: str, lora: AllowedLora) -> list[Lora]:
    bounds = [each for each in (lora.least, lora.most) if each not in {lora.strength, 0.0}]
    return [Lora(name=name), *(Lora(name=name, strength=each) for each in dict.fromkeys(bounds))]


def _sound(chosen: str) -> Label[Any]:
    options = [
        discord.RadioGroupOption(label=plain_text(words), value=choice, default=choice == chosen)
        for choice, words in SOUNDS.items()
    ]
    return labelled(phrases.SOUND, RadioGroup(custom_id=SOUND, options=options))
