"""What members do with finished videos, as use cases."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.media import FamilyPainter
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.batches import OrderBatches
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.lineage import Lineage
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.jobs.use_cases.studio.stills import VideoStills
from bot.jobs.use_cases.studio.votes import Votes
from bot.wiring.jobs import JobParts


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedVideoUseCases:
    favourites: Favourites
    collections: Collections
    lineage: Lineage
    stills: VideoStills
    painter: FamilyPainter
    batches: OrderBatches
    votes: Votes
    showcase: Showcase


def finished_video_use_cases(
    parts: JobParts, authorization: Authorization, private_videos: PrivateVideos, create: CreateVideo
) -> FinishedVideoUseCases:
    showcase = Showcase(
        store=parts.stores.showcase,
        preferences=private_videos.preferences,
        own_preferences=create.confirmation.own_preferences,
        clock=parts.clock,
    )
    return FinishedVideoUseCases(
        favourites=Favourites(
            store=parts.stores.favourites,
            authorization=authorization,
            private_videos=private_videos,
            showcase=showcase,
            clock=parts.clock,
        ),
        showcase=showcase,
        collections=Collections(
            store=parts.stores.collections,
            authorization=authorization,
            private_videos=private_videos,
            clock=parts.clock,
        ),
        lineage=Lineage(queries=parts.stores.queries, private_videos=private_videos),
        stills=VideoStills(
            files=parts.stores.files, cutter=parts.media, private_videos=private_videos, venues=authorization.venues
        ),
        painter=parts.media,
        batches=OrderBatches(
            create=create, queue=parts.stores.queue, queries=parts.stores.queries, events=parts.events
        ),
        votes=Votes(
            store=parts.stores.votes,
            queries=parts.stores.queries,
            authorization=authorization,
            private_videos=private_videos,
            clock=parts.clock,
        ),
    )


def library_of(parts: JobParts, authorization: Authorization, preferences: GuildPreferences) -> BrowseLibrary:
    return BrowseLibrary(
        library=parts.stores.library,
        authorization=authorization,
        preferences=preferences,
        guilds=parts.stores.guilds,
        catalogue=parts.catalogue,
        clock=parts.clock,
    )
