"""Discord's refusals of a message, in our words: final ones keep the video aside, passing ones are tried again."""

from __future__ import annotations

import aiohttp
import discord

from bot.domain.errors import KinoraError, Reach, Unavailable, Undeliverable
from bot.jobs.delivery.routes import DIRECT_CLOSED

TROUBLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, RuntimeError)

AUTOMOD = "The server's AutoMod refused it."
NO_CHANNEL = "Its channel is gone."
NO_SIGHT = "I cannot see its channel any more."
NO_RIGHT = "I lack a permission in its channel: it takes View Channel, Send Messages and Attach Files."
NOT_THERE = "I am no longer on its server."
REMOVED = "It had been posted and was removed again right away."
SENTENCES = {
    10003: NO_CHANNEL,
    10004: NOT_THERE,
    10008: REMOVED,  # a repeated nonce whose first message was deleted (discord-api-docs#6647)
    20009: "Discord's own filter refused it for this channel.",
    40058: "Its channel takes no plain messages.",
    50001: NO_SIGHT,
    50007: DIRECT_CLOSED,
    50008: "Its channel takes no plain messages.",
    50013: NO_RIGHT,
    50278: DIRECT_CLOSED,
    160005: "Its thread is locked.",
    200000: AUTOMOD,
    200001: AUTOMOD,
    240000: AUTOMOD,
    400001: "Discord has limited file uploads on its server for now.",
}
# What refused, and so where a video may be tried next.
BY_ITS_CHANNEL = {10003, 40058, 50001, 50008, 50013, 160005}
BY_ITS_SERVER = {10004, 200000, 200001, 240000, 400001}
UNKNOWN_CHANNEL = 10003
TOO_LARGE = {40005, 50045}
NO_HISTORY = 160002
INVALID_FORM = 50035


def is_too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code in TOO_LARGE


def refuses_the_reference(error: discord.HTTPException) -> bool:
    """Whether only the answering is refused, not the message."""
    return error.code == NO_HISTORY or (error.code == INVALID_FORM and "message_reference" in error.text)


def in_our_words(error: Exception) -> KinoraError:
    """What a failed post means for the video."""
    if isinstance(error, discord.RateLimited):
        return Unavailable("Discord asks for a pause.", error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return Unavailable("Discord cannot be reached.")
    if error.code not in SENTENCES and (error.status in {429, 401} or error.status >= 500):
        return Unavailable("Discord is in trouble.")
    return Undeliverable(_refusal(error), reach_of(error), channel_gone=error.code == UNKNOWN_CHANNEL)


def _refusal(error: discord.HTTPException) -> str:
    if error.code in SENTENCES:
        return SENTENCES[error.code]
    if isinstance(error, discord.NotFound):
        return NO_CHANNEL
    if isinstance(error, discord.Forbidden):
        return NO_RIGHT
    return f"Discord refused it: {error.text[:200]}"


def reach_of(error: Exception) -> Reach:
    """How far a definite no reaches."""
    if not isinstance(error, discord.HTTPException):
        return Reach.NOWHERE
    if error.code in BY_ITS_SERVER:
        return Reach.SERVER
    unnamed = error.code not in SENTENCES and isinstance(error, discord.NotFound | discord.Forbidden)
    return Reach.CHANNEL if error.code in BY_ITS_CHANNEL or unnamed else Reach.NOWHERE


def is_final(error: Exception) -> bool:
    """Whether trying again would change nothing."""
    return isinstance(in_our_words(error), Undeliverable)
