"""Charts and files of a report, as separate messages for whoever pressed the button."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import discord
from discord.ui import Container, File, LayoutView, MediaGallery, TextDisplay

from bot.domain.media import Chart
from bot.domain.messages import Message
from bot.ui.cards.job_card import GREEN
from bot.ui.text.formatting import cut
from bot.ui.text.render import render

MOST_DESCRIBED = 1000  # characters; Discord allows 1,024
CSV_NAME = "costs.csv"


class ChartScreen(LayoutView):
    """Charts, uploaded with the message under their numbers."""

    def __init__(self, charts: Sequence[Chart]) -> None:
        super().__init__(timeout=None)
        card: Container[ChartScreen] = Container(accent_colour=GREEN)
        for number, chart in enumerate(charts):
            item = discord.MediaGalleryItem(f"attachment://{chart_name(number)}", description=description_of(chart))
            card.add_item(MediaGallery[ChartScreen](item))  # one each: several in one are cropped to squares
        self.add_item(card)


class FileScreen(LayoutView):
    def __init__(self, about: Message) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(about)))
        self.add_item(File(f"attachment://{CSV_NAME}"))


def chart_name(number: int) -> str:
    return f"chart-{number + 1}.png"


def description_of(chart: Chart) -> str:
    """A text alternative for people who cannot see the chart."""
    figures = "; ".join(f"{label} {figure}" for label, figure in zip(chart.labels, chart.figures, strict=True))
    return cut(f"{chart.title}. {chart.note}. {figures}", MOST_DESCRIBED)


def uploads(pictures: Sequence[bytes]) -> list[discord.File]:
    return [discord.File(BytesIO(picture), chart_name(number)) for number, picture in enumerate(pictures)]


def upload_of(data: bytes) -> discord.File:
    return discord.File(BytesIO(data), CSV_NAME)
