"""The progress of a bulk action, and the buttons that start, stop and continue it.

The buttons say what they are about: `k1:bulk:<begin|stop|go-on>:<plan>` and `k1:bulk:form:<retry|delete>`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Self

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.domain.messages import Message
from bot.domain.queue.bulk import BulkKind, BulkRun
from bot.jobs.use_cases.queue.delete import DeletePreview
from bot.jobs.use_cases.queue.retry import RetryPreview
from bot.ui.cards.job_card import BLUE, GREEN, ORANGE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.text.phrases import bulk
from bot.ui.text.render import plain_text, render


class BulkVerb(StrEnum):
    """The values are in the ids of buttons, so they never change."""

    BEGIN = "begin"
    STOP = "stop"
    GO_ON = "go-on"


class BulkButton(LastingButton, template=rf"{VERSION}:bulk:(?P<verb>{'|'.join(BulkVerb)}):(?P<plan>[0-9a-f]+)"):
    """Starts, stops or continues what was shown."""

    def __init__(
        self,
        verb: BulkVerb,
        plan: str,
        text: Message = bulk.STOP,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init__(Button(label=plain_text(text), style=style, custom_id=f"{VERSION}:bulk:{verb}:{plan}"))
        self.verb = verb
        self.plan = plan

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(BulkVerb(match["verb"]), match["plan"])


class BulkFormButton(LastingButton, template=rf"{VERSION}:bulk:form:(?P<kind>{'|'.join(BulkKind)})"):
    """Asks which orders; nothing is done before a preview was shown and confirmed."""

    opens_form = True

    def __init__(self, kind: BulkKind) -> None:
        text = bulk.RETRY if kind is BulkKind.RETRY else bulk.DELETE
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:bulk:form:{kind}"))
        self.kind = kind

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(BulkKind(match["kind"]))


class BulkQuestion(LayoutView):
    """What would be done, and the button to do it."""

    def __init__(self, preview: RetryPreview | DeletePreview) -> None:
        super().__init__(timeout=None)
        plan = preview.plan.id
        if isinstance(preview, RetryPreview):
            said, text, style = bulk.retry_preview(preview), bulk.retry_them(preview), discord.ButtonStyle.success
        else:
            said, text, style = bulk.delete_preview(preview), bulk.delete_them(preview), discord.ButtonStyle.danger
        self.add_item(TextDisplay(render(said)))
        self.add_item(ActionRow(BulkButton(BulkVerb.BEGIN, plan, text, style)))


class BulkProgress(LayoutView):
    """The message about one run, during it and afterwards."""

    def __init__(self, run: BulkRun, *, interrupted: bool) -> None:
        super().__init__(timeout=None)
        self.add_item(run_box(run, interrupted=interrupted))


def run_box(run: BulkRun, *, interrupted: bool) -> Container[Any]:
    colour = GREEN if run.ended else ORANGE if interrupted else BLUE
    box: Container[Any] = Container(accent_colour=colour)
    box.add_item(TextDisplay(render(bulk.run(run, interrupted=interrupted))))
    if buttons := _buttons(run, interrupted=interrupted):
        box.add_item(ActionRow(*buttons))
    return box


def _buttons(run: BulkRun, *, interrupted: bool) -> list[BulkButton]:
    stop = BulkButton(BulkVerb.STOP, run.plan)
    go_on = BulkButton(BulkVerb.GO_ON, run.plan, bulk.GO_ON, discord.ButtonStyle.primary)
    if run.ended:
        return [go_on] if run.next < run.total else []
    if interrupted:
        return [go_on, stop]
    return [] if run.stopped_by is not None else [stop]
