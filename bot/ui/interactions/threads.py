"""Threads in which a video is ordered."""

from __future__ import annotations

from typing import Any

import discord

from bot.jobs.delivery.threads import ThreadParents


async def remember_parent(thread_parents: ThreadParents, interaction: discord.Interaction[Any]) -> None:
    """Record the channel of an open thread, where its results may go too. Private threads have none."""
    thread = interaction.channel
    if isinstance(thread, discord.Thread) and not thread.is_private():
        await thread_parents.remember(thread.id, thread.parent_id)
