"""Options besides text, length and size: those of an order, and those that models support."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.messages import Choice, Foreign, Message, Term, msg, msg_n, value
from bot.domain.models.abilities import Abilities, Ability
from bot.domain.video import VideoOptions
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.values import dotted, words

SOUND, SEED, NEGATIVE_PROMPT, LORA = msg("Sound"), msg("Seed"), msg("Negative prompt"), msg("LoRA")
START, END, REFERENCES = msg("Start image"), msg("End image"), msg("Reference images")
ON, OFF, YES = msg("on"), msg("off"), msg("yes")
SHOWN_LORAS, SHOWN_LORA = 8, 30  # of a model, and characters of a name
SHOWN_WORDS = 60  # characters of a negative prompt that shares its line
USUAL_SOUND, WITH_SOUND, WITHOUT_SOUND = msg("As the model decides"), msg("With sound"), msg("Without sound")
SAME_SEED = msg("The same whole number makes nearly the same video again. Empty: a new one.")
WHAT_LORA = msg("A look or a character that is added to the model.")
WHAT_NOT = msg("What the video shouldn't show.")
STARTS_FROM, ENDS_WITH = msg("The video starts from this image."), msg("And ends with this one.")
KEPT = msg("Leave it empty to keep the image you attached.")
ABILITIES = {
    Ability.SOUND: msg("sound on or off"),
    Ability.SEED: msg("seed"),
    Ability.NEGATIVE_PROMPT: msg("negative prompt"),
    Ability.END: msg("end image"),
}


def no_room_for(fields: Sequence[str]) -> Message:
    """The fields' labels."""
    return msg("No room here for: {fields}. Give those as options of /create.", fields=Term(", ".join(fields)))


def what_for(most: int) -> Message:
    return msg_n(
        "{count} image of who or what appears.",
        "Up to {count} images of who or what appears. Not with an image to start from.",
        most,
    )


def listed(options: VideoOptions[Any], most: int = SHOWN_WORDS) -> Sequence[tuple[Message, Message]]:
    """Each chosen option by its name; `most`: characters of a negative prompt."""
    return list(_listed(options, most))


def _listed(options: VideoOptions[Any], most: int) -> Iterator[tuple[Message, Message]]:
    if options.sound is not None:
        yield SOUND, ON if options.sound else OFF
    if options.seed is not None:
        yield SEED, value(Term(str(options.seed)))
    if options.negative_prompt:
        yield NEGATIVE_PROMPT, value(words(options.negative_prompt, most))
    if options.lora is not None:
        yield LORA, value(Foreign(str(options.lora)))
    if options.end is not None:
        yield END, YES
    if options.references:
        yield REFERENCES, value(Term(str(len(options.references))))


def in_short(options: VideoOptions[Any]) -> Message | None:
    """All of them in one line; None if there are none."""
    said = [msg("{option}: {choice}", option=name, choice=choice) for name, choice in listed(options)]
    return dotted(*said) if said else None


def can(abilities: Abilities) -> Message | None:
    """The options that a model supports; None if there are none."""
    known = [words for ability, words in ABILITIES.items() if ability in abilities.options]
    if abilities.loras:
        names = Choice(tuple(Foreign(cut(name, SHOWN_LORA)) for name in [*abilities.loras][:SHOWN_LORAS]))
        known.append(msg("LoRA ({names})", names=names))
    if abilities.references:
        known.append(msg_n("{count} reference image", "up to {count} reference images", abilities.references))
    return dotted(*known) if known else None
