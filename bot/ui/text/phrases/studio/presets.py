"""Presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.messages import Count, Duration, Foreign, Message, Model, Term, msg, value
from bot.domain.models.abilities import LARGEST_SEED
from bot.domain.models.catalogue import Catalogue
from bot.domain.studio.presets import LONGEST_STYLE, LONGEST_VIDEO, MOST_PRESETS, Preset, styled
from bot.domain.video import Size, VideoOptions
from bot.jobs.ordering.presets import PresetOrder
from bot.ui.text.phrases.ordering.options import in_short, listed
from bot.ui.text.phrases.values import dotted, lines, small, words
from bot.ui.text.render import plain_text

SAVE = msg("Save as preset…")
SAVE_TITLE = msg("Save as preset")
NAME = msg("Name")
STYLE = msg("Style")
STYLE_HINT = msg("Added to each prompt, if you like. Write {prompt} where the prompt goes.", prompt=Term("{prompt}"))
STYLE_EXAMPLE = msg("soft film grain, golden hour")
KEEP = msg("What it remembers")
FOR_SERVER = msg("For the whole server")
FOR_SERVER_HINT = msg("Everyone here can use it. For members with Manage Server.")
GO_ON = msg("Go on with that")
NEW, EXPORT, EXPORT_SERVERS = msg("New…"), msg("Export mine"), msg("Export the server's")
OPEN, USE, EDIT, OPTIONS = msg("Open"), msg("Use…"), msg("Edit…"), msg("Options…")
REMOVE, REALLY_REMOVE, KEEP_IT = msg("Remove…"), msg("Remove"), msg("Keep")
BACK = msg("Back")
CHOOSE_OWN, CHOOSE_SERVERS = msg("Open one of yours"), msg("Open one of the server's")
COPY_TO_SERVER, COPY_TO_OWN = msg("Copy to the server"), msg("Copy to mine")
NONE_YET = msg("None yet. **More…** on a video has **Save as preset…**, and **New…** makes one by hand.")
EDIT_TITLE, OPTIONS_TITLE = msg("Preset"), msg("Options of the preset")
EMPTY_LEAVES_OPEN = msg("Empty: left open.")
EXAMPLE = msg("a fox in the snow")
EXAMPLE_SHOWN = 700  # characters
ROW_STYLE = 80
SHOWN_STYLE = 300  # characters


def parts(preset: Preset, catalogue: Catalogue) -> Message | None:
    """What it contains besides its style; None if there is nothing."""
    known = (
        None if preset.model is None else value(Model(catalogue.label(preset.model))),
        None if preset.seconds is None else value(Duration(preset.seconds)),
        None if preset.size is None else value(Term(str(preset.size))),
        in_short(preset.options),
    )
    return dotted(*known) if any(known) else None


def suggested(preset: Preset, catalogue: Catalogue) -> Message:
    name = value(Foreign(preset.name))
    named = msg("{name} (server)", name=name) if preset.is_servers else name
    return dotted(named, parts(preset, catalogue), value(words(preset.style, SHOWN_STYLE)) if preset.style else None)


def name(preset: Preset) -> Message:
    return value(Foreign(preset.name))


def row(preset: Preset, parts: Message | None) -> Message:
    """In a list. `parts`: what it contains besides its style."""
    style = value(words(preset.style, ROW_STYLE)) if preset.style else None
    return msg("**{name}**: {what}", name=Foreign(preset.name), what=dotted(parts, style))


def own_title(count: int) -> Message:
    return msg("**Your presets** ({count} of {most}), on every server", count=Count(count), most=Count(MOST_PRESETS))


def servers_title(count: int) -> Message:
    return msg("**The server's presets** ({count} of {most})", count=Count(count), most=Count(MOST_PRESETS))


def page(preset: Preset, parts: Message | None) -> Message:
    """`parts`: what it contains besides its style."""
    own = msg("**Your preset “{name}”**", name=Foreign(preset.name))
    title = msg("**The server's preset “{name}”**", name=Foreign(preset.name)) if preset.is_servers else own
    style = Message("> {style}", {"style": words(preset.style, LONGEST_STYLE)}) if preset.style else None
    return lines(title, parts, style, _example(preset) if preset.style else None)


def _example(preset: Preset) -> Message:
    example = plain_text(EXAMPLE)
    whole = words(styled(preset.style, example), EXAMPLE_SHOWN)
    return small(msg("“{prompt}” becomes “{whole}”", prompt=Foreign(example), whole=whole))


def copy(preset: Preset) -> Message:
    return COPY_TO_OWN if preset.is_servers else COPY_TO_SERVER


def really(preset: Preset) -> Message:
    return msg("**Remove the preset “{name}”?** Videos that were made with it stay.", name=Foreign(preset.name))


def removed(preset: Preset) -> Message:
    return msg("The preset “{name}” was removed.", name=Foreign(preset.name))


def changed(preset: Preset) -> Message:
    return msg("The preset “{name}” was changed.", name=Foreign(preset.name))


def exported(*, for_server: bool) -> Message:
    if for_server:
        return msg("The server's presets. `/presets file:` adds them to somebody's own, or to another server.")
    return msg("Your presets. `/presets file:` adds them to somebody else's, or to a server.")


def no_length(typed: str) -> Message:
    return msg(
        "“{typed}” isn't a length from 1 to {most} seconds. Nothing was changed.",
        typed=Foreign(typed),
        most=Count(LONGEST_VIDEO),
    )


def no_size(typed: str) -> Message:
    return msg("“{typed}” isn't a size like 1280x720. Nothing was changed.", typed=Foreign(typed))


def no_seed(typed: str) -> Message:
    return msg(
        "“{typed}” isn't a whole number from 0 to {most}, so it can't be a seed. Nothing was changed.",
        typed=Foreign(typed),
        most=Count(LARGEST_SEED),
    )


def saved(preset: Preset) -> Message:
    name = Foreign(preset.name)
    if preset.is_servers:
        return msg("The server has the preset “{name}” now. `/create preset:` uses it.", name=name)
    return msg("You have the preset “{name}” now. `/create preset:` uses it.", name=name)


def adds(style: str) -> Message:
    return msg("The preset adds: {style}", style=Foreign(style))


def differs(made: PresetOrder) -> Message:
    head = msg("**The preset “{name}” can't be used as it is.** Nothing was ordered.", name=Foreign(made.preset.name))
    return lines(head, *made.changes)


def kept_model(label: str) -> Message:
    return msg("Model: {model}", model=Model(label))


def kept_length(seconds: int) -> Message:
    return msg("Length: {length}", length=Duration(seconds))


def kept_size(size: Size) -> Message:
    return msg("Size: {size}", size=Term(str(size)))


def kept_prompt(text: str) -> Message:
    return msg("Its prompt, as the style: {prompt}", prompt=words(text, SHOWN_STYLE))


def kept_options(options: VideoOptions[Any]) -> Sequence[Message]:
    """Options that a preset can have, so no images."""
    asked = replace(options, end=None, references=())
    return [msg("{option}: {choice}", option=name, choice=choice) for name, choice in listed(asked)]
