"""A simulated moderation service like OpenAI's `POST /moderations`: it judges by single words, and says so.

A prompt with "bloodbath" is violent, one with "nude" sexual, and one with "hateful" hateful; everything else is fine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.video.service import SANDBOX_KEY

MOUNT = "/moderation"
CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic"),
)
FOUND_BY = {"bloodbath": "violence", "nude": "sexual", "hateful": "hate"}


@dataclass
class ModerationHost:
    """`asked`: the requests it got, oldest first. `down`: the status that it answers with instead."""

    asked: list[Any] = field(default_factory=list)
    down: int | None = None

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.post("/v1/moderations", self._moderate)])
        return application

    async def _moderate(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SANDBOX_KEY}":
            return web.json_response({"error": {"message": "Incorrect API key provided."}}, status=401)
        if self.down is not None:
            return web.json_response({"error": {"message": "The server is overloaded."}}, status=self.down)
        asked = await request.json()
        self.asked.append(asked)
        answer = {"id": f"modr-{len(self.asked)}", "model": asked["model"], "results": [_judged(asked["input"])]}
        return web.json_response(answer)


def settings(sandbox: str) -> Mapping[str, str]:
    """The settings that point the bot to it."""
    return {"MODERATION_API_KEY": SANDBOX_KEY, "MODERATION_BASE_URL": f"{sandbox}{MOUNT}/v1"}


def _judged(asked: list[dict[str, Any]]) -> dict[str, Any]:
    words = set(re.findall(r"\w+", " ".join(str(part.get("text", "")) for part in asked).lower()))
    found = {FOUND_BY[word] for word in words if word in FOUND_BY}
    kinds = ["image" if part["type"] == "image_url" else "text" for part in asked]
    return {
        "flagged": bool(found),
        "categories": {category: category in found for category in CATEGORIES},
        "category_scores": {category: 0.97 if category in found else 0.0001 for category in CATEGORIES},
        "category_applied_input_types": {category: kinds if category in found else [] for category in CATEGORIES},
    }
