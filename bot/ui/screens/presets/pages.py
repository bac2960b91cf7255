"""/presets: those of a member and their server, a single one, the question before its removal, and import results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ButtonStyle
from discord.ui import ActionRow, Container, Item, LayoutView, TextDisplay

from bot.data_classes import value_object
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.studio.named import OWN, SERVERS
from bot.domain.studio.presets import Preset
from bot.ui.cards.job_card import BLUE, RED
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.presets.buttons import (
    PresetAct,
    PresetButton,
    PresetForm,
    PresetFormButton,
    PresetsButton,
    PresetSelect,
)
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import render


@value_object
class PresetReader:
    """Who looks, and which models there are."""

    manages: bool
    catalogue: Catalogue

    def may_change(self, preset: Preset) -> bool:
        return self.manages or not preset.is_servers

    def parts(self, preset: Preset) -> Message | None:
        return phrases.parts(preset, self.catalogue)


class PresetsPage(LayoutView):
    """`said`: what was just done."""

    def __init__(self, presets: Sequence[Preset], reader: PresetReader, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        own = [each for each in presets if not each.is_servers]
        servers = [each for each in presets if each.is_servers]

        def row(preset: Preset) -> Message:
            return phrases.row(preset, reader.parts(preset))

        room = TextBudget(3 if said is not None else 2)
        card: Container[PresetsPage] = Container(accent_colour=BLUE)
        if said is not None:
            card.add_item(TextDisplay(room.text(said)))
        card.add_item(TextDisplay(room.rows(phrases.own_title(len(own)), own, row, phrases.NONE_YET)))
        if servers:
            card.add_item(TextDisplay(room.rows(phrases.servers_title(len(servers)), servers, row)))
        self.add_item(card)
        for whose, listed in ((OWN, own), (SERVERS, servers)):
            if listed:
                self.add_item(ActionRow(PresetSelect(whose, listed)))
        buttons: list[Item[Any]] = [PresetFormButton(PresetForm.EDIT)]
        buttons += [PresetsButton(f"export-{OWN}", phrases.EXPORT)] if own else []
        buttons += [PresetsButton(f"export-{SERVERS}", phrases.EXPORT_SERVERS)] if servers else []
        self.add_item(ActionRow(*buttons))


class PresetPage(LayoutView):
    """One preset, with what its reader can do with it. `said`: what was just done."""

    def __init__(self, preset: Preset, reader: PresetReader, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        card: Container[PresetPage] = Container(accent_colour=BLUE)
        room = TextBudget(2 if said is not None else 1)
        for text in (said, phrases.page(preset, reader.parts(preset))):
            if text is not None:
                card.add_item(TextDisplay(room.text(text)))
        self.add_item(card)
        mark = preset.mark
        use = PresetFormButton(PresetForm.USE, mark, phrases.USE, style=ButtonStyle.primary)
        buttons: list[Item[Any]] = [use]
        if reader.may_change(preset):
            buttons += [
                PresetFormButton(PresetForm.EDIT, mark, phrases.EDIT),
                PresetFormButton(PresetForm.OPTIONS, mark, phrases.OPTIONS),
            ]
        self.add_item(ActionRow(*buttons))
        below: list[Item[Any]] = []
        if preset.is_servers or reader.manages:
            below.append(PresetButton(PresetAct.COPY, mark, phrases.copy(preset)))
        if reader.may_change(preset):
            below.append(PresetButton(PresetAct.REMOVE, mark, phrases.REMOVE))
        self.add_item(ActionRow(*below, PresetsButton()))


class RemovePresetQuestion(LayoutView):
    def __init__(self, preset: Preset) -> None:
        super().__init__(timeout=None)
        self.add_item(Container(TextDisplay(render(phrases.really(preset))), accent_colour=RED))
        yes = PresetButton(PresetAct.REALLY_REMOVE, preset.mark, phrases.REALLY_REMOVE, style=ButtonStyle.danger)
        self.add_item(ActionRow(yes, PresetButton(PresetAct.OPEN, preset.mark, phrases.KEEP_IT)))
