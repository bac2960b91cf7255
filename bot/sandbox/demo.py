"""`python -m bot demo`: a page to sit in front of."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from bot.sandbox.folder import held
from bot.sandbox.services import Scene
from bot.sandbox.stage import NotReady, Stage, own_pages

PORT = 8460
KEYS_SECRET = "keeps-nothing-secret-in-this-demo"  # noqa: S105 (there is nothing to protect)


async def demo(scene: Scene, *, data: Path, port: int | None, open_page: bool) -> int:
    """Serve the page until Ctrl+C. Raises Misused and CannotPlay."""
    with held(data):
        say(f"Starting a pretend Discord, a pretend video service ({scene.name}) and the real bot…")
        settings = _own_keys() | own_pages()
        try:
            async with Stage(data, scene=scene, settings=settings).running(PORT if port is None else port) as stage:
                say(f"\n  Kinora's demo:  {stage.url}\n")
                say("Everything there is pretend and stays on this machine. Stop it with Ctrl+C.")
                if open_page:
                    await asyncio.to_thread(webbrowser.open, stage.url)
                await _until_asked_to_stop()
        except NotReady as failure:
            say(str(failure))
            return 1
    say(f"Stopped. Videos, posters and the database are in {data}.")
    return 0


def _own_keys() -> dict[str, str]:
    """Members of the demo may try `/keys` with the pretend services' own key, which no secret has to protect."""
    return {"KEYS_SECRET": KEYS_SECRET} if find_spec("cryptography") else {}


async def _until_asked_to_stop() -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, asked.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(asked.set))
    await asked.wait()


def say(line: str) -> None:
    print(line, flush=True)
