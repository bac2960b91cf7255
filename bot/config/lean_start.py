"""Parts of imported packages that the bot does not load at the start."""

from __future__ import annotations

from bot.network.certificates import share_certificates
from bot.network.no_command_line import keep_out_the_command_line
from storage.without_orm import keep_out_the_orm


def keep_out_what_nobody_needs() -> None:
    """Call this before the first import of SQLAlchemy, httpx and aiohttp."""
    keep_out_the_orm()
    keep_out_the_command_line()
    share_certificates()
