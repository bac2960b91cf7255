"""Presets as a file of JSON: written whole, and read strictly, with a sentence for each mistake.

{"kinora_presets": 1, "presets": [{"name": "Noir", "style": "film grain", "model": "sora-2", "seconds": 8}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Foreign, Message, Term, msg
from bot.domain.models.abilities import LARGEST_SEED, LONGEST_NEGATIVE_PROMPT, LONGEST_WITH_STRENGTH
from bot.domain.studio.presets import LONGEST_NAME, LONGEST_STYLE, LONGEST_VIDEO, Preset
from bot.domain.texts.files import storable
from bot.domain.texts.names import tidied
from bot.domain.video import Lora, Size, VideoOptions

FORMAT, VERSION, LIST = "kinora_presets", 1, "presets"
LARGEST_FILE = 256 * 1024  # bytes
LONGEST_MODEL = 200  # characters of an id
MOST_IN_A_FILE = 100
SHOWN_NAME = 40  # characters of what may be no name at all

NO_TEXT = msg("The file isn't text in UTF-8. Nothing was changed.")
NO_PRESETS = msg(
    "This isn't a file of presets: it needs {head} at its top. **Export** in `/presets` makes one. "
    "Nothing was changed.",
    head=Term(f'`"{FORMAT}": {VERSION}, "{LIST}": […]`'),
)
NO_OBJECT = msg("it has to be an object in braces")
NO_NAME = msg("it needs a name")
IS_EMPTY = msg("it has nothing but a name")
TWICE = msg("the file has that name already")
UNKNOWN = msg("there is no such field")
SIZE = msg("has to be a text like {example}", example=Term('"1280x720"'))
SOUND = msg("has to be {yes} or {no}", yes=Term("true"), no=Term("false"))


@value_object
class PresetFile:
    """What was read. `mistakes`: those of skipped presets, each with its position in the file."""

    presets: tuple[Preset, ...]
    mistakes: tuple[Message, ...] = ()


@value_object(kw_only=False)
class _Wrong(Exception):
    what: Message
    field: str | None = None


def written(presets: Iterable[Preset]) -> str:
    """Without their owner: whoever reads the file decides that."""
    listed = [{name: each for name, each in _fields_of(preset).items() if each not in {None, ""}} for preset in presets]
    return json.dumps({FORMAT: VERSION, LIST: listed}, ensure_ascii=False, indent=2) + "\n"


def _fields_of(preset: Preset) -> Mapping[str, Any]:
    return {
        "name": preset.name,
        "style": preset.style,
        "model": preset.model,
        "seconds": preset.seconds,
        "size": None if preset.size is None else str(preset.size),
        "sound": preset.options.sound,
        "seed": preset.options.seed,
        "negative_prompt": preset.options.negative_prompt,
        "lora": None if preset.options.lora is None else str(preset.options.lora),
    }


def read(data: bytes) -> PresetFile:
    """Raises BadRequest if it is no preset file at all."""
    presets: dict[str, Preset] = {}
    mistakes: list[Message] = []
    for number, entry in enumerate(_entries(data), start=1):
        try:
            preset = _preset_of(entry, presets)
        except _Wrong as wrong:
            mistakes.append(_mistake(number, entry, wrong))
        else:
            presets[preset.key] = preset
    return PresetFile(presets=tuple(presets.values()), mistakes=tuple(mistakes))


def _entries(data: bytes) -> list[Any]:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadRequest(NO_TEXT) from None
    except json.JSONDecodeError as error:
        raise BadRequest(
            msg(
                "The file isn't JSON: see line {line}, character {column}. Nothing was changed.",
                line=Count(error.lineno),
                column=Count(error.colno),
            )
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets in brackets in brackets
        raise BadRequest(NO_PRESETS) from None
    entries = whole.get(LIST) if isinstance(whole, dict) else None
    if not isinstance(entries, list) or whole.get(FORMAT) != VERSION or whole.get(FORMAT) is True:
        raise BadRequest(NO_PRESETS)
    if len(entries) > MOST_IN_A_FILE:
        raise BadRequest(
            msg(
                "The file has {count} presets. The limit is {most}. Nothing was changed.",
                count=Count(len(entries)),
                most=Count(MOST_IN_A_FILE),
            )
        )
    return entries


def _preset_of(entry: Any, before: Container[str]) -> Preset:
    """`before`: the keys of the preceding ones."""
    if not isinstance(entry, dict):
        raise _Wrong(NO_OBJECT)
    for field in entry:
        if field not in READ:
            raise _Wrong(UNKNOWN, field)
    values = {field: read_value(field, entry.get(field)) for field, read_value in READ.items()}
    if not values["name"]:
        raise _Wrong(NO_NAME)
    preset = Preset(
        name=values["name"],
        style=values["style"],
        model=values["model"] or None,
        seconds=values["seconds"],
        size=values["size"],
        options=VideoOptions(
            sound=values["sound"],
            seed=values["seed"],
            negative_prompt=values["negative_prompt"],
            lora=Lora.of(values["lora"]),
        ),
    )
    if preset.is_empty:
        raise _Wrong(IS_EMPTY)
    if preset.key in before:
        raise _Wrong(TWICE, "name")
    return preset


def _text(most: int) -> Callable[[str, Any], str]:
    def read_text(field: str, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise _Wrong(msg("has to be a text"), field)
        if len(value) > most:
            raise _Wrong(
                msg("can have {most} characters, not {count}", most=Count(most), count=Count(len(value))), field
            )
        return tidied(value, most) if field == "name" else storable(value)

    return read_text


def _whole(least: int, most: int) -> Callable[[str, Any], int | None]:
    def read_whole(field: str, value: Any) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _Wrong(
                msg("has to be a whole number from {least} to {most}", least=Count(least), most=Count(most)), field
            )
        return value

    return read_whole


def _size(field: str, value: Any) -> Size | None:
    if value is None:
        return None
    try:
        return Size.of(value if isinstance(value, str) else "")
    except ValueError:
        raise _Wrong(SIZE, field) from None


def _sound(field: str, value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise _Wrong(SOUND, field)
    return value


READ: Mapping[str, Callable[[str, Any], Any]] = {
    "name": _text(LONGEST_NAME),
    "style": _text(LONGEST_STYLE),
    "model": _text(LONGEST_MODEL),
    "seconds": _whole(1, LONGEST_VIDEO),
    "size": _size,
    "sound": _sound,
    "seed": _whole(0, LARGEST_SEED),
    "negative_prompt": _text(LONGEST_NEGATIVE_PROMPT),
    "lora": _text(LONGEST_WITH_STRENGTH),
}


def _mistake(number: int, entry: Any, wrong: _Wrong) -> Message:
    """Where it is, and what it is."""
    name = entry.get("name") if isinstance(entry, dict) else None
    where: dict[str, Any] = {"number": Count(number), "what": wrong.what}
    if isinstance(name, str) and (shown := tidied(name, SHOWN_NAME)):
        where["name"] = Foreign(shown)
    if wrong.field is not None:
        where["field"] = Foreign(storable(wrong.field[:SHOWN_NAME]))
    match "name" in where, "field" in where:
        case True, True:
            return msg("Preset {number} (“{name}”), field {field}: {what}.", **where)
        case True, False:
            return msg("Preset {number} (“{name}”): {what}.", **where)
        case False, True:
            return msg("Preset {number}, field {field}: {what}.", **where)
        case _:
            return msg("Preset {number}: {what}.", **where)
