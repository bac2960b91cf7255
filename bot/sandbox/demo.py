"""`python -m bot demo`: serves the demo page."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from bot.sandbox.folder import held
from bot.sandbox.playing import while_held
from bot.sandbox.services import Scene
from bot.sandbox.stage import NotReady, Stage, own_pages

PORT = 8460
KEYS_SECRET = "keeps-nothing-secret-in-this-demo"  # noqa: S105 (there is nothing to protect)


async def demo(scene: Scene, *, data: Path, port: int | None, open_page: bool) -> int:
    """Serve the page until Ctrl+C. Raises Misused and CannotPlay."""
    with held(data) as folder:
        say(f"Starting a simulated Discord, a simulated video service ({scene.name}) and the real bot…")
        stage = Stage(data, scene=scene, settings=_own_keys() | own_pages())
        try:
            await while_held(folder, stage.keeper, _serve(stage, PORT if port is None else port, open_page=open_page))
        except NotReady as failure:
            say(str(failure))
            return 1
    say(f"Stopped. Videos, posters and the database are in {data}.")
    return 0


async def _serve(stage: Stage, port: int, *, open_page: bool) -> None:
    """Raises NotReady and CannotPlay."""
    async with stage.running(port):
        asked_to_stop = _on_signals()
        say(f"\n  Kinora's demo:  {stage.url}\n")
        say("Everything there is simulated and stays on this machine. Stop it with Ctrl+C.")
        if open_page:
            await asyncio.to_thread(webbrowser.open, stage.url)
        await asked_to_stop.wait()


def _own_keys() -> dict[str, str]:
    """Members of the demo may try `/keys` with the simulated services' own key, which is no secret."""
    return {"KEYS_SECRET": KEYS_SECRET} if find_spec("cryptography") else {}


def _on_signals() -> asyncio.Event:
    """Set when the demo is asked to stop."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, asked.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(asked.set))
    return asked


def say(line: str) -> None:
    print(line, flush=True)
