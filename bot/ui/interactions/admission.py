"""Which interactions are answered at all: decided once for each, before anything is looked up for it."""

from __future__ import annotations

import logging
import re
from typing import Any

import discord

from bot.client import client_of, is_ours_to_answer
from bot.domain.texts.languages import language_of, read_in
from bot.member_limits import Sent
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble
from bot.ui.interactions.responses import reply
from bot.ui.text.phrases import errors
from bot.ui.text.render import render

log = logging.getLogger(__name__)

KINDS = {
    discord.InteractionType.autocomplete: Sent.TYPED,
    discord.InteractionType.modal_submit: Sent.FILLED,
}
STATE = "admitted"  # where an interaction carries the decision
# Half an emoji, which clients leave when they cut a text, cannot be encoded, and PostgreSQL does not accept NUL.
UNWRITABLE = re.compile("[\0\ud800-\udfff]")


async def is_admitted(interaction: discord.Interaction[Any]) -> bool:
    """Whether to answer an interaction; the same however often it is asked. Afterwards its text can be stored.

    False while another process with this token answers people, and for members who send too much. These are told so now
    and then, but not each time: every answer is a request to Discord, and all members share its limits. From here on
    this task uses the member's language.
    """
    read_in(language_of(str(interaction.locale)))
    if STATE in interaction.extras:
        return bool(interaction.extras[STATE])
    interaction.extras[STATE] = False
    _make_writable(interaction.data)
    if is_ours_to_answer(interaction):
        interaction.extras[STATE] = _is_within_limits(interaction)
        if not interaction.extras[STATE]:
            await _tell(interaction)
    return bool(interaction.extras[STATE])


def _make_writable(part: object) -> object:
    """The data with a replacement for each character that cannot be stored; changes lists and dicts in place."""
    match part:
        case str():
            return UNWRITABLE.sub("\ufffd", part)
        case list():
            part[:] = map(_make_writable, part)
        case dict():
            part.update({name: _make_writable(value) for name, value in part.items()})
        case _:
            pass
    return part


def _is_within_limits(interaction: discord.Interaction[Any]) -> bool:
    sent = KINDS.get(interaction.type, Sent.PRESSED)
    return client_of(interaction).limits.takes(interaction.user.id, sent)


async def _tell(interaction: discord.Interaction[Any]) -> None:
    if interaction.type is discord.InteractionType.autocomplete or not client_of(interaction).limits.tells(
        interaction.user.id
    ):
        return
    log.info("member %s sends more than is answered", interaction.user.id)
    try:
        with closing_is_trouble():
            await reply(interaction, content=render(errors.TOO_MANY))
    except TROUBLE as error:
        log.info("a sentence could not be said: %s", error)
