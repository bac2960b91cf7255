"""The result of importing a file of presets, and the question whether existing ones are replaced."""

from __future__ import annotations

from discord.ui import ActionRow, Container, TextDisplay

from bot.jobs.use_cases.presets.files import ImportedPresets
from bot.ui.cards.job_card import BLUE
from bot.ui.dialogs.quoting.questions import Question
from bot.ui.dialogs.quoting.quotes import Answer, AnswerButton
from bot.ui.text.formatting import cut_to
from bot.ui.text.limits import LONGEST_MESSAGE, MOST_BYTES
from bot.ui.text.phrases.studio import preset_files as file_phrases
from bot.ui.text.render import render


class ImportedScreen(Question):
    """The result of an import. Presets whose names are taken are not replaced unless their button is pressed."""

    def __init__(self, imported: ImportedPresets, replace_them: Answer) -> None:
        super().__init__()
        told = cut_to(render(file_phrases.imported(imported)), LONGEST_MESSAGE, MOST_BYTES)
        self.add_item(Container(TextDisplay(told), accent_colour=BLUE))
        known = len(imported.known)
        if known:
            self.add_item(ActionRow(AnswerButton(self, file_phrases.replace_them(known), replace_them)))
