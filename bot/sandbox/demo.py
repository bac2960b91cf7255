"""`python -m bot demo`: serves the demo page."""

from __future__ import annotations

import asyncio
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from bot.sandbox.folder import held
from bot.sandbox.playing import while_held
from bot.sandbox.services import Scene
from bot.sandbox.stage import NotReady, Stage, own_pages
from bot.stopping import asked_to_stop

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
        stop = asked_to_stop()
        say(f"\n  Kinora's demo:  {stage.url}\n")
        say("Everything there is simulated and stays on this machine. Stop it with Ctrl+C.")
        if open_page:
            await asyncio.to_thread(webbrowser.open, stage.url)
        await stop.wait()


def _own_keys() -> dict[str, str]:
    """Members of the demo may try `/keys` with the simulated services' own key, which is no secret."""
    return {"KEYS_SECRET": KEYS_SECRET} if find_spec("cryptography") else {}


def say(line: str) -> None:
    print(line, flush=True)
