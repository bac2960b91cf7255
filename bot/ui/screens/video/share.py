"""A link to a video for people outside the server."""

from __future__ import annotations

from typing import Any

from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.domain.job import Job
from bot.jobs.use_cases.studio.sharing import SharedLink
from bot.ui.cards.job_card import BLUE
from bot.ui.text.phrases.results import WATCH
from bot.ui.text.phrases.studio import look
from bot.ui.text.render import plain_text, render


class ShareScreen(LayoutView):
    def __init__(self, job: Job, link: SharedLink) -> None:
        super().__init__(timeout=None)
        open_it: Button[Any] = Button(label=plain_text(WATCH), url=link.url)
        text = TextDisplay[ShareScreen](render(look.shared(job, link)))
        self.add_item(Container(text, ActionRow(open_it), accent_colour=BLUE))
