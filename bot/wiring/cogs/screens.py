"""What cogs use besides use cases."""

from __future__ import annotations

from collections.abc import Callable

from discord import Client

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.links import PlayerLinks, Viewer, gallery_links
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import Reposter
from bot.domain.ports.records import Records
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.jobs.use_cases.moderation.venues import PostingVenues
from bot.settings import Settings
from bot.ui.cards.batch_rendering import BatchRenderer
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.lookup import ResultLookup
from bot.ui.cards.rendering import CardRenderer
from bot.ui.dialogs.drafts import Drafts
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.members import DiscordVenues
from bot.ui.publish.repost import RepostVideo
from bot.wiring.jobs import JobParts
from bot.wiring.stores import Stores
from bot.wiring.use_cases import UseCases


@wired
class ScreenParts:
    """What cogs, and what posts by itself, use besides use cases."""

    messages: MessageStore
    files: FileStore
    records: Records
    drafts: Drafts
    renderer: CardRenderer
    batches: BatchRenderer
    languages: ServerLanguages
    lookup: ResultLookup
    thread_parents: ThreadParents
    pictures: AttachedPictures
    gallery_of: Callable[[Member], str] | None
    spoilers: SpoilerRules
    venues: PostingVenues


def screen_parts(
    settings: Settings, parts: JobParts, uses: UseCases, client: Client, links: PlayerLinks | None
) -> ScreenParts:
    stores, spoilers = parts.stores, SpoilerRules(preferences=uses.preferences)
    languages = ServerLanguages(preferences=uses.preferences, client=client)
    return ScreenParts(
        messages=stores.messages,
        files=stores.files,
        records=stores.records,
        drafts=Drafts(records=stores.records),
        renderer=CardRenderer(
            browse=uses.browse,
            alternatives=uses.alternatives,
            messages=stores.messages,
            files=stores.files,
            languages=languages,
            spoilers=spoilers,
        ),
        batches=_batch_renderer(stores, uses, spoilers, languages),
        languages=languages,
        lookup=ResultLookup(
            browse=uses.browse,
            messages=stores.messages,
            files=stores.files,
            allowances=uses.allowances,
            spoilers=spoilers,
            ratings=stores.ratings,
        ),
        thread_parents=ThreadParents(records=stores.records),
        pictures=AttachedPictures(authorization=uses.authorization, hosts=frozenset(settings.discord_media_hosts)),
        gallery_of=_gallery_of(parts, links),
        spoilers=spoilers,
        venues=PostingVenues(rules=uses.authorization.venues, channels=DiscordVenues(client=client)),
    )


def _batch_renderer(
    stores: Stores, uses: UseCases, spoilers: SpoilerRules, languages: ServerLanguages
) -> BatchRenderer:
    return BatchRenderer(
        browse=uses.browse,
        messages=stores.messages,
        files=stores.files,
        spoilers=spoilers,
        votes=stores.votes,
        languages=languages,
    )


def _gallery_of(parts: JobParts, links: PlayerLinks | None) -> Callable[[Member], str] | None:
    gallery = gallery_links(links)
    if gallery is None:
        return None
    return lambda member: gallery.to(Viewer(member.guild_id, member.id), parts.clock.now())


def repost_video(uses: UseCases, screens: ScreenParts, reposter: Reposter) -> RepostVideo:
    return RepostVideo(
        reposter=reposter,
        browse=uses.browse,
        manage=uses.manage,
        messages=screens.messages,
        files=screens.files,
        lookup=screens.lookup,
        venues=uses.authorization.venues,
    )
