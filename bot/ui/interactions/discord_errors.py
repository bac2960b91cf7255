"""Interprets Discord's refusals of a message: after final ones the video is kept, temporary ones are retried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

import aiohttp
import discord
from discord.http import json_or_text

from bot.domain.errors import KinoraError, Reach, Unavailable, Undeliverable
from bot.domain.messages import Message
from bot.jobs.delivery.routes import DIRECT_CLOSED
from bot.lost_answers import lost_answers
from bot.ui.text.phrases.errors import (
    AUTOMOD,
    FILTERED,
    IN_TROUBLE,
    LOCKED,
    NO_CHANNEL,
    NO_PLAIN_MESSAGES,
    NO_RIGHT,
    NO_SIGHT,
    NOT_THERE,
    PAUSE,
    REMOVED,
    UNREACHABLE,
    UPLOADS_LIMITED,
    refused_by_discord,
)

TROUBLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
CLOSED = {"Session is closed", "Event loop is closed"}  # a RuntimeError of aiohttp or asyncio while the bot stops
# Where discord.py fails on a response that is not Discord's, whatever its content type: broken JSON, or another shape.
READING = {json_or_text.__code__, discord.HTTPException.__init__.__code__}

UNKNOWN_MESSAGE = 10008
SENTENCES = {
    10003: NO_CHANNEL,
    10004: NOT_THERE,
    UNKNOWN_MESSAGE: REMOVED,  # a repeated nonce whose first message was deleted (discord-api-docs#6647)
    20009: FILTERED,
    40058: NO_PLAIN_MESSAGES,
    50001: NO_SIGHT,
    50007: DIRECT_CLOSED,
    50008: NO_PLAIN_MESSAGES,
    50013: NO_RIGHT,
    50278: DIRECT_CLOSED,
    160005: LOCKED,
    200000: AUTOMOD,
    200001: AUTOMOD,
    240000: AUTOMOD,
    400001: UPLOADS_LIMITED,
}
# What refused, which decides where else a video may be tried.
BY_ITS_CHANNEL = {10003, 40058, 50001, 50008, 50013, 160005}
BY_ITS_SERVER = {10004, 200000, 200001, 240000, 400001}
UNKNOWN_CHANNEL = 10003
TOO_LARGE = {40005, 50045}
# Temporary: direct messages opened too fast, and an error within Discord (discord-api-docs#6473).
PASSING = {40003, 40333}
# Statuses that networks in between also send, for a while: what they block, or have no route to.
BY_NETWORKS = {403, 404, 407, 451}
FIRST_CODE = 10001  # Discord's own codes start here; its network's are smaller, and 0 is none
NO_HISTORY = 160002
INVALID_FORM = 50035
UNKNOWN_INTERACTION = 10062
# The interaction was acknowledged: its token cannot be used any more, spent or not (#7220, #6851).
TOKEN_GONE = {10015, 50027}
ANSWERED_ALREADY = 40060
# Discord has told the asker that there was no answer: it came too late, or the thread is archived or locked for
# them (discord-api-docs#5517).
NOT_ANSWERED = {UNKNOWN_INTERACTION, 50083, 160005}


@contextmanager
def closing_is_trouble() -> Iterator[None]:
    """A closed connection and an unreadable response count as network errors; all other exceptions are bugs of ours."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as error:
        if not _is_in_an_answer(error):
            raise
        raise aiohttp.ClientPayloadError(f"unreadable: {error}") from error
    except RuntimeError as error:
        if str(error) not in CLOSED:
            raise
        raise aiohttp.ClientConnectionError(str(error)) from error


def _is_in_an_answer(error: Exception) -> bool:
    return any(frame.f_code in READING for frame, _ in walk_tb(error.__traceback__))


