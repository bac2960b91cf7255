"""Signed addresses: of player pages, for who may watch one video; of galleries, for one member; and of webhooks."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job

MOMENT = re.compile(r"[1-9][0-9]{0,10}")  # seconds since 1970, in the one way that links are written
BETWEEN_IDS = "."
ARCHIVE = "kinora-videos.zip"  # what a download of several videos is called
GALLERY_LASTS = timedelta(hours=1)
GALLERY_LONGEST = timedelta(hours=12)  # however often its pass was renewed


@value_object
class PlayerLinks:
    """`base` is the address people reach this machine at, without a slash at its end; `key` is secret."""

    base: str
    key: bytes

    def to(self, job_id: JobId, until: datetime) -> str:
        """The player page of a video, open until then."""
        moment = int(until.timestamp())
        return f"{self.base}/v/{job_id}?{urlencode({'until': moment, 'sig': self._signed(job_id, moment)})}"

    def opens(self, job_id: JobId, until: str, signature: str, now: datetime) -> bool:
        """Whether this is a signature of ours and has not run out."""
        moment = _to_come(until, now)
        return moment is not None and _is(signature, self._signed(job_id, moment))

    def _signed(self, job_id: JobId, moment: int) -> str:
        return _signature(self.key, f"player {job_id} {moment}")


@value_object
class ArchiveLinks:
    """Addresses of archives with several videos. They carry which, so nothing has to be remembered.

    `base` and `key` as in `PlayerLinks`.
    """

    base: str
    key: bytes

    def to(self, job_ids: Sequence[JobId], until: datetime) -> str:
        named, moment = BETWEEN_IDS.join(job_ids), int(until.timestamp())
        return f"{self.base}/zip/{named}?{urlencode({'until': moment, 'sig': self._signed(named, moment)})}"

    def opens(self, named: str, until: str, signature: str, now: datetime) -> Sequence[JobId]:
        """The videos that it names; none unless this is a signature of ours that has not run out."""
        moment = _to_come(until, now)
        is_ours = moment is not None and _is(signature, self._signed(named, moment))
        return [JobId(each) for each in named.split(BETWEEN_IDS)] if is_ours else []

    def _signed(self, named: str, moment: int) -> str:
        return _signature(self.key, f"archive {named} {moment}")


@value_object(kw_only=False)
class Viewer:
    """Whose gallery, and on which server."""

    guild_id: int
    member_id: int


@value_object
class GalleryVisit:
    """A gallery that somebody has open, since they followed their link."""

    viewer: Viewer
    opened: datetime
    until: datetime


@value_object
class GalleryLinks:
    """A link opens a gallery, and is good for an hour. The browser is given a pass for it, renewed while it is open.

    `base` and `key` as in `PlayerLinks`. What a link is signed for says nothing of what its member may see.
    """

    base: str
    key: bytes

    def to(self, viewer: Viewer, now: datetime) -> str:
        moment = int((now + GALLERY_LASTS).timestamp())
        query = urlencode({"until": moment, "sig": self._link_signed(viewer, moment)})
        return f"{self.base}/gallery/{viewer.guild_id}/{viewer.member_id}/open?{query}"

    def opens(self, viewer: Viewer, until: str, signature: str, now: datetime) -> bool:
        """Whether this is a signature of ours and has not run out."""
        moment = _to_come(until, now)
        return moment is not None and _is(signature, self._link_signed(viewer, moment))

    def pass_for(self, viewer: Viewer, opened: datetime, now: datetime) -> str:
        """What the browser sends with each request for an hour, and not longer than a gallery is open at a stretch."""
        until = min(now + GALLERY_LASTS, opened + GALLERY_LONGEST)
        moments = f"{int(opened.timestamp())}.{int(until.timestamp())}"
        return f"{moments}.{self._pass_signed(viewer, moments)}"

    def visit(self, viewer: Viewer, given: str, now: datetime) -> GalleryVisit | None:
        """What a pass says. None unless it is one of ours for this gallery, and has not run out."""
        opened, _, rest = given.partition(".")
        until, _, signature = rest.partition(".")
        if not MOMENT.fullmatch(opened) or _to_come(until, now) is None:
            return None
        if not _is(signature, self._pass_signed(viewer, f"{opened}.{until}")):
            return None
        since, end = (datetime.fromtimestamp(int(each), UTC) for each in (opened, until))
        return GalleryVisit(viewer=viewer, opened=since, until=end)

    def _link_signed(self, viewer: Viewer, moment: int) -> str:
        return _signature(self.key, f"gallery {viewer.guild_id} {viewer.member_id} {moment}")

    def _pass_signed(self, viewer: Viewer, moments: str) -> str:
        return _signature(self.key, f"gallery pass {viewer.guild_id} {viewer.member_id} {moments}")


def gallery_links(links: PlayerLinks | None) -> GalleryLinks | None:
    """With the same key, which signs for another purpose. None where there are no pages."""
    return None if links is None else GalleryLinks(base=links.base, key=links.key)


@value_object
class HookLinks:
    """Addresses that an account's service calls about one job. They carry the job's id, as the service cannot.

    They also say when the request was sent that they were given with: of a job that was sent twice, the service may
    call about either. Those of older versions do not.

    `base` and `key` as in `PlayerLinks`; the key is one that all processes share.
    """

    account: str
    base: str
    key: bytes

    def to(self, job: Job, sent_at: datetime | None = None) -> str | None:
        """The address for a request for a job; None when another account makes it."""
        if job.account != self.account:
            return None
        second = None if sent_at is None else int(sent_at.timestamp())
        path = f"{job.id}" if second is None else f"{job.id}/{second}"
        return f"{self.base}/hooks/{self.account}/{path}/{self._signed(job.id, second)}"

    def opens(self, job_id: JobId, second: int | None, signature: str) -> bool:
        """Whether this is a signature of ours. `second`: of the request, in Unix time, where the address has one."""
        return _is(signature, self._signed(job_id, second))

    def _signed(self, job_id: JobId, second: int | None) -> str:
        return _signature(self.key, f"hook {self.account} {job_id}" + ("" if second is None else f" {second}"))


@value_object(kw_only=False)
class AllHookLinks:
    """Those of every account whose service is to call."""

    accounts: Sequence[HookLinks]

    def to(self, job: Job, sent_at: datetime | None = None) -> str | None:
        """The address for a request for a job; None when the service that makes it is not to call."""
        return next((url for links in self.accounts if (url := links.to(job, sent_at)) is not None), None)


def _signature(key: bytes, signed: str) -> str:
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def _to_come(written: str, now: datetime) -> int | None:
    """A moment as links have it; None for what is none, or is over."""
    moment = int(written) if MOMENT.fullmatch(written) else None
    return moment if moment is not None and now.timestamp() < moment else None


def _is(given: str, right: str) -> bool:
    return given.isascii() and hmac.compare_digest(right, given)
