"""What describes commands, in the languages of their readers, as Discord keeps it beside each command."""

from __future__ import annotations

import hashlib

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation

from bot.domain.texts.languages import ENGLISH, language_of
from bot.ui.text.locales import CATALOGUES, translations

# Names that are typed are the same in every language: the documents, and people, tell them one another.
TYPED = {
    TranslationContextLocation.command_name,
    TranslationContextLocation.group_name,
    TranslationContextLocation.parameter_name,
}


class CommandTexts(app_commands.Translator):
    """Descriptions, choices and entries of menus; None leaves the English one."""

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
    """Of all catalogues: another one means that what describes commands may be told anew. None of them is read."""
    files = sorted(CATALOGUES.glob("*.po"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
