"""Signed addresses of player pages: who has one may watch that one video until it runs out, and nobody else may."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.domain.ids import JobId


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
        if not (until.isascii() and until.isdigit() and len(until) < 12 and signature.isascii()):
            return False
        moment = int(until)
        return hmac.compare_digest(self._signed(job_id, moment), signature) and now.timestamp() < moment

    def _signed(self, job_id: JobId, moment: int) -> str:
        return hmac.new(self.key, f"player {job_id} {moment}".encode(), hashlib.sha256).hexdigest()
