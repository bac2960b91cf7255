"""One interaction of the simulated Gemini, in the formats recorded at the real one (October 2026)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from bot.data_classes import value_object
from bot.sandbox.video.gemini.orders import Asked
from bot.sandbox.video.openai.videos import SimulatedVideo

TOKENS_A_SECOND: Mapping[str, int] = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}  # only 720p is recorded
TOKENS_A_PICTURE = 1089
WITHHELD = "I can't make this video, because it may go against our policies."
KEPT_SECONDS = 48 * 3600.0


@value_object
class Turn:
    """A request and its result. `filmed` seconds are made, `watched` seconds of an earlier video are read."""

    asked: Asked
    video: SimulatedVideo
    filmed: int
    watched: int = 0
    cancelled_at: float | None = None
    file: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def keeps_until(self) -> float:
        return self.video.ends_at + KEPT_SECONDS

    def status(self, now: float) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if now < self.video.ends_at:
            return "in_progress"
        return "failed" if self.video.behaviour.breaks else "completed"

    def has_film(self, now: float) -> bool:
        return self.status(now) == "completed" and not self.video.behaviour.moderated

    def begun(self) -> dict[str, Any]:
        """The answer to the order."""
        when = iso(self.video.created_at)
        head = {"id": self.video.id, "status": "in_progress", "created": when, "updated": when}
        return head | {"service_tier": "standard", "object": "interaction", "model": self.asked.model}

    def as_json(self, now: float, film: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Its state; `film` is the address of its video, or the video itself."""
        status = self.status(now)
        head = self.begun() | {"status": status, "updated": iso(self._updated(status))}
        if status == "failed":
            return head | {"error": {"message": "Internal error encountered.", "code": "internal"}}
        steps: list[dict[str, Any]] = [{"type": "user_input", "content": list(self.asked.parts)}]
        shown = head | {"steps": steps, "response_format": dict(self.asked.film)}
        if status != "completed":
            del shown["service_tier"]
            return shown
        thought = {"signature": secrets.token_urlsafe(24), "type": "thought"}
        output = film or {"text": WITHHELD, "type": "text"}
        steps += [thought, {"content": [dict(output)], "type": "model_output"}]
        return shown | {"usage": self._usage(made=film is not None)}

    def _updated(self, status: str) -> float:
        if self.cancelled_at is not None:
            return self.cancelled_at
        return self.video.created_at if status == "in_progress" else self.video.ends_at

    def _usage(self, *, made: bool) -> dict[str, Any]:
        rate = TOKENS_A_SECOND[self.asked.film["resolution"]]
        film = self.filmed * rate if made else 0
        words, thought = (497, 235) if made else (15, 76)
        read = [("text", len(self.asked.prompt.split()) + 3)]
        given = (self.asked.picture, self.asked.end, *self.asked.references)
        read += [("image", TOKENS_A_PICTURE)] * sum(picture is not None for picture in given)
        read += [("video", self.watched * rate)] if self.watched else []
        total_read = sum(tokens for _, tokens in read)
        usage: dict[str, Any] = {
            "total_tokens": total_read + film + words + thought,
            "total_input_tokens": total_read,
            "input_tokens_by_modality": by_modality(read),
            "total_cached_tokens": 0,
            "total_output_tokens": film + words,
        }
        if made:
            usage["output_tokens_by_modality"] = by_modality([("video", film)])
        invocation = {
            "prompt_tokens_details": by_modality([("text", 1783 + read[0][1]), *read[1:]]),
            "candidates_tokens_details": by_modality([("text", words)]),
            "thoughts_tokens_details": by_modality([("text", thought)]),
        }
        return usage | {
            "total_tool_use_tokens": 0,
            "total_thought_tokens": thought,
            "raw_prompt_token": 29_000 + total_read,
            "model_invocation_token_counts": [invocation],
            "non_grounding_model_invocation_token_counts": [invocation],
        }


def by_modality(counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"modality": modality, "tokens": tokens} for modality, tokens in counts]


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
