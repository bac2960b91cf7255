"""The buttons of /presets. All are on ephemeral replies, and each press is authorized for whoever presses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Self

from discord import ButtonStyle, SelectOption
from discord.ui import Button, Select

from bot.domain.messages import Message
from bot.domain.studio.named import OWN, SERVERS
from bot.domain.studio.presets import MARK, Preset
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import plain_text

NEW = "new"  # instead of a mark


class PresetAct(StrEnum):
    OPEN = "open"
    COPY = "copy"  # from a member to the server, or vice versa
    REMOVE = "remove"  # asks first
    REALLY_REMOVE = "really-remove"


class PresetForm(StrEnum):
    """Which form a button opens; except for USE also the verb of the form."""

    USE = "use"
    EDIT = "edit-preset"
    OPTIONS = "preset-options"


class PresetButton(
    LastingButton, template=rf"{VERSION}:preset:(?P<act>open|copy|remove|really-remove):(?P<mark>{MARK})"
):
    def __init__(
        self,
        act: PresetAct,
        mark: str,
        text: Message = phrases.OPEN,
        *,
        style: ButtonStyle = ButtonStyle.secondary,
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:preset:{act}:{mark}", style=style))
        self.act, self.mark = act, mark

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(PresetAct(match["act"]), match["mark"])


class PresetFormButton(
    LastingButton,
    template=rf"{VERSION}:preset-form:(?P<form>use|edit-preset|preset-options):(?P<mark>{MARK}|{NEW})",
):
    opens_form: ClassVar[bool] = True

    def __init__(
        self,
        form: PresetForm,
        mark: str = NEW,
        text: Message = phrases.NEW,
        *,
        style: ButtonStyle = ButtonStyle.secondary,
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:preset-form:{form}:{mark}", style=style))
        self.form, self.mark = form, mark

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(PresetForm(match["form"]), match["mark"])


class PresetsButton(LastingButton, template=rf"{VERSION}:presets:(?P<what>list|export-{OWN}|export-{SERVERS})"):
    """The list, or a file with all presets of a member or server."""

    def __init__(self, what: str = "list", text: Message = phrases.BACK) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:presets:{what}"))
        self.what = what

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["what"])


class PresetSelect(LastingSelect, template=rf"{VERSION}:preset-select:(?P<whose>{OWN}|{SERVERS})"):
    """Shows the preset that is chosen by its mark."""

    def __init__(self, whose: str, presets: Sequence[Preset] = ()) -> None:
        options = [
            SelectOption(label=cut(plain_text(phrases.name(each)), LONGEST_OPTION), value=each.mark) for each in presets
        ]
        placeholder = plain_text(phrases.CHOOSE_SERVERS if whose == SERVERS else phrases.CHOOSE_OWN)
        custom_id = f"{VERSION}:preset-select:{whose}"
        super().__init__(Select(custom_id=custom_id, options=options, placeholder=placeholder))
        self.whose = whose

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["whose"])
