"""The result of importing a file of presets."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Choice, Count, Message, msg, msg_n
from bot.domain.studio.presets import MOST_PRESETS, Preset
from bot.jobs.use_cases.presets.files import ImportedPresets
from bot.ui.text.phrases.values import in_quotes, lines

MOST_MISTAKES = 15  # mistakes that are listed
NOTHING_ADDED = msg("**No preset was added.**")


def imported(made: ImportedPresets) -> Message:
    return lines(
        _added(made) if made.added else NOTHING_ADDED,
        _known(made.known) if made.known else None,
        _no_room(made.no_room) if made.no_room else None,
        *_mistakes(made.mistakes),
    )


def _added(made: ImportedPresets) -> Message:
    if made.for_server:
        return msg_n(
            "**{count} preset was added to the server:** {names}",
            "**{count} presets were added to the server:** {names}",
            len(made.added),
            names=_names(made.added),
        )
    return msg_n(
        "**{count} preset was added to yours:** {names}",
        "**{count} presets were added to yours:** {names}",
        len(made.added),
        names=_names(made.added),
    )


def _known(presets: Sequence[Preset]) -> Message:
    return msg_n(
        "{count} was there already, and stays as it was: {names}",
        "{count} were there already, and stay as they were: {names}",
        len(presets),
        names=_names(presets),
    )


def _no_room(presets: Sequence[Preset]) -> Message:
    return msg_n(
        "{count} was left out, because there can be {most} presets: {names}",
        "{count} were left out, because there can be {most} presets: {names}",
        len(presets),
        most=Count(MOST_PRESETS),
        names=_names(presets),
    )


def _mistakes(mistakes: Sequence[Message]) -> Sequence[Message]:
    if not mistakes:
        return ()
    head = msg_n(
        "{count} was left out, because of a mistake in the file:",
        "{count} were left out, because of mistakes in the file:",
        len(mistakes),
    )
    rest = len(mistakes) - MOST_MISTAKES
    more = [msg_n("… and {count} more.", "… and {count} more.", rest)] if rest > 0 else []
    return [head, *mistakes[:MOST_MISTAKES], *more]


def _names(presets: Sequence[Preset]) -> Choice:
    return Choice(tuple(in_quotes(each.name) for each in presets), every=True)


def replace_them(known: int) -> Message:
    return msg_n("Replace {count}", "Replace {count}", known)


def replaced(presets: int) -> Message:
    return msg_n("{count} preset is now as the file has it.", "{count} presets are now as the file has them.", presets)
