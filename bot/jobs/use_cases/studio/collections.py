"""What members put into collections of their own, and managers into those of the server."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.messages import Count, Foreign, msg
from bot.domain.ports.clock import Clock
from bot.domain.studio.collections import (
    LONGEST_NAME,
    MOST_COLLECTIONS,
    THE_SERVERS,
    CollectionStore,
    VideoCollection,
)
from bot.domain.studio.named import found, meant
from bot.domain.texts.names import tidied
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos

UNNAMED = msg("A collection needs a name. Nothing was changed.")
NO_PRIVATE_ONES = msg("A private video can't be in a collection of the server. Nothing was changed.")
NOTHING_TO_KEEP = msg("None of these has a video to keep. Nothing was changed.")


@wired
class Collections:
    """Raises BadRequest, and NotAllowed for the server's where somebody does not manage it."""

    store: CollectionStore
    authorization: Authorization
    private_videos: PrivateVideos
    clock: Clock

    async def listed(self, member: Member) -> Sequence[VideoCollection]:
        """Their own and the server's. What is in them is shown as far as they may watch it."""
        return await self.store.listed(member.guild_id, member.id)

    async def named(self, member: Member, typed: str) -> VideoCollection:
        """By its name, or as it was suggested; of two with one name their own."""
        collection = found(await self.listed(member), typed)
        if collection is None:
            raise BadRequest(
                msg(
                    "There is no collection “{name}” here. Pick one from the list that opens while you type.",
                    name=Foreign(meant(typed)[:LONGEST_NAME]),
                )
            )
        return collection

    async def put(
        self, member: Member, jobs: Sequence[Job], name: str, *, for_server: bool = False
    ) -> tuple[VideoCollection, int]:
        """The collection, and how many it was given."""
        await self.authorization.authorize(member, Act.MANAGE if for_server else Act.KEEP)
        collection = _collection(member, name, for_server=for_server)
        kept = [job for job in await self.private_videos.watchable(member, jobs) if job.video is not None]
        if not kept:
            raise BadRequest(NOTHING_TO_KEEP)
        if for_server and any(job.private for job in kept):
            raise BadRequest(NO_PRIVATE_ONES)
        known = [each for each in await self.listed(member) if each.is_servers == for_server]
        if len(known) >= MOST_COLLECTIONS and collection.key not in {each.key for each in known}:
            raise BadRequest(msg("There can be {most} collections. Nothing was changed.", most=Count(MOST_COLLECTIONS)))
        same = next((each for each in known if each.key == collection.key), collection)
        await self.store.put(same, [job.id for job in kept], self.clock.now())
        return same, len(kept)

    async def take_out(self, member: Member, jobs: Sequence[Job], collection: VideoCollection) -> int:
        """How many were in it."""
        await self.authorization.authorize(member, Act.MANAGE if collection.is_servers else Act.KEEP)
        return await self.store.take_out(collection, [job.id for job in jobs])


def _collection(member: Member, name: str, *, for_server: bool = False) -> VideoCollection:
    plain = tidied(name, LONGEST_NAME)
    if not plain:
        raise BadRequest(UNNAMED)
    return VideoCollection(guild_id=member.guild_id, member_id=THE_SERVERS if for_server else member.id, name=plain)
