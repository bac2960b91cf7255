"""OpenRouter calls the shipped bot's webhook: the bot polls at once, however long it would have waited."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path

import aiohttp

from bot.domain.ids import typed
from bot.domain.links import HookLinks
from bot.sandbox.services import Scene
from bot.sandbox.stage import Stage
from bot.sandbox.video.openrouter.webhooks import signature
from bot.sandbox.video.trouble import Operation
from tests.builders import a_job
from tests.contract.video_services import HandClock
from tests.e2e.acting import create, result_of, until
from tests.e2e.stages import patient
from tests.extent import only_in_full
from tests.ports import free_port
from tests.waiting import PATIENCE, comes_true

pytestmark = only_in_full("calls are tested at their door")

SECRET = "canary-webhook-secret"
PUBLIC = "https://videos.example.org"
NEVER = "3000"  # seconds between two polls


async def test_a_call_brings_the_video_without_waiting_for_the_next_look(tmp_path: Path) -> None:
    port, scene, clock = free_port(), Scene(provider="openrouter"), HandClock()
    settings = {
        "HTTP_PORT": str(port),
        "PUBLIC_URL": PUBLIC,
        "OPENROUTER_WEBHOOK_SECRET": SECRET,
        "POLL_MIN_SECONDS": NEVER,
        "POLL_MAX_SECONDS": NEVER,
    }
    stage = patient(Stage(tmp_path, settings=settings, scene=scene))
    stage.host = scene.service(render_seconds=60.0, clock=clock, frame_rate=2, sound=False)
    async with stage.running():
        card = await create(stage, prompt="a fox in the snow", seconds=2)
        await comes_true(lambda: stage.host.asked[Operation.LOOK] == 1)  # not done: the next poll is far away
        clock.now += 60.0
        await until(stage, lambda: "Rendering" in card.text)
        (line,) = stage.host.created
        assert await call(port, card.text, line.id, "another secret") == 401
        async with asyncio.timeout(PATIENCE):
            while (
                stage.host.asked[Operation.LOOK] < 2
            ):  # a webhook during the first poll may be lost; a second one does no harm
                assert await call(port, card.text, line.id, SECRET) == 204
                await asyncio.sleep(0.1)
        await result_of(stage, card)
        assert stage.host.asked[Operation.LOOK] == 2
    assert SECRET not in stage.keeper.log.read_text()


async def call(port: int, card: str, remote_id: str, secret: str) -> int:
    """The answer to OpenRouter's webhook about a card's job."""
    job_id = typed(re.findall(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}\b", card)[-1])
    assert job_id is not None
    links = HookLinks(account="openrouter", base=PUBLIC, key=SECRET.encode())
    address = links.to(a_job(id=job_id, account="openrouter"))
    assert address is not None
    event = {"type": "video.generation.completed", "data": {"id": remote_id, "status": "completed"}}
    body = json.dumps(event).encode()
    headers = {"X-OpenRouter-Signature": signature(secret, int(time.time()), body)}
    url = address.replace(PUBLIC, f"http://127.0.0.1:{port}")
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status
