"""Makes films outside the event loop and one at a time, so that the demo leaves processor time for the bot."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting.film import Film, shoot


class Lab:
    """Makes each film once, when it is first requested."""

    def __init__(self, *, frame_rate: int, sound: bool) -> None:
        self._frame_rate = frame_rate
        self._sound = sound
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulated-render")
        self._films: dict[str, asyncio.Future[Film]] = {}

    def begin(self, video: SimulatedVideo) -> asyncio.Future[Film]:
        """Start on a film unless it was started before."""
        if video.id not in self._films:
            sound = self._sound and not video.behaviour.silent and video.ordered.sound is not False
            work = partial(shoot, video, frame_rate=self._frame_rate, with_sound=sound)
            self._films[video.id] = asyncio.get_running_loop().run_in_executor(self._thread, work)
        return self._films[video.id]

    async def film(self, video: SimulatedVideo) -> Film:
        """The finished film. A client that disconnects does not stop it for others."""
        return await asyncio.shield(self.begin(video))

    def forget(self, video: SimulatedVideo) -> None:
        film = self._films.pop(video.id, None)
        if film is not None:
            film.cancel()

    async def close(self) -> None:
        for film in self._films.values():
            film.cancel()
        self._films.clear()
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)
