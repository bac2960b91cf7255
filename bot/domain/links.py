"""Signed addresses: of player pages, for who may watch one video, and of webhooks, for who may speak about one job."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.domain.ids import JobId
from bot.domain.job import Job

MOMENT = re.compile(r"[1-9][0-9]{0,10}")  # seconds since 1970, in the one way that links are written


@dataclass(frozen=True, slots=True, kw_only=True)
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
        if not (MOMENT.fullmatch(until) and signature.isascii()):
            return False
        moment = int(until)
        return hmac.compare_digest(self._signed(job_id, moment), signature) and now.timestamp() < moment

    def _signed(self, job_id: JobId, moment: int) -> str:
        return hmac.new(self.key, f"player {job_id} {moment}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class HookLinks:
    """Addresses that an account's service calls about one job. They carry the job's id, as the service cannot.

    `base` and `key` as in `PlayerLinks`; the key is one that all processes share.
    """

    account: str
    base: str
    key: bytes

    def to(self, job: Job) -> str | None:
        """The address for a job; None when another account makes it."""
        if job.account != self.account:
            return None
        return f"{self.base}/hooks/{self.account}/{job.id}/{self._signed(job.id)}"

    def opens(self, job_id: JobId, signature: str) -> bool:
        """Whether this is a signature of ours."""
        return signature.isascii() and hmac.compare_digest(self._signed(job_id), signature)

    def _signed(self, job_id: JobId) -> str:
        return hmac.new(self.key, f"hook {self.account} {job_id}".encode(), hashlib.sha256).hexdigest()
