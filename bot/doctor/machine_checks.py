"""The machine: its codecs, the port of the web pages, and the address at which people reach that port."""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.data_classes import value_object
from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import SpoiltVideo
from bot.domain.ids import JobId
from bot.domain.links import PlayerLinks
from bot.media.processor import SubprocessMediaProcessor
from storage.files.signing_key import kept_key

TIMEOUT = aiohttp.ClientTimeout(total=10)  # seconds
REINSTALL = "Reinstall the requirements. The package av brings its own FFmpeg."
NOBODYS = JobId("healthz")  # no video can have this id
BETWEEN_LOOKS = 0.5  # seconds between two attempts
LINK_LIFE = timedelta(minutes=1)
UNSPECIFIED = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where everywhere is reached
OK, GONE, FORBIDDEN = 200, 410, 403
ASLEEP = {502, 503, 504}  # what a reverse proxy answers when the server behind it is down


async def codecs(media: SubprocessMediaProcessor) -> Sequence[Finding]:
    """Make a one-second clip and inspect it, with the same processes that will do it for people."""
    with tempfile.TemporaryDirectory(prefix="kinora-doctor-") as folder:
        film, poster, sheet = (Path(folder) / name for name in ("film.mp4", "poster.webp", "sheet.jpg"))
        try:
            await media.self_test(film)
            footage = await media.inspect(film, poster, sheet)
        except (SpoiltVideo, RuntimeError, OSError) as error:
            said = (str(error).strip() or repr(error)).splitlines()[-1]
            return [failure("codecs", f"H.264 cannot be made and read here: {said}", REINSTALL)]
        if footage.video_codec != "h264" or not poster.stat().st_size:
            return [failure("codecs", f"a film came out as {footage.video_codec}, not as H.264", REINSTALL)]
    return [fine("codecs", "made and read a test video in H.264, with its poster")]


@value_object
class Pulse:
    """An address's answer: `status` is None if there was none, and `words` say why."""

    status: int | None
    words: str
    body: Mapping[str, object] = field(default_factory=dict)  # if it was JSON

    @property
    def is_alive(self) -> bool:
        """Whether Kinora answered."""
        return self.status == OK and self.body.get("status") == "ok"

    @property
    def not_ready(self) -> Sequence[str] | None:
        """The parts of a Kinora that are not ready; None if something else answered."""
        if "ready" not in self.body:
            return None
        return [name for name, is_ready in self.body.items() if name != "ready" and not is_ready]


@value_object
class WebPages:
    """The pages that the settings describe. `key_file` holds the key that signs links, after the first start."""

    host: str
    port: int | None
    public_url: str | None
    key_file: Path
    looks: int = 10  # attempts while the bot may still be starting

    async def local(self) -> Sequence[Finding]:
        if self.port is None:
            return []
        pulse = await self._once_started()
        if pulse.not_ready:
            words = f"the bot answers on port {self.port} and is not ready: {', '.join(pulse.not_ready)}"
            return [failure("web pages", words, "See the bot's log.")]
        if pulse.not_ready is not None:
            return [fine("web pages", f"served on port {self.port}: the bot is running and well")]
        if pulse.status is not None:
            stop = "Set HTTP_PORT to another one, or stop the other program."
            return [failure("web pages", f"on port {self.port} something else answers ({pulse.words})", stop)]
        return [await asyncio.to_thread(_free, self.host, self.port)]

    async def _once_started(self) -> Pulse:
        """A bot that is just starting will be ready in a moment."""
        pulse = await _asked(f"{self._own_address}/readyz")
        for _ in range(self.looks):
            if not pulse.not_ready:
                break
            await asyncio.sleep(BETWEEN_LOOKS)
            pulse = await _asked(f"{self._own_address}/readyz")
        return pulse

    async def public(self) -> Sequence[Finding]:
        if self.public_url is None:
            return []
        found = [await self._public(self.public_url.rstrip("/"))]
        if self.port is None:
            words = "PUBLIC_URL is set and HTTP_PORT is not: links work only if another process serves the pages"
            found.append(warning("public address", words))
        if not self.public_url.startswith("https://"):
            words = "PUBLIC_URL is not https: what is watched can be read on the way"
            found.append(warning("public address", words, "Put a reverse proxy with a certificate in front."))
        return found

    async def _public(self, url: str) -> Finding:
        pulse = await healthz(url)
        if pulse.is_alive:
            return await self._is_ours(url)
        runs = self.port is None or (await healthz(self._own_address)).is_alive
        if not runs and (pulse.status is None or pulse.status in ASLEEP):
            return warning("public address", f"{url} answers only while the bot runs", "Look again once it does.")
        if pulse.status is None:
            words = f"{url} cannot be reached from this machine: {pulse.words}"
            return warning("public address", words, "Try it from elsewhere: some routers do not lead back home.")
        proxy = f"Lead it to port {self.port or 'HTTP_PORT'} of this machine, in your reverse proxy."
        return failure("public address", f"{url}/healthz does not lead to Kinora ({pulse.words})", proxy)

    async def _is_ours(self, url: str) -> Finding:
        """Only a Kinora with our key tells a valid signature (for a video that does not exist) from an invalid one."""
        key = kept_key(self.key_file)
        if key is None:
            return warning("public address", f"a Kinora answers at {url}, but this one was never started")
        link = PlayerLinks(base=url, key=key).to(NOBODYS, SystemClock().now() + LINK_LIFE)
        pulse = await _asked(link)
        if pulse.status == GONE:
            return fine("public address", f"{url} leads here")
        if pulse.status == FORBIDDEN:
            words = f"{url} leads to a Kinora with another DATA_DIR, which opens none of our links"
            return failure("public address", words, "Lead it to this one.")
        return failure(
            "public address", f"{url} does not know links of ours ({pulse.words})", "Lead it to this Kinora."
        )

    @property
    def _own_address(self) -> str:
        host = UNSPECIFIED.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


async def healthz(url: str) -> Pulse:
    return await _asked(f"{url}/healthz")


async def _asked(url: str) -> Pulse:
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session, session.get(url) as response:
            body = _json(await response.read())
            return Pulse(status=response.status, words=f"status {response.status}", body=body)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Pulse(status=None, words=str(error) or "no answer in time")


def _json(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _free(host: str, port: int) -> Finding:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, UnicodeError) as error:  # from a host such as a..example
        reason = error.strerror if isinstance(error, OSError) else "no host has such a name"
        words = f"HTTP_HOST {host} and HTTP_PORT {port} cannot be used: {reason}"
        return failure("web pages", words, "Set HTTP_PORT to another one, or stop the program that has it.")
    return fine("web pages", f"port {port} is free for them")
