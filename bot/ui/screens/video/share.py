"""A link to a video for people outside the server."""

from __future__ import annotations

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.job import Job
from bot.jobs.use_cases.studio.sharing import SharedLink
from bot.ui.cards.job_card import BLUE, watch_button
from bot.ui.text.phrases.studio import look
from bot.ui.text.render import render


class ShareScreen(LayoutView):
    def __init__(self, job: Job, link: SharedLink) -> None:
        super().__init__(timeout=None)
        text = TextDisplay[ShareScreen](render(look.shared(job, link)))
        self.add_item(Container(text, ActionRow(watch_button(link.url)), accent_colour=BLUE))