@contextmanager
def our_errors() -> Iterator[None]:
    """Turns refusals by Discord and the network into Undeliverable or Unavailable."""
    with lost_answers() as lost:
        try:
            with closing_is_trouble():
                yield
        except TROUBLE as error:
            raise in_our_words(error, may_stand=bool(lost)) from error


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """`our_errors` for changes to a message of ours: it ends quietly if that no longer exists."""
    with our_errors():
        try:
            yield
        except discord.NotFound as error:
            if not is_gone(error):
                raise


def is_too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or code_of(error) in TOO_LARGE


def is_gone(error: discord.HTTPException) -> bool:
    """Whether the message to be changed no longer exists.

    In an outage Discord may not know a channel or a server either (bsquidwrd/LiveBot#30), and both come back.
    """
    return isinstance(error, discord.NotFound) and code_of(error) == UNKNOWN_MESSAGE


def is_passing(error: discord.HTTPException) -> bool:
    """Whether the very same request may work later.

    A refusal without one of Discord's own codes comes from a network in between, be it a page (discord-api-docs#849) or
    JSON.
    """
    code = code_of(error)
    if code in SENTENCES:
        return False
    return code in PASSING or is_barred(error) or error.status in {429, 401} or error.status >= 500


def is_outage(error: BaseException) -> bool:
    """Whether Discord, or the way to it, is in trouble."""
    if isinstance(error, discord.HTTPException):
        return is_passing(error)
    return isinstance(error, discord.RateLimited | aiohttp.ClientError)


def is_barred(error: discord.HTTPException) -> bool:
    """Whether a network in between blocks the request: for a while, or as long as it is configured like that."""
    return error.status in BY_NETWORKS and code_of(error) < FIRST_CODE


def code_of(error: discord.HTTPException) -> int:
    """Discord's own code of a refusal; 0 if there is none. Whatever answers in its place may have a text there."""
    code: object = error.code
    return code if isinstance(code, int) else 0


def is_unheard(error: Exception, *, lost: bool) -> bool:
    """Whether the answer to an interaction was refused so that the asker has not seen it, and will not.

    "Already answered" means by another process with our token, unless an answer of ours was `lost` before.
    """
    code = code_of(error) if isinstance(error, discord.HTTPException) else 0
    return code in NOT_ANSWERED or (code == ANSWERED_ALREADY and not lost)


def is_token_gone(error: discord.HTTPException) -> bool:
    """Whether an interaction can no longer be answered; its channel can still be used."""
    return code_of(error) in TOKEN_GONE


def refuses_the_reference(error: discord.HTTPException) -> bool:
    """Whether only the reply reference is refused, not the message."""
    return code_of(error) == NO_HISTORY or (code_of(error) == INVALID_FORM and "message_reference" in error.text)


def in_our_words(error: Exception, *, may_stand: bool = False) -> KinoraError:
    """What a failed post means for the video. `may_stand`: an attempt before the failed one may have succeeded."""
    if isinstance(error, discord.RateLimited):
        return Unavailable(PAUSE, error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return Unavailable(UNREACHABLE)
    if is_passing(error):
        return Unavailable(IN_TROUBLE, barred=is_barred(error))
    is_gone = code_of(error) == UNKNOWN_CHANNEL
    return Undeliverable(_refusal(error), reach_of(error), channel_gone=is_gone, may_stand=may_stand)


def _refusal(error: discord.HTTPException) -> Message:
    if code_of(error) in SENTENCES:
        return SENTENCES[code_of(error)]
    if isinstance(error, discord.NotFound):
        return NO_CHANNEL
    if isinstance(error, discord.Forbidden):
        return NO_RIGHT
    return refused_by_discord(error.text[:200])


def reach_of(error: Exception) -> Reach:
    """How far a final refusal reaches."""
    if not isinstance(error, discord.HTTPException):
        return Reach.NOWHERE
    if code_of(error) in BY_ITS_SERVER:
        return Reach.SERVER
    unnamed = code_of(error) not in SENTENCES and isinstance(error, discord.NotFound | discord.Forbidden)
    return Reach.CHANNEL if code_of(error) in BY_ITS_CHANNEL or unnamed else Reach.NOWHERE
