"""What can be asked of a model beside words, length, size and a picture to start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Message, Model, msg, msg_n
from bot.domain.video import VideoOptions

LONGEST_NEGATIVE_PROMPT = 1000  # characters
MOST_REFERENCES = 10  # pictures; Discord's forms take no more
LARGEST_SEED = 2**31 - 1  # that every service takes

END_ALONE = msg("A video that ends with an image has to start from one, too. Add `image`. You weren't charged.")
BOTH_KINDS = msg("Use reference images or an image to start from, not both. You weren't charged.")


class Ability(StrEnum):
    """The names are those of the catalogue."""

    SOUND = "sound"  # it can be told whether to make sound
    SEED = "seed"
    NEGATIVE_PROMPT = "negative-prompt"
    END = "end"  # it ends with a given picture, if it begins with one


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """A model's. What is not here is "cannot"."""

    options: frozenset[Ability] = frozenset()
    references: int = 0  # how many reference pictures it takes

    def __bool__(self) -> bool:
        return bool(self.options) or self.references > 0

    def check(self, options: VideoOptions[Any], model: Model, *, starts_from_picture: bool) -> None:
        """Raise BadRequest, by its name, for what the model lacks, or what is asked of it in a way that nobody has."""
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
            yield msg("A seed is a whole number from 0 to {most}. You weren't charged.", most=Count(LARGEST_SEED))
        if (length := len(options.negative_prompt)) > LONGEST_NEGATIVE_PROMPT:
            yield msg(
                "The negative prompt has {count} characters. The limit is {most}. You weren't charged.",
                count=Count(length),
                most=Count(LONGEST_NEGATIVE_PROMPT),
            )

    def of(self, options: VideoOptions[Any]) -> VideoOptions[Any]:
        """As much of the options as the model has."""
        return VideoOptions(
            sound=options.sound if Ability.SOUND in self.options else None,
            seed=options.seed if Ability.SEED in self.options else None,
            negative_prompt=options.negative_prompt if Ability.NEGATIVE_PROMPT in self.options else "",
            end=options.end if Ability.END in self.options else None,
            references=options.references[: self.references],
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


def lacks(ability: Ability, model: Model) -> Message:
    match ability:
        case Ability.SOUND:
            return msg(
                "{model} can't be told whether to make sound. Leave out `sound` or pick another model. "
                "You weren't charged.",
                model=model,
            )
        case Ability.SEED:
            return msg("{model} takes no seed. Leave it out or pick another model. You weren't charged.", model=model)
        case Ability.NEGATIVE_PROMPT:
            return msg(
                "{model} takes no negative prompt. Leave it out or pick another model. You weren't charged.",
                model=model,
            )
        case Ability.END:
            return msg(
                "{model} can't end with a given image. Leave out `end` or pick another model. You weren't charged.",
                model=model,
            )


def _too_many(model: Model, given: int, most: int) -> Message:
    if most == 0:
        return msg(
            "{model} takes no reference images. Leave them out or pick another model. You weren't charged.",
            model=model,
        )
    return msg_n(
        "{model} takes {count} reference image, not {given}. You weren't charged.",
        "{model} takes up to {count} reference images, not {given}. You weren't charged.",
        most,
        model=model,
        given=Count(given),
    )
