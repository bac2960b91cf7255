"""Who sends a request to a gallery: the pass in the cookie, and the member as Discord has them now."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed, Unavailable
from bot.domain.links import GALLERY_LASTS, GalleryLinks, GalleryVisit, Viewer
from bot.domain.ports.clock import Clock
from bot.domain.texts.discord_ids import DISCORD_ID
from bot.web.gallery.members import CachedMembers
from bot.web.pages.document import refusal
from bot.web.pages.phrases import CLOSED, WRONG_GALLERY, Writer

PATH = f"/gallery/{{guild:{DISCORD_ID}}}/{{member:{DISCORD_ID}}}/"
COOKIE = "kinora_gallery"


@wired
class Visits:
    """The address of a gallery opens nothing without its pass, so it can be seen or passed on by mistake."""

    links: GalleryLinks
    members: CachedMembers
    clock: Clock
    write: Writer

    def opened(self, request: web.Request) -> web.HTTPException:
        """Redirects from a signed link to the gallery, with a pass. Otherwise raises a page that says why not."""
        viewer, now = _viewer(request), self.clock.now()
        if not self.links.opens(viewer, request.query.get("until", ""), request.query.get("sig", ""), now):
            raise refusal(request, web.HTTPForbidden, WRONG_GALLERY, self.write)
        answer = web.HTTPSeeOther("./", headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        self._give_pass(answer, GalleryVisit(viewer=viewer, opened=now, until=now))
        return answer

    async def member(self, request: web.Request) -> Member:
        """Raises a page if the pass has expired, the member has left, or Discord cannot be asked."""
        visit = self._visit(request)
        try:
            return await self.members.member(visit.viewer)
        except NotAllowed as error:
            raise refusal(request, web.HTTPForbidden, error.message, self.write) from None
        except Unavailable as error:
            raise refusal(request, web.HTTPServiceUnavailable, error.message, self.write) from None

    def renew(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Extend the pass of an open gallery."""
        self._give_pass(answer, self._visit(request))

    def _visit(self, request: web.Request) -> GalleryVisit:
        visit = self.links.visit(_viewer(request), request.cookies.get(COOKIE, ""), self.clock.now())
        if visit is None:
            raise refusal(request, web.HTTPForbidden, CLOSED, self.write)
        return visit

    def _give_pass(self, answer: web.StreamResponse, visit: GalleryVisit) -> None:
        base, viewer = urlsplit(self.links.base), visit.viewer
        answer.set_cookie(
            COOKIE,
            self.links.pass_for(viewer, visit.opened, self.clock.now()),
            max_age=int(GALLERY_LASTS.total_seconds()),
            path=f"{base.path}/gallery/{viewer.guild_id}/{viewer.member_id}/",
            secure=base.scheme == "https",
            httponly=True,
            samesite="Lax",
        )


def _viewer(request: web.Request) -> Viewer:
    return Viewer(int(request.match_info["guild"]), int(request.match_info["member"]))
