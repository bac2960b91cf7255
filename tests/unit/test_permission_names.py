"""Permissions have the names shown in Discord's settings."""

from __future__ import annotations

from bot.ui.interactions.members import NEEDED_IN_THREADS
from bot.ui.text.phrases.access.permissions import NAMES, all_of
from bot.ui.text.phrases.settings.rules import lacking_there
from bot.ui.text.render import render
from cogs.studio.threads import CREATE


def test_every_permission_that_is_asked_for_can_be_translated() -> None:
    assert {*NEEDED_IN_THREADS.values(), *CREATE.values()} == set(NAMES)


def test_they_are_listed_in_one_sentence_and_unknown_ones_as_they_are() -> None:
    said = render(lacking_there(["Send Messages", "Attach Files"]))
    assert said == "Kinora can't post there without Send Messages and Attach Files."
    assert str(all_of(["Attach Files", "Dance"])) == "Attach Files and Dance"
