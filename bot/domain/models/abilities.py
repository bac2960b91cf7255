"""What a model supports besides prompt, length, size and a start image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Foreign, Message, Model, Term, choice, msg, msg_n
from bot.domain.video import Lora, VideoOptions

LONGEST_NEGATIVE_PROMPT = 1000  # characters
MOST_REFERENCES = 10  # pictures; Discord's forms take no more
MOST_LORAS = 24  # Discord's lists take one more, which is none of them
LONGEST_LORA = 60  # characters of a name
LONGEST_WITH_STRENGTH = 70  # likewise, with a strength behind it
LARGEST_SEED = 2**31 - 1  # that every service takes

END_ALONE = msg("A video that ends with an image has to start from one, too. Add `image`.")
BOTH_KINDS = msg("Use reference images or an image to start from, not both.")


class Ability(StrEnum):
    """The names are those of the catalogue."""

    SOUND = "sound"  # it can be told whether to make sound
    SEED = "seed"
    NEGATIVE_PROMPT = "negative-prompt"
    END = "end"  # it ends with a given picture, if it begins with one
    LORA = "lora"  # one of those that its card lists


@value_object
class AllowedLora:
    """What may be added to a model: a file at its service, its usual strength, and its bounds."""

    file: str
    strength: float = 1.0
    least: float = 1.0
    most: float = 1.0

    def allows(self, lora: Lora) -> bool:
        return lora.strength is None or self.least <= lora.strength <= self.most


@value_object
class Abilities:
    """What a model supports. Anything not listed here is unsupported."""

    options: frozenset[Ability] = frozenset()
    references: int = 0  # how many reference pictures it takes
    loras: Mapping[str, AllowedLora] = field(default_factory=dict)  # by the names that people see

    def __bool__(self) -> bool:
        return bool(self.options) or self.references > 0

    def check(self, options: VideoOptions[Any], model: Model, *, starts_from_picture: bool) -> None:
        """Raise BadRequest, by its name, for an option that the model lacks, or that has an impossible value.

        It does not say what that cost: a preset is checked, too.
        """
        for problem in self._problems(options, model, starts_from_picture=starts_from_picture):
            raise BadRequest(problem)

    def _problems(self, options: VideoOptions[Any], model: Model, *, starts_from_picture: bool) -> Iterator[Message]:
        yield from (lacks(each, model) for each in asked(options) if each not in self.options)
        if (given := len(options.references)) > self.references:
            yield _too_many(model, given, self.references)
        if options.end is not None and not starts_from_picture:
            yield END_ALONE
        if options.references and starts_from_picture:
            yield BOTH_KINDS
        if options.seed is not None and not 0 <= options.seed <= LARGEST_SEED:
            yield msg("A seed is a whole number from 0 to {most}.", most=Count(LARGEST_SEED))
        if options.lora is not None and self.loras and not self._has(options.lora):
            yield self._no_lora(options.lora, model)
        if (length := len(options.negative_prompt)) > LONGEST_NEGATIVE_PROMPT:
            yield msg(
                "The negative prompt has {count} characters. The limit is {most}.",
                count=Count(length),
                most=Count(LONGEST_NEGATIVE_PROMPT),
            )

    def of(self, options: VideoOptions[Any]) -> VideoOptions[Any]:
        """As many of the options as the model supports."""
        return VideoOptions(
            sound=options.sound if Ability.SOUND in self.options else None,
            seed=options.seed if Ability.SEED in self.options else None,
            negative_prompt=options.negative_prompt if Ability.NEGATIVE_PROMPT in self.options else "",
            lora=options.lora if options.lora is not None and self._has(options.lora) else None,
            end=options.end if Ability.END in self.options else None,
            references=options.references[: self.references],
        )

    def _has(self, lora: Lora) -> bool:
        return lora.name in self.loras and self.loras[lora.name].allows(lora)

    def _no_lora(self, lora: Lora, model: Model) -> Message:
        known = self.loras.get(lora.name)
        if known is None:
            return msg(
                "{model} has no LoRA {name}. It has {names}.",
                model=model,
                name=Foreign(lora.name),
                names=choice(Foreign, self.loras),
            )
        return msg(
            "{name} takes a strength from {least} to {most}.",
            name=Foreign(lora.name),
            least=Term(f"{known.least:g}"),
            most=Term(f"{known.most:g}"),
        )


NO_ABILITIES = Abilities()


def asked(options: VideoOptions[Any]) -> Iterator[Ability]:
    """The abilities that these options need; reference pictures are counted."""
    if options.sound is not None:
        yield Ability.SOUND
    if options.seed is not None:
        yield Ability.SEED
    if options.negative_prompt:
        yield Ability.NEGATIVE_PROMPT
    if options.end is not None:
        yield Ability.END
    if options.lora is not None:
        yield Ability.LORA


def lacks(ability: Ability, model: Model) -> Message:
    match ability:
        case Ability.SOUND:
            return msg(
                "{model} can't be told whether to make sound. Leave out `sound` or pick another model.",
                model=model,
            )
        case Ability.SEED:
            return msg("{model} takes no seed. Leave it out or pick another model.", model=model)
        case Ability.NEGATIVE_PROMPT:
            return msg(
                "{model} takes no negative prompt. Leave it out or pick another model.",
                model=model,
            )
        case Ability.END:
            return msg(
                "{model} can't end with a given image. Leave out `end` or pick another model.",
                model=model,
            )
        case Ability.LORA:
            return msg("{model} takes no LoRA. Leave it out or pick another model.", model=model)


def _too_many(model: Model, given: int, most: int) -> Message:
    if most == 0:
        return msg(
            "{model} takes no reference images. Leave them out or pick another model.",
            model=model,
        )
    return msg_n(
        "{model} takes {count} reference image, not {given}.",
        "{model} takes up to {count} reference images, not {given}.",
        most,
        model=model,
        given=Count(given),
    )
