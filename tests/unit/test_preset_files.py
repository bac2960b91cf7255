"""Preset files: what is written can be read back, and each error names its position and field."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import BadRequest
from bot.domain.studio.preset_files import LARGEST_FILE, MOST_IN_A_FILE, read, written
from bot.domain.studio.presets import LONGEST_NAME, LONGEST_STYLE, Preset
from bot.domain.video import Lora, VideoOptions
from bot.ui.text.render import render
from tests.builders import WIDE

NOIR = Preset(
    name="Noir 🎬",
    style='"quoted", {prompt}\nand a second line',
    model="sora-2",
    seconds=8,
    size=WIDE,
    options=VideoOptions(sound=False, seed=0, negative_prompt="colour", lora=Lora(name="Film grain", strength=0.6)),
)
STYLE = Preset(name="Grain", style="film grain")


def a_file(*presets: Any, **top: Any) -> bytes:
    return json.dumps({"kinora_presets": 1, "presets": presets} | top).encode()


def mistake(preset: Any) -> str:
    """The error for the second of two presets, of which the first is valid."""
    file = read(a_file({"name": "Grain", "style": "film grain"}, preset))
    assert file.presets == (STYLE,)
    (said,) = map(render, file.mistakes)
    return said


def test_what_is_written_is_read_again_and_is_nobodys() -> None:
    text = written([replace(NOIR, member_id=987654), STYLE])
    assert "987654" not in text
    assert read(text.encode()).presets == (NOIR, STYLE)
    assert read(b"\xef\xbb\xbf" + text.encode()).presets == (NOIR, STYLE), "as some editors save it"
    assert json.loads(text)["presets"][1] == {"name": "Grain", "style": "film grain"}


def test_the_largest_export_can_be_imported() -> None:
    full = [Preset(name="n" * LONGEST_NAME, style="語" * LONGEST_STYLE)] * MOST_IN_A_FILE
    assert len(written(full).encode()) < LARGEST_FILE


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("Noir", "Preset 2: it has to be an object in braces."),
        ({"style": "x"}, "Preset 2: it needs a name."),
        ({"name": "\n", "style": "x"}, "Preset 2: it needs a name."),
        ({"name": "Noir"}, "Preset 2 (“Noir”): it has nothing but a name."),
        ({"name": 5}, "Preset 2, field name: has to be a text."),
        ({"name": "GRAIN", "style": "x"}, "Preset 2 (“GRAIN”), field name: the file has that name already."),
        ({"name": "Noir", "prompt": "x"}, "Preset 2 (“Noir”), field prompt: there is no such field."),
        ({"name": "N", "style": "x" * 501}, "Preset 2 (“N”), field style: can have 500 characters, not 501."),
        ({"name": "N", "seconds": 0}, "Preset 2 (“N”), field seconds: has to be a whole number from 1 to 600."),
        ({"name": "N", "seconds": True}, "Preset 2 (“N”), field seconds: has to be a whole number from 1 to 600."),
        ({"name": "N", "seconds": "8"}, "Preset 2 (“N”), field seconds: has to be a whole number from 1 to 600."),
        ({"name": "N", "seed": 2**31}, "field seed: has to be a whole number from 0 to 2,147,483,647."),
        ({"name": "N", "size": "wide"}, 'Preset 2 (“N”), field size: has to be a text like "1280x720".'),
        ({"name": "N", "size": [1, 2]}, 'Preset 2 (“N”), field size: has to be a text like "1280x720".'),
        ({"name": "N", "sound": 1}, "Preset 2 (“N”), field sound: has to be true or false."),
        ({"name": "**@everyone**", "model": {}}, r"Preset 2 (“\*\*"),
    ],
)
def test_a_mistake_is_named_by_its_place_and_the_rest_is_taken(preset: Any, said: str) -> None:
    assert said in mistake(preset)


def test_what_no_database_takes_is_left_out_of_words() -> None:
    odd = "film\x00 grain \ud83c"
    file = read(a_file({"name": "A", "style": odd, "model": odd, "negative_prompt": odd}, {"name": "B", "\ud83c": 1}))
    (made,) = file.presets
    assert (made.style, made.model, made.options.negative_prompt) == ("film grain ?",) * 3
    assert [render(each) for each in file.mistakes] == ["Preset 2 (“B”), field ?: there is no such field."]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "isn't text in UTF-8"),
        (b'{"presets": [\n  {"name": }', "isn't JSON: see line 2, character 12"),
        (b"[]", "isn't a file of presets"),
        (b'{"presets": []}', "isn't a file of presets"),
        (b'{"kinora_presets": true, "presets": []}', "isn't a file of presets"),
        (b'{"kinora_presets": 1, "presets": {}}', "isn't a file of presets"),
        (b"[" * 100_000, "isn't a file of presets"),
        (b'{"kinora_presets": ' + b"9" * 5000 + b"}", "isn't a file of presets"),
        (a_file(*[1] * 101), "has 101 presets. The limit is 100"),
    ],
)
def test_what_is_no_file_of_presets_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(BadRequest, match=said) as refused:
        read(data)
    assert "Nothing was changed." in refused.value.sentence
