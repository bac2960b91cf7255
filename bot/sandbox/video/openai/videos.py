"""One simulated video: what was ordered, and its state at any time."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import SLOW, Behaviour

QUEUED_SHARE = 0.08  # of the render time
BREAKS_AT = 0.5  # of the render time
KEPT_SECONDS = 3600.0  # files expire this long after they are finished

MODERATED = {"code": "moderation_blocked", "message": "Your request was blocked by our moderation system."}
BROKE = {"code": "server_error", "message": "The simulated server broke while making this video. Please try again."}


@value_object
class Ordered:
    """A checked order. `lineage` holds the prompts from the first video to this one; a plain video has only its own."""

    model: str
    seconds: int
    size: tuple[int, int]
    lineage: tuple[str, ...]
    picture: bytes | None = None  # an image or a video to start from
    remixed_from: str | None = None
    seed: int | None = None
    without: str = ""  # the negative prompt
    sound: bool | None = None  # None: not asked for either way
    end: bytes | None = None  # an image to end with
    references: tuple[bytes, ...] = ()

    @property
    def prompt(self) -> str:
        return self.lineage[-1]


@value_object
class SimulatedVideo:
    """A video that is being made, or was. Times are Unix seconds on the host's clock."""

    id: str
    ordered: Ordered
    created_at: float
    render_seconds: float

    @property
    def behaviour(self) -> Behaviour:
        return Behaviour.of(self.ordered.prompt)

    @property
    def will_fail(self) -> bool:
        return self.behaviour.breaks or self.behaviour.moderated

    @property
    def ends_at(self) -> float:
        """When it ends, with or without success."""
        share = (SLOW if self.behaviour.slow else 1.0) * (BREAKS_AT if self.behaviour.breaks else 1.0)
        return self.created_at + share * self.render_seconds

    @property
    def expires_at(self) -> float:
        return self.ends_at + KEPT_SECONDS

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return "failed" if self.will_fail else "completed"
        return "queued" if self._share(now) < QUEUED_SHARE else "in_progress"

    def progress(self, now: float) -> int:
        if self.status(now) == "completed":
            return 100
        if self.behaviour.no_progress:
            return 0
        return min(99, int(100 * self._share(now) * (BREAKS_AT if self.behaviour.breaks else 1.0)))

    def error(self, now: float) -> dict[str, str] | None:
        if self.status(now) != "failed":
            return None
        return MODERATED if self.behaviour.moderated else BROKE

    def as_json(self, now: float) -> dict[str, object]:
        """The video as the service describes it (schema VideoResource)."""
        done = self.status(now) == "completed"
        width, height = self.ordered.size
        return {
            "id": self.id,
            "object": "video",
            "model": self.ordered.model,
            "status": self.status(now),
            "progress": self.progress(now),
            "created_at": int(self.created_at),
            "completed_at": int(self.ends_at) if done else None,
            "expires_at": int(self.expires_at) if done else None,
            "prompt": self.ordered.prompt,
            "size": f"{width}x{height}",
            "seconds": str(self.ordered.seconds),
            "remixed_from_video_id": self.ordered.remixed_from,
            "error": self.error(now),
        }

    def _share(self, now: float) -> float:
        whole = self.ends_at - self.created_at
        return min(1.0, max(0.0, (now - self.created_at) / whole)) if whole > 0 else 1.0
