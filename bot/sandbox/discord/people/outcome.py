"""What a person sees after doing something: a message, a form, choices, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import value_object
from bot.sandbox.discord.checks import components as kinds
from bot.sandbox.discord.checks.components import walk
from bot.sandbox.discord.people.interaction import Answer, Interaction
from bot.sandbox.discord.world.clock import PATIENCE, Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.world import World

NO_RESPONSE = "The application did not respond"


class CannotDo(Exception):
    """Discord's own app would not let a person do this. The sentence is what it would show."""


@value_object
class Field:
    """One field of a form. `value` is its current content."""

    label: str
    custom_id: str
    type: int
    required: bool
    value: str | Sequence[str] | bool | None
    options: Sequence[Json]
    least: int
    most: int


class Form:
    """An open modal."""

    def __init__(self, interaction: Interaction, modal: Json) -> None:
        self.interaction = interaction
        self.modal = _with_text_ids(modal)
        self.id = str(interaction.id)
        self.title: str = modal["title"]
        self.custom_id: str = modal["custom_id"]
        self.fields = _fields(modal["components"])

    @property
    def text(self) -> str:
        return "\n".join(
            each["content"] for each in walk(self.modal["components"]) if each["type"] == kinds.TEXT_DISPLAY
        )

    def field(self, wanted: str) -> Field:
        """By custom_id or label; case does not matter, and `_` stands for a space."""
        for field in self.fields:
            if wanted == field.custom_id or _plain(wanted) == _plain(field.label):
                return field
        labels = ", ".join(each.label for each in self.fields)
        raise CannotDo(f"The form “{self.title}” has no field “{wanted}”. It has: {labels}.")

    def to_dict(self) -> Json:
        return {"id": self.id, **self.modal}


class Outcome:
    """The result of one interaction. It stays live: `message` is the answer as it looks now."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction
        self.form = Form(interaction, interaction.modal) if interaction.modal is not None else None
        self.choices = interaction.choices

    @property
    def message(self) -> Message | None:
        """The message that answers, or that was changed; None for a form, for no answer, and once it is deleted."""
        message = self.interaction.original
        return None if message is None or message.deleted else message

    @property
    def followups(self) -> Sequence[Message]:
        return [message for message in self.interaction.followups if not message.deleted]

    @property
    def deferred(self) -> bool:
        """The first answer promised a later one."""
        return self.interaction.answer in {Answer.DEFERRED, Answer.DEFERRED_UPDATE}

    @property
    def failed(self) -> str | None:
        return NO_RESPONSE if self.interaction.dead else None

    async def settled(self, timeout: float = PATIENCE) -> Message | None:  # noqa: ASYNC109 - the name a reader expects
        """The answer, once a deferred one was filled in (or deleted). TimeoutError if that does not happen."""
        await self._world.until(lambda: self.message is None or not self.message.thinking, timeout)
        return self.message


def _with_text_ids(modal: Json) -> Json:
    """Apps may send ids as numbers; Discord's clients get them as text, because a browser's numbers are too small."""
    for label in modal["components"]:
        for chosen in (label.get("component") or {}).get("default_values") or []:
            chosen["id"] = str(chosen["id"])
    return modal


def _fields(components: Sequence[Json]) -> list[Field]:
    found = []
    for component in components:
        if component["type"] == kinds.LABEL:
            found.append(_field(component["component"], component["label"]))
        elif component["type"] == kinds.ACTION_ROW:
            found += [_field(child, child.get("label") or "") for child in component["components"]]
    return found


def _field(component: Json, label: str) -> Field:
    kind, required = component["type"], component.get("required")
    text = kind == kinds.TEXT_INPUT
    least = component.get("min_length" if text else "min_values")
    most = component.get("max_length" if text else "max_values")
    return Field(
        label=label,
        custom_id=component["custom_id"],
        type=kind,
        required=kind != kinds.CHECKBOX if required is None else required,
        value=_preset(component),
        options=component.get("options") or [],
        least=(0 if text else 1) if least is None else least,
        most=(4000 if text else _usual_most(component)) if most is None else most,
    )


def _usual_most(component: Json) -> int:
    return len(component.get("options") or []) if component["type"] == kinds.CHECKBOX_GROUP else 1


def _preset(component: Json) -> str | Sequence[str] | bool | None:
    match component["type"]:
        case kinds.TEXT_INPUT:
            return component.get("value") or ""
        case kinds.CHECKBOX:
            return bool(component.get("default"))
        case kinds.RADIO_GROUP:
            chosen = [option["value"] for option in component["options"] if option.get("default")]
            return chosen[0] if chosen else None
        case _:
            chosen = [option["value"] for option in component.get("options") or [] if option.get("default")]
            return chosen or [each["id"] for each in component.get("default_values") or []]


def _plain(words: str) -> str:
    return words.replace("_", " ").strip().casefold()
