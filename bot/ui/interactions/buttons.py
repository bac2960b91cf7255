"""Buttons that keep working after restarts and updates: each carries only a verb and a video's id.

The id of a button is `k1:<verb>:<job id>`. What a click means is defined by the cog that owns the verb: it adds the
class and its handler to the client's `InteractionRegistry`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

import discord
from discord.ui import Button, DynamicItem

from bot.client import client_of
from bot.domain.ids import PATTERN, JobId
from bot.domain.messages import Message, msg
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.error_handler import report
from bot.ui.interactions.responses import begin
from bot.ui.text.limits import MOST_BUTTONS
from bot.ui.text.render import plain_text

VERSION = "k1"
ITEM = TypeVar("ITEM", bound=discord.ui.Item[Any])
BUTTON = TypeVar("BUTTON", bound="LastingButton")


def template(verb: str) -> str:
    return rf"{VERSION}:{verb}:(?P<job>{PATTERN})"


ANY_BUTTON = re.compile(template("[a-z-]+"))


class LastingItem(DynamicItem[ITEM], ABC, template=f"{VERSION}:no-item"):
    """A component that stays usable in a message. Its handler is in the client's registry; errors are reported."""

    opens_form: ClassVar[bool] = False

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        return await is_admitted(interaction)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        # discord.py only logs what a dynamic item raises, so it is reported here.
        await begin(interaction, for_form=self.opens_form)
        try:
            await client_of(interaction).registry.clicked(interaction, self)
        except Exception as error:  # noqa: BLE001 (one click or choice; everything is told or logged)
            await report(interaction, error)

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        _item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls.read(match)

    @classmethod
    @abstractmethod
    def read(cls, match: re.Match[str], /) -> Self:
        """The item whose id was matched."""


class LastingButton(LastingItem[Button[Any]], template=f"{VERSION}:none"):
    """A persistent button."""


class JobButton(LastingButton, template=template("none")):
    """A persistent button about one video. Subclasses define their verb and their appearance."""

    verb: ClassVar[str]
    text: ClassVar[Message]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary
    emoji: ClassVar[str | None] = None

    def __init__(self, job_id: JobId, text: Message | None = None) -> None:
        custom_id = f"{VERSION}:{self.verb}:{job_id}"
        label = plain_text(text or self.text)
        super().__init__(Button(label=label, style=self.style, emoji=self.emoji, custom_id=custom_id))
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(JobId(match["job"]))


class CancelButton(JobButton, template=template("cancel")):
    verb, text = "cancel", msg("Cancel")


class RemixButton(JobButton, template=template("remix")):
    verb, text, style, emoji = "remix", msg("Remix"), discord.ButtonStyle.primary, "🎬"
    opens_form = True


class AgainButton(JobButton, template=template("again")):
    verb, text, emoji = "again", msg("Run again"), "🔁"


class EditButton(JobButton, template=template("edit")):
    verb, text, style, emoji = "edit", msg("Edit the prompt"), discord.ButtonStyle.primary, "✏️"
    opens_form = True


class OtherButton(JobButton, template=template("other")):
    verb, text, emoji = "other", msg("Another model"), "🔀"


class ShowButton(JobButton, template=template("show")):
    verb, text, emoji = "show", msg("Show it here"), "📺"


class DismissButton(JobButton, template=template("dismiss")):
    verb, text = "dismiss", msg("Dismiss")


class FramesButton(JobButton, template=template("frames")):
    verb, text, emoji = "frames", msg("Frames"), "🎞️"


class MoreButton(JobButton, template=template("more")):
    verb, text = "more", msg("More…")


class DeleteButton(JobButton, template=template("delete")):
    verb, text, emoji = "delete", msg("Delete"), "🗑️"


class ReallyDeleteButton(JobButton, template=template("really-delete")):
    verb, text, style = "really-delete", msg("Delete for good"), discord.ButtonStyle.danger


class AdoptButton(JobButton, template=template("adopt")):
    verb, text, style = "adopt", msg("Link existing video…"), discord.ButtonStyle.primary
    opens_form = True


class PayAgainButton(JobButton, template=template("pay-again")):
    verb, text = "pay-again", msg("Retry and pay…")


class ReallyPayAgainButton(JobButton, template=template("really-pay-again")):
    verb, text, style = "really-pay-again", msg("Retry and pay"), discord.ButtonStyle.danger


class GiveUpButton(JobButton, template=template("give-up")):
    verb, text = "give-up", msg("Close…")


class NotChargedButton(JobButton, template=template("not-charged")):
    verb, text = "not-charged", msg("It wasn't charged")


class WasChargedButton(JobButton, template=template("was-charged")):
    verb, text = "was-charged", msg("It was charged")


class ApproveButton(JobButton, template=template("approve")):
    verb, text, style = "approve", msg("Approve"), discord.ButtonStyle.success


class DenyButton(JobButton, template=template("deny")):
    verb, text = "deny", msg("Deny…")
    opens_form = True


class RequestButton(JobButton, template=template("request")):
    verb, text = "request", msg("Approve or deny…")


def in_rows(buttons: Sequence[BUTTON]) -> Sequence[Sequence[BUTTON]]:
    """As many per row as Discord allows."""
    return [buttons[start : start + MOST_BUTTONS] for start in range(0, len(buttons), MOST_BUTTONS)]


def job_of(message: discord.Message) -> JobId | None:
    """The video that a message of ours is about, from its buttons; if there are several, the first."""
    return next(iter(jobs_on(message)), None)


def jobs_on(message: discord.Message) -> Sequence[JobId]:
    """All videos that the buttons of a message are about, each once."""
    ids = [str(getattr(component, "custom_id", "") or "") for component in parts_of(message)]
    found = [JobId(match["job"]) for each in ids if (match := ANY_BUTTON.fullmatch(each))]
    return list(dict.fromkeys(found))


def shows_result_of(message: discord.Message, job_id: JobId) -> bool:
    """Whether this is the video's own message: a card never has the Remix button."""
    return has_component(message, f"{VERSION}:{RemixButton.verb}:{job_id}")


def is_card_of(message: discord.Message, job_id: JobId) -> bool:
    """Whether this is the video's card: its buttons are about the video, and it is not the video's own message."""
    return job_of(message) == job_id and not shows_result_of(message, job_id)


def has_component(message: discord.Message, custom_id: str | None) -> bool:
    return any(getattr(part, "custom_id", None) == custom_id for part in parts_of(message))


def parts_of(message: discord.Message) -> list[Any]:
    """All components of a message, however nested."""
    return _all_of(message.components)


def _all_of(components: Any) -> list[Any]:
    inner = [c for component in components for c in _all_of(getattr(component, "children", ()))]
    return [*components, *inner]
