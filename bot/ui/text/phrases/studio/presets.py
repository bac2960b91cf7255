"""Presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.messages import Duration, Foreign, Message, Model, Term, msg, value
from bot.domain.studio.presets import Preset
from bot.domain.video import Size, VideoOptions
from bot.jobs.ordering.presets import PresetOrder
from bot.ui.text.phrases.ordering.options import in_short, listed
from bot.ui.text.phrases.values import dotted, lines, words

SAVE = msg("Save as preset…")
SAVE_TITLE = msg("Save as preset")
NAME = msg("Name")
STYLE = msg("Style")
STYLE_HINT = msg("Added to each prompt, if you like. Write {prompt} where the prompt goes.", prompt=Term("{prompt}"))
STYLE_EXAMPLE = msg("soft film grain, golden hour")
KEEP = msg("What it remembers")
FOR_SERVER = msg("For the whole server")
FOR_SERVER_HINT = msg("Everybody here can use it. For members with Manage Server.")
GO_ON = msg("Go on with that")
SHOWN_STYLE = 300  # characters


def parts(preset: Preset, label: str | None = None) -> Message:
    """What it is made of, beside its style. `label`: what people call its model."""
    return dotted(
        None if preset.model is None else value(Model(label or preset.model)),
        None if preset.seconds is None else value(Duration(preset.seconds)),
        None if preset.size is None else value(Term(str(preset.size))),
        in_short(preset.options),
    )


def suggested(preset: Preset) -> Message:
    name = value(Foreign(preset.name))
    named = msg("{name} (server)", name=name) if preset.is_servers else name
    return dotted(named, parts(preset), value(words(preset.style, SHOWN_STYLE)) if preset.style else None)


def saved(preset: Preset) -> Message:
    name = Foreign(preset.name)
    if preset.is_servers:
        return msg("The server has the preset {name} now. `/create preset:` uses it.", name=name)
    return msg("You have the preset {name} now. `/create preset:` uses it.", name=name)


def adds(name: str, style: str) -> Message:
    return msg("{name} adds: {style}", name=Foreign(name), style=Foreign(style))


def differs(made: PresetOrder) -> Message:
    head = msg("**The preset {name} can't be had as it is.** Nothing was ordered.", name=Foreign(made.preset.name))
    return lines(head, *made.changes)


def kept_model(label: str) -> Message:
    return msg("Model: {model}", model=Model(label))


def kept_length(seconds: int) -> Message:
    return msg("Length: {length}", length=Duration(seconds))


def kept_size(size: Size) -> Message:
    return msg("Size: {size}", size=Term(str(size)))


def kept_options(options: VideoOptions[Any]) -> Sequence[Message]:
    """Those that a preset can have: without images."""
    asked = replace(options, end=None, references=())
    return [msg("{option}: {choice}", option=name, choice=choice) for name, choice in listed(asked)]
