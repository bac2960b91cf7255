"""Pictures and files given to a command, fetched only from Discord's own hosts.

discord.py's `Attachment.read` follows redirects and reads any number of bytes; a redirect could lead anywhere in the
host's own network.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.media import LARGEST_PICTURE
from bot.domain.messages import Message
from bot.jobs.use_cases.authorization import Authorization
from bot.network.proxy import ProxyConnector
from bot.ui.interactions.responses import think
from bot.ui.text.phrases import errors

PATIENCE = aiohttp.ClientTimeout(total=60.0, connect=5.0, sock_read=15.0)  # seconds
CHUNK = 64 * 1024  # bytes

MOST = LARGEST_PICTURE // 2**20  # megabytes


@wired
class AttachedPictures:
    """Pictures to start from, given by members who may make videos. `hosts`: Discord's own, the only ones asked."""

    authorization: Authorization
    hosts: frozenset[str]

    async def read(
        self, interaction: discord.Interaction[Any], member: Member, url: str, size: int, *, private: bool
    ) -> bytes:
        """The bytes of a picture. `size` is the declared number of bytes. Raises NotAllowed and BadRequest."""
        await self.authorization.authorize(member, Act.MAKE)
        check_attachment(url, size, self.hosts)
        await think(interaction, ephemeral=private)  # fitting it may take longer than 3 s
        return await fetch(url)


def check_attachment(url: str, size: int, hosts: frozenset[str]) -> None:
    """Raise BadRequest for a picture whose declared size is too large, or that is on any other host."""
    if size > LARGEST_PICTURE:
        raise BadRequest(errors.too_large(size, MOST))
    if host_of(url) not in hosts:
        raise BadRequest(errors.NOT_FROM_DISCORD)


async def fetch(url: str) -> bytes:
    """The picture's bytes. Does not follow redirects, and stops if it is larger than declared. Raises BadRequest."""
    return await _downloaded(
        url, LARGEST_PICTURE, not_fetched=errors.NOT_FETCHED, too_large=errors.larger_than_said(MOST)
    )


async def fetch_file(url: str, size: int, hosts: frozenset[str], most: int) -> bytes:
    """Likewise for other files, up to `most` bytes. `size`: the declared size."""
    if host_of(url) not in hosts:
        raise BadRequest(errors.FILE_NOT_FETCHED)
    too_large = errors.file_too_large(most)
    if size > most:
        raise BadRequest(too_large)
    return await _downloaded(url, most, not_fetched=errors.FILE_NOT_FETCHED, too_large=too_large)


async def _downloaded(url: str, most: int, *, not_fetched: Message, too_large: Message) -> bytes:
    data = bytearray()
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE, connector=ProxyConnector()) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise BadRequest(not_fetched)
            async for chunk in response.content.iter_chunked(CHUNK):
                data += chunk
                if len(data) > most:
                    raise BadRequest(too_large)
    except (aiohttp.ClientError, OSError):
        raise BadRequest(not_fetched) from None
    return bytes(data)


def host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
