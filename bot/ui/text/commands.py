"""The descriptions of commands in other languages, in the form in which Discord stores them with each command."""

from __future__ import annotations

import hashlib

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation

from bot.domain.texts.languages import ENGLISH, language_of
from bot.ui.text.locales import CATALOGUES, translations

# Names that are typed are the same in every language, so documents and people can refer to them.
TYPED = {
    TranslationContextLocation.command_name,
    TranslationContextLocation.group_name,
    TranslationContextLocation.parameter_name,
}


class CommandTexts(app_commands.Translator):
    """Translates descriptions, choices and menu entries; None keeps the English text."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        language = language_of(str(locale))
        is_typed = context.location in TYPED and not isinstance(context.data, app_commands.ContextMenu)
        if language == ENGLISH or is_typed:
            return None
        found = translations(language).gettext(string.message)
        return None if found == string.message else found


def fingerprint() -> str:
    """Of all catalogues, without parsing them: if it differs, the descriptions of commands may have changed."""
    files = sorted(CATALOGUES.glob("*.po"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
