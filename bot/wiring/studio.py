"""What members do with finished videos, as use cases."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.media import FamilyPainter
from bot.jobs.retention.server_storage import ServerStorage
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.batches import OrderBatches
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.contests.enter import EnterContests
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.jobs.use_cases.studio.contests.vote import VoteInContests
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.lineage import Lineage
from bot.jobs.use_cases.studio.ratings import Ratings
from bot.jobs.use_cases.studio.several import RetrySeveral
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.jobs.use_cases.studio.stills import VideoStills
from bot.jobs.use_cases.studio.votes import Votes
from bot.wiring.jobs import JobParts


@wired
class ContestUseCases:
    """What members do in contests."""

    known: KnownContests
    enter: EnterContests
    vote: VoteInContests


@wired
class FinishedVideoUseCases:
    favourites: Favourites
    collections: Collections
    lineage: Lineage
    stills: VideoStills
    painter: FamilyPainter
    batches: OrderBatches
    votes: Votes
    ratings: Ratings
    retry: RetrySeveral
    contests: ContestUseCases
    showcase: Showcase
    storage: ServerStorage


def finished_video_use_cases(
    parts: JobParts, authorization: Authorization, private_videos: PrivateVideos, create: CreateVideo
) -> FinishedVideoUseCases:
    showcase = _showcase(parts, private_videos, create)
    return FinishedVideoUseCases(
        favourites=Favourites(
            store=parts.stores.favourites,
            authorization=authorization,
            private_videos=private_videos,
            showcase=showcase,
            clock=parts.clock,
        ),
        showcase=showcase,
        storage=ServerStorage(
            videos=parts.stores.kept_videos, quota=parts.quota, preferences=private_videos.preferences
        ),
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
        retry=RetrySeveral(
            queries=parts.stores.queries,
            private_videos=private_videos,
            records=parts.stores.records,
            create=create,
        ),
        votes=_votes(parts, authorization, private_videos),
        ratings=_ratings(parts, authorization, private_videos),
        contests=_contests(parts, authorization),
    )


def _showcase(parts: JobParts, private_videos: PrivateVideos, create: CreateVideo) -> Showcase:
    return Showcase(
        store=parts.stores.showcase,
        preferences=private_videos.preferences,
        own_preferences=create.confirmation.own_preferences,
        clock=parts.clock,
    )


def _contests(parts: JobParts, authorization: Authorization) -> ContestUseCases:
    stores = parts.stores
    known = KnownContests(store=stores.contests, clock=parts.clock)
    enter = EnterContests(known=known, queries=stores.queries, library=stores.library, authorization=authorization)
    return ContestUseCases(known=known, enter=enter, vote=VoteInContests(known=known, authorization=authorization))


def _ratings(parts: JobParts, authorization: Authorization, private_videos: PrivateVideos) -> Ratings:
    return Ratings(
        store=parts.stores.ratings, authorization=authorization, private_videos=private_videos, clock=parts.clock
    )


def _votes(parts: JobParts, authorization: Authorization, private_videos: PrivateVideos) -> Votes:
    return Votes(
        store=parts.stores.votes,
        queries=parts.stores.queries,
        authorization=authorization,
        private_videos=private_videos,
        clock=parts.clock,
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
