"""/me: what is stored about a member, and its erasure, with what is said before and after."""

from __future__ import annotations

from discord import ButtonStyle
from discord.ui import ActionRow, Container, File, LayoutView, TextDisplay

from bot.domain.access.own_data import Stored
from bot.jobs.use_cases.me.erase import ErasureStatus
from bot.jobs.use_cases.me.export import Export
from bot.ui.cards.job_card import BLUE, RED
from bot.ui.screens.me.preferences import MeAct, MeButton, MeForm, MeFormButton
from bot.ui.text.phrases.access import own_data as phrases
from bot.ui.text.render import render

EXPORT_NAME = "kinora-data.zip"


class StoredPage(LayoutView):
    def __init__(self, found: Stored) -> None:
        super().__init__(timeout=None)
        self.add_item(Container(TextDisplay(render(phrases.stored(found))), accent_colour=BLUE))
        export, back = MeButton(MeAct.EXPORT, phrases.EXPORT), MeButton(MeAct.PREFERENCES)
        erase = MeButton(MeAct.ERASE, phrases.ERASE, style=ButtonStyle.danger)
        self.add_item(ActionRow(export, erase, back) if found.any else ActionRow(back))


class ExportScreen(LayoutView):
    """A file with all of it, uploaded with this message."""

    def __init__(self, export: Export) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(phrases.exported(export))))
        self.add_item(File(f"attachment://{EXPORT_NAME}"))


class EraseQuestion(LayoutView):
    """What would be erased and what would stay. Erasing starts only after a word is typed."""

    def __init__(self, found: Stored) -> None:
        super().__init__(timeout=None)
        self.add_item(Container(TextDisplay(render(phrases.before(found))), accent_colour=RED))
        begin = MeFormButton(MeForm.ERASE, phrases.ERASE, style=ButtonStyle.danger)
        self.add_item(ActionRow(MeButton(MeAct.EXPORT, phrases.EXPORT), begin, MeButton(MeAct.PREFERENCES)))


class ErasurePage(LayoutView):
    """The progress of an erasure, or its result."""

    def __init__(self, status: ErasureStatus) -> None:
        super().__init__(timeout=None)
        self.add_item(Container(TextDisplay(render(phrases.status(status))), accent_colour=BLUE))
        buttons = [MeButton(MeAct.PREFERENCES)]
        if status.erasure.ended_at is None:
            buttons.insert(0, MeButton(MeAct.STATUS, phrases.HOW_FAR))
        self.add_item(ActionRow(*buttons))
