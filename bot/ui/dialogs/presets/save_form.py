"""Asks for the name of a preset made from a video's order, and which parts to keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import discord
from discord.ui import Checkbox, CheckboxGroup, Label, TextInput

from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.studio.presets import LONGEST_NAME, LONGEST_STYLE, Preset
from bot.domain.video import VideoOptions, VideoRequest
from bot.ui.dialogs.forms import PROMPT, Form, is_ticked, labelled
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import plain_text

SAVE = "save-preset"  # the verb
NAME, STYLE, KEEP, FOR_SERVER = "name", "style", "keep", "for-server"  # ids of fields
MODEL, SECONDS, SIZE, SOUND, SEED, NEGATIVE = "model", "seconds", "size", "sound", "seed", "negative"  # kept parts
LORA = "lora"


class SavePresetForm(Form):
    """`label`: the display name of the video's model. Only the maker of a video is offered to keep its prompt."""

    def __init__(self, job: Job, label: str, *, is_own: bool, may_be_servers: bool) -> None:
        super().__init__(SAVE, job.id, phrases.SAVE_TITLE)
        self.add_item(labelled(phrases.NAME, name_input("")))
        self.add_item(style_field(""))
        options = [
            discord.CheckboxGroupOption(label=cut(plain_text(text), LONGEST_OPTION), value=part, default=part != PROMPT)
            for part, text in _parts(job.request, label, is_own=is_own)
        ]
        group: CheckboxGroup[Any] = CheckboxGroup(
            custom_id=KEEP, options=options, min_values=0, max_values=len(options), required=False
        )
        self.add_item(labelled(phrases.KEEP, group))
        if may_be_servers:
            self.add_item(server_field())


def name_input(written: str) -> TextInput[Any]:
    return TextInput(custom_id=NAME, default=written[:LONGEST_NAME] or None, max_length=LONGEST_NAME)


def style_field(written: str) -> Label[Any]:
    entry: TextInput[Any] = TextInput(
        custom_id=STYLE,
        style=discord.TextStyle.paragraph,
        default=written[:LONGEST_STYLE] or None,
        placeholder=plain_text(phrases.STYLE_EXAMPLE),
        max_length=LONGEST_STYLE,
        required=False,
    )
    return labelled(phrases.STYLE, entry, phrases.STYLE_HINT)


def server_field() -> Label[Any]:
    box: Checkbox[Any] = Checkbox(custom_id=FOR_SERVER)
    return labelled(phrases.FOR_SERVER, box, phrases.FOR_SERVER_HINT)


def is_for_server(fields: Mapping[str, str]) -> bool:
    return is_ticked(fields, FOR_SERVER)


def _parts(request: VideoRequest, label: str, *, is_own: bool) -> Sequence[tuple[str, Message]]:
    options = request.options
    known = [
        (MODEL, phrases.kept_model(label)),
        (SECONDS, phrases.kept_length(request.seconds)),
        (SIZE, phrases.kept_size(request.size)),
    ]
    has = {
        SOUND: options.sound is not None,
        SEED: options.seed is not None,
        NEGATIVE: bool(options.negative_prompt),
        LORA: options.lora is not None,
    }
    told = zip((part for part, there in has.items() if there), phrases.kept_options(options), strict=True)
    prompt = [(PROMPT, phrases.kept_prompt(request.prompt))] if is_own else []
    return [*known, *told, *prompt]


def preset_of(request: VideoRequest, fields: Mapping[str, str], kept: Collection[str]) -> Preset:
    """From the ticked parts of an order and the input; without a style in the input, the prompt becomes the style."""
    asked = request.options
    options: VideoOptions[Any] = VideoOptions(
        sound=asked.sound if SOUND in kept else None,
        seed=asked.seed if SEED in kept else None,
        negative_prompt=asked.negative_prompt if NEGATIVE in kept else "",
        lora=asked.lora if LORA in kept else None,
    )
    style = fields.get(STYLE, "").strip()
    return Preset(
        name=fields.get(NAME, ""),
        style=request.prompt if PROMPT in kept and not style else style,
        model=request.model if MODEL in kept else None,
        seconds=request.seconds if SECONDS in kept else None,
        size=request.size if SIZE in kept else None,
        options=options,
    )
