"""A gallery served over real HTTP, with people on a server and videos in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.links import GalleryLinks, PlayerLinks, Viewer
from bot.domain.phases import Done
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.gallery import Gallery
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.ratings import Ratings
from bot.ui.text.phrases.errors import LEFT, NOT_ASKED
from bot.ui.text.render import plain_text
from bot.web.gallery.members import CachedMembers
from bot.web.gallery.names import CachedNames
from bot.web.gallery.pages import GalleryPages
from bot.web.gallery.visits import Visits
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from storage.files.local import LocalFiles
from storage.studio.collections import SqlCollections
from storage.studio.library import SqlVideoLibrary
from storage.studio.ratings.store import SqlRatings
from tests.builders import ANN, GUILD, NOON, a_catalogue, a_job, a_member, a_video
from tests.ports import free_port
from tests.tiers import an_authorization
from tests.workbench import Bench, a_bench

POSTER = b"RIFF....WEBP"
SHEET = b"\xff\xd8\xff\xe0 a sheet"
FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20


@dataclass
class People:
    """The GuildPeople. Anybody not in `members` has left."""

    members: dict[int, Member] = field(default_factory=dict)
    names_of: dict[int, str] = field(default_factory=dict)
    is_away: bool = False
    asked: int = 0

    async def member(self, guild_id: int, user_id: int) -> Member:
        self.asked += 1
        if self.is_away:
            raise Unavailable(NOT_ASKED)
        if user_id not in self.members or guild_id != GUILD:
            raise NotAllowed(LEFT)
        return self.members[user_id]

    async def names(self, guild_id: int, member_ids: Collection[int]) -> Mapping[int, str]:
        self.asked += 1
        if self.is_away:
            raise Unavailable(NOT_ASKED)
        return {id_: self.names_of[id_] for id_ in member_ids if id_ in self.names_of and guild_id == GUILD}


@dataclass
class GallerySite:
    url: str
    links: GalleryLinks
    bench: Bench
    files: LocalFiles
    people: People

    def link(self, member_id: int = ANN) -> str:
        return self.links.to(Viewer(GUILD, member_id), self.bench.clock.now())

    def at(self, member_id: int = ANN) -> str:
        return f"{self.url}/gallery/{GUILD}/{member_id}/"

    async def keep(self, job: Job, *, film: bytes = FILM, poster: bytes = POSTER, sheet: bytes = SHEET) -> Job:
        """Store a job; if it is finished, with its own files."""
        if isinstance(job.phase, Done):
            base = f"videos/{job.id}/1"
            video = replace(job.phase.video, video=f"{base}.mp4", poster=f"{base}.webp", sheet=f"{base}.jpg")
            job = job.moved_to(replace(job.phase, video=video))
            for data, key in ((film, video.video), (poster, video.poster), (sheet, video.sheet)):
                await self.files.put(data, key)
        return await self.bench.store.add(job)


@dataclass
class Visitor:
    """A browser without scripts: it keeps cookies and follows redirects."""

    site: GallerySite
    session: aiohttp.ClientSession

    async def opens(self, member_id: int = ANN) -> tuple[int, str]:
        return await self.gets(self.site.link(member_id))

    async def gets(self, address: str, **headers: str) -> tuple[int, str]:
        answer, body = await self.asks(address, **headers)
        return answer.status, body.decode(errors="replace")

    async def asks(self, address: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.session.get(address, headers=headers) as answer:
            return answer, await answer.read()


@asynccontextmanager
async def a_gallery(folder: Path) -> AsyncIterator[GallerySite]:
    port, key = free_port(), b"k" * 32
    url = f"http://127.0.0.1:{port}"
    people = People({ANN: a_member()})
    async with a_bench(folder) as bench:
        files = LocalFiles(folder / "files")
        links, players = GalleryLinks(base=url, key=key), PlayerLinks(base=url, key=key)
        members = CachedMembers(people=people, clock=bench.clock)
        authorization = await an_authorization()
        library = BrowseLibrary(
            catalogue=a_catalogue(),
            library=SqlVideoLibrary(database=bench.store.database),
            authorization=authorization,
            preferences=bench.private_videos.preferences,
            guilds=authorization.guilds,
            clock=bench.clock,
        )
        file_pages = FilePages(files=files, write=plain_text)
        collections = Collections(
            store=SqlCollections(database=bench.store.database),
            authorization=authorization,
            private_videos=bench.private_videos,
            clock=bench.clock,
        )
        ratings = Ratings(
            store=SqlRatings(database=bench.store.database),
            authorization=authorization,
            private_videos=bench.private_videos,
            clock=bench.clock,
        )
        gallery = GalleryPages(
            visits=Visits(links=links, members=members, clock=bench.clock, write=plain_text),
            gallery=Gallery(browse=bench.browse, library=library, collections=collections, ratings=ratings),
            files=file_pages,
            write=plain_text,
            names=CachedNames(people=people, clock=bench.clock),
        )
        pages = PlayerPages(
            find=bench.store.get,
            ratings=ratings.store.counted,
            files=file_pages,
            links=players,
            clock=bench.clock,
            write=plain_text,
        )
        stop = await serve(pages, "127.0.0.1", port, gallery=gallery)
        yield GallerySite(url, links, bench, files, people)
        await stop()


@asynccontextmanager
async def a_visitor(site: GallerySite) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Visitor(site, session)


def a_finished_video(id_: str, **changes: Any) -> Job:
    done = Done(video=a_video(), remote_id=f"video_{id_}", finished_at=NOON)
    return a_job(done, id=JobId(id_), **changes)
