"""How much memory the bot needs for a large file that passes through it: `python -m bench.memory [MB] [s3]` (Linux).

A simulated service delivers the file; the real bot downloads, examines and stores it, in a folder or with `s3` in a
SeaweedFS, makes a smaller copy because no message can carry it, posts that, and serves the original to players, whole
and in parts. The file is a real video followed by a box of zeros, so that nothing but its size is large. The processes
that examine videos come and go, and are counted separately.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.measuring import machine
from bot.sandbox.stage import Stage, own_pages
from tests.e2e.acting import create
from tests.object_stores import ACCESS_KEY, SECRET_KEY, seaweedfs

MEGABYTE = 2**20
SETTLE = 5.0  # seconds until an idle bot has finished its work after start-up
PATIENCE = 200.0  # seconds for the large file to be stored and posted
EVERY = 0.05  # seconds between two samples
PASSED_ON = ("Authorization", "Content-Type")
LONGEST = aiohttp.ClientTimeout(total=600)


@dataclass(kw_only=True)
class HeavyService:
    """The simulated service, whose files have that many additional bytes."""

    megabytes: int
    address: str = ""
    stage: Stage | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert self.stage is not None
        url = f"{self.stage.url}/video/openai{request.rel_url}"
        given = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        async with (
            aiohttp.ClientSession(timeout=LONGEST) as session,
            session.request(request.method, url, headers=given, data=await request.read()) as found,
        ):
            body = await found.read()
            is_film = found.status == 200 and found.content_type == "video/mp4"
            if not is_film:
                return web.Response(status=found.status, body=body, content_type=found.content_type)
            return await self._heavy(request, body)

    async def _heavy(self, request: web.Request, film: bytes) -> web.StreamResponse:
        size = self.megabytes * MEGABYTE
        box = struct.pack(">I4sQ", 1, b"free", 16 + size)
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        response.content_length = len(film) + len(box) + size
        await response.prepare(request)
        await response.write(film + box)
        for _ in range(self.megabytes):
            await response.write(bytes(MEGABYTE))
        return response


@dataclass
class Memory:
    """The memory of a process and its children, from many samples, in bytes."""

    process: int
    most: int = 0
    most_of_children: int = 0

    def now(self) -> int:
        return _resident(self.process)

    async def look(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            self.most_of_children = max(self.most_of_children, sum(map(_resident, _children(self.process))))
            await asyncio.sleep(EVERY)


async def main(megabytes: int, *, in_s3: bool) -> None:
    async with AsyncExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        heavy = await opened.enter_async_context(_service(megabytes))
        store = await opened.enter_async_context(_store(folder)) if in_s3 else {}
        settings = {**own_pages(), "POLL_MAX_SECONDS": "1", "OPENAI_BASE_URL": f"{heavy.address}/v1", **store}
        stage = heavy.stage = Stage(folder / "stage", render_seconds=2, settings=settings)
        await opened.enter_async_context(stage.running())
        await create(stage, prompt="a fox to warm up")  # modules imported on first use stay in memory
        await asyncio.sleep(SETTLE)
        print(f"{machine()}; MB resident, files in {'an object store' if in_s3 else 'a folder'}")
        await _measure(stage, megabytes)


async def _measure(stage: Stage, megabytes: int) -> None:
    memory = Memory(stage.keeper.process_id)
    idle = memory.now()
    looking = asyncio.create_task(memory.look())
    stage.world.trouble.fails("POST", r"channels/\d+/messages$", 413, 40005, times=3)  # not even the copy fits
    await create(stage, prompt="a large fox")
    link = await _link(stage)
    _say("kept and posted", memory, idle)
    await _watched(link, megabytes)
    _say("watched, whole and in parts", memory, idle)
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking


async def _link(stage: Stage) -> str:
    """The address behind the button **Watch** of the message that could not carry the video."""

    def found() -> str | None:
        buttons = [button for message in stage.person("ann").sees() for button in message.buttons]
        return next((button.url for button in buttons if button.label == "Watch"), None)

    return str(await stage.world.until(found, timeout=PATIENCE))


async def _watched(link: str, megabytes: int) -> None:
    async with aiohttp.ClientSession(timeout=LONGEST) as player:
        async with player.get(link.replace("?", "/video.mp4?")) as whole:
            assert whole.status == 200, whole.status
            size = 0
            async for block in whole.content.iter_chunked(MEGABYTE):
                size += len(block)
        assert size > megabytes * MEGABYTE
        async with player.get(link.replace("?", "/video.mp4?"), headers={"Range": f"bytes={size // 2}-"}) as part:
            assert part.status == 206, part.status
            async for _ in part.content.iter_chunked(MEGABYTE):
                pass


def _say(what: str, memory: Memory, idle: int) -> None:
    grown, most = (memory.most - idle) / MEGABYTE, memory.most / MEGABYTE
    children = memory.most_of_children / MEGABYTE
    sizes = f"idle {idle / MEGABYTE:.0f}, most {most:.0f}, grown by {grown:.0f}"
    print(f"{what:<28} {sizes}, child processes {children:.0f}")


def _resident(process: int) -> int:
    """Bytes of memory that a process holds (VmRSS); 0 once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
    return 0


def _children(process: int) -> list[int]:
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


@asynccontextmanager
async def _service(megabytes: int) -> AsyncIterator[HeavyService]:
    heavy = HeavyService(megabytes=megabytes)
    app = web.Application(client_max_size=100 * MEGABYTE)
    app.router.add_route("*", "/{path:.*}", heavy.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    heavy.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield heavy
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _store(folder: Path) -> AsyncIterator[Mapping[str, str]]:
    async with seaweedfs(folder) as node:
        yield {
            "FILES_URL": "s3://kinora/bench",
            "FILES_ENDPOINT": node.endpoint,
            "FILES_ACCESS_KEY": ACCESS_KEY,
            "FILES_SECRET_KEY": SECRET_KEY,
        }


if __name__ == "__main__":
    asyncio.run(main(int((sys.argv[1:2] or ["500"])[0]), in_s3="s3" in sys.argv[2:]))
