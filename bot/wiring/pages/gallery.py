"""The gallery: Discord decides who may open it, so it is built after that side."""

from __future__ import annotations

from bot.client import VideoBot
from bot.domain.links import PlayerLinks, gallery_links
from bot.jobs.use_cases.studio.gallery import Gallery
from bot.ui.interactions.members import DiscordPeople
from bot.ui.text.render import plain_text
from bot.web.gallery.members import CachedMembers
from bot.web.gallery.names import CachedNames
from bot.web.gallery.pages import GalleryPages
from bot.web.gallery.visits import Visits
from bot.web.pages.kept_files import FilePages
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases


def gallery_pages(
    parts: JobParts, uses: UseCases, client: VideoBot, links: PlayerLinks | None, *, redirects: bool
) -> GalleryPages | None:
    """None if nobody could get a link to them."""
    given = gallery_links(links)
    if given is None:
        return None
    people = DiscordPeople(client=client)
    members = CachedMembers(people=people, clock=parts.clock)
    return GalleryPages(
        visits=Visits(links=given, members=members, clock=parts.clock, write=plain_text),
        gallery=Gallery(
            browse=uses.browse,
            library=uses.library,
            collections=uses.finished.collections,
            ratings=uses.finished.ratings,
        ),
        files=FilePages(files=parts.stores.files, write=plain_text, redirects=redirects),
        write=plain_text,
        names=CachedNames(people=people, clock=parts.clock),
    )
