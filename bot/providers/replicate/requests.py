"""The one paid request at Replicate, as its JSON body: the order, in the fields of one model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.data_classes import value_object
from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Message, Model, Term, msg
from bot.domain.models.abilities import Ability
from bot.domain.ports.provider import Order
from bot.domain.video import STILLS, RemixMethod
from bot.providers.common.adapter import REFERENCES, check_options
from bot.providers.common.sizes import shape_of
from bot.providers.replicate.inputs import InputRole, ModelInputs

CAN = frozenset({RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT})
REPLICATE = msg("Replicate")
SOURCE_MISSING = msg("The original video's file is missing.")
OPTIONS: Mapping[str, InputRole] = {
    Ability.SOUND: InputRole.SOUND,
    Ability.SEED: InputRole.SEED,
    Ability.NEGATIVE_PROMPT: InputRole.NEGATIVE_PROMPT,
    Ability.END: InputRole.END,
    REFERENCES: InputRole.REFERENCES,
}


@value_object(kw_only=False)
class Attachment:
    """A file that is uploaded before the order; its address replaces it."""

    content: bytes | Path

    def read(self) -> bytes:
        """Raises Unsupported if our own copy of the source is gone."""
        try:
            return self.content if isinstance(self.content, bytes) else self.content.read_bytes()
        except OSError:
            raise Unsupported(SOURCE_MISSING) from None

    @property
    def kind(self) -> str:
        return "video/mp4" if isinstance(self.content, Path) else "image/png"

    @property
    def name(self) -> str:
        return "source.mp4" if isinstance(self.content, Path) else "picture.png"


def path_of(model: str) -> str:
    """Where a model is described, and below that ordered."""
    owner, _, name = model.partition("/")
    return f"/models/{quote(owner, safe='')}/{quote(name, safe='')}"


def input_of(order: Order, inputs: ModelInputs) -> dict[str, Any]:
    """The model's input, with attachments in place of file addresses.

    Raises Unsupported for a remix method that cannot be sent, and Refused for anything the model has no field for: an
    omitted part would be paid for all the same.
    """
    filled: dict[InputRole, Any] = {InputRole.PROMPT: order.prompt, **_source(order)}
    check_options(order, {option for option, role in OPTIONS.items() if role in inputs}, REPLICATE)
    if order.method is not RemixMethod.SOURCE:  # an edit keeps its source's length and size
        filled |= _length(order, inputs) | _shape(order, inputs)
    filled |= _options(order)
    missing = next((role for role in filled if role not in inputs), None)
    if missing in {InputRole.PICTURE, InputRole.VIDEO} and order.method is not None:
        raise Unsupported(msg("{model} can't remix this way.", model=Model(order.card.label)), lasting=True)
    if missing is not None:
        raise lacks(order, Term(f"`{missing}`"))
    return {inputs.fields[role].name: value for role, value in filled.items()}


def lacks(order: Order, what: Message | Term) -> Refused:
    return Refused(
        msg(
            "{service} doesn't take {option}, which the catalogue promises for {model}. Leave it out.",
            service=REPLICATE,
            option=what,
            model=Model(order.card.label),
        )
    )


def _source(order: Order) -> dict[InputRole, Any]:
    if order.method is not None and order.method not in CAN:
        raise Unsupported(msg("Replicate can't change a video of its own."), lasting=True)
    if order.method is RemixMethod.SOURCE:
        if order.source_file is None:
            raise Unsupported(SOURCE_MISSING)
        return {InputRole.VIDEO: Attachment(order.source_file)}
    if order.picture is not None:
        return {InputRole.PICTURE: Attachment(order.picture)}
    if order.method in STILLS:
        raise Unsupported(msg("The original video's frame is missing."))
    return {}


def _length(order: Order, inputs: ModelInputs) -> dict[InputRole, Any]:
    """A model without a field for it makes videos of one length, the only one on its card."""
    field = inputs.get(InputRole.LENGTH)
    if field is None:
        if len(order.card.seconds) > 1:
            raise lacks(order, Term("`seconds`"))
        return {}
    if (value := field.written(order.seconds)) is None:
        raise lacks(order, Term(f"{order.seconds} s"))
    return {InputRole.LENGTH: value}


def _shape(order: Order, inputs: ModelInputs) -> dict[InputRole, Any]:
    """Resolution and ratio. If a model has no field for one, it has to be the same in all sizes of its card."""
    shapes = {size: shape_of(size) for size in (order.size, *order.card.sizes)}
    mine = shapes[order.size]
    if mine is None:
        raise lacks(order, Term(str(order.size)))
    filled = dict[InputRole, Any]()
    for role, place in ((InputRole.RESOLUTION, 0), (InputRole.RATIO, 1)):
        field = inputs.get(role)
        if field is None:
            if any(shape is None or shape[place] != mine[place] for shape in shapes.values()):
                raise lacks(order, Term(str(order.size)))
        elif (value := field.written(mine[place])) is None:
            raise lacks(order, Term(str(order.size)))
        else:
            filled[role] = value
    return filled


def _options(order: Order) -> dict[InputRole, Any]:
    options, filled = order.options, dict[InputRole, Any]()
    if options.sound is not None:
        filled[InputRole.SOUND] = options.sound
    if options.seed is not None:
        filled[InputRole.SEED] = options.seed
    if options.negative_prompt:
        filled[InputRole.NEGATIVE_PROMPT] = options.negative_prompt
    if options.end is not None:
        filled[InputRole.END] = Attachment(options.end)
    if options.references:
        filled[InputRole.REFERENCES] = [Attachment(picture) for picture in options.references]
    return filled
