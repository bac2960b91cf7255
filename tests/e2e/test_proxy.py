"""A network whose only way out is a proxy: Discord's REST API and gateway are reached through it."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies

import httpx
import pytest
from yarl import URL

from bot.domain.errors import CannotStart
from bot.network.proxies import settle_proxies
from bot.network.proxy import proxy_for
from tests.e2e.test_start_up import Launcher, launcher
from tests.extent import only_in_full
from tests.servers import a_raw_server

pytestmark = only_in_full("each bot behind a proxy is a process of its own")

__all__ = ["launcher"]

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
GATEWAY = "wss://gateway.discord.gg/?v=10"
REST = "https://discord.com/api/v10/users/@me"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass(slots=True)
class ForwardProxy:
    """Treats every host as this machine: the requested names exist nowhere else."""

    port: int = 0
    asked: list[str] = field(default_factory=list)  # the first line of each request
    authorizations: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ForwardProxy]:
        async with a_raw_server(self._serve) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            first, _, rest = (await reader.readuntil(b"\r\n\r\n")).decode().partition("\r\n")
            self.asked.append(first)
            lines = [line for line in rest.splitlines() if line]
            self.authorizations |= {line for line in lines if line.lower().startswith("proxy-authorization")}
            method, address, version = first.split(" ")
            url = URL(address)
            there = await asyncio.open_connection("127.0.0.1", url.port)
            kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
            last = "Connection: Upgrade" if url.scheme == "ws" else "Connection: close"  # each request is seen
            head = [f"{method} {url.raw_path_qs} {version}", *kept, last, "", ""]
            there[1].write("\r\n".join(head).encode())
            await asyncio.gather(_pipe(reader, there[1]), _pipe(there[0], writer))


def _way_to(url: str) -> URL | None:
    """The proxy that a new connection would use."""
    return proxy_for(URL(url), getproxies())


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_the_shipped_bot_comes_online_through_a_proxy(launcher: Launcher, tmp_path: Path) -> None:
    async with ForwardProxy().running() as proxy:
        port = URL(launcher.sandbox.url).port
        bot = await launcher.starts(
            tmp_path,
            DISCORD_API_BASE=launcher.sandbox.api_base.replace("127.0.0.1", "discord.invalid"),
            DISCORD_GATEWAY_URL=launcher.sandbox.gateway_url.replace("127.0.0.1", "discord.invalid"),
            HTTP_PROXY=f"http://kinora:word@127.0.0.1:{proxy.port}",
            NO_PROXY="127.0.0.1",
        )
        assert bot.stderr is not None
        async with asyncio.timeout(60):
            while b"ready as" not in (line := await bot.stderr.readline()):
                assert line, "the bot ended"
        bot.terminate()
        await bot.communicate()
    assert proxy.asked[0] == f"GET http://discord.invalid:{port}/discord/api/v10/users/@me HTTP/1.1"
    assert any(first.startswith(f"GET ws://discord.invalid:{port}/") for first in proxy.asked)
    word = base64.b64encode(b"kinora:word").decode()
    assert proxy.authorizations == {f"Proxy-Authorization: Basic {word}"}


@pytest.mark.parametrize(
    ("exceptions", "left"),
    [
        ("localhost,127.0.0.1,::1,[::1]", "localhost,127.0.0.1,::1,::1"),  # basic-memory#1541
        ("localhost,127.0.0.0/8\n.example.com", "localhost,127.0.0.0/8,.example.com"),  # jadx-ai-mcp#99
        ("fd00::/8, host:8080 http://[bad", "host:8080"),
        ("*", "*"),
    ],
)
def test_exceptions_are_left_as_every_library_reads_them(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, left: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", exceptions)
    settle_proxies()
    assert os.environ["no_proxy"] == left
    httpx.Client().close()


def test_a_proxy_for_everything_that_cannot_be_used_is_not_needed_beside_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As desktops set it (unslothai/unsloth#6102)."""
    monkeypatch.setenv("ALL_PROXY", "socks://proxy.example:1080")
    with pytest.raises(CannotStart, match=r"^ALL_PROXY does not name a proxy that can be used"):
        settle_proxies()
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    settle_proxies()
    httpx.Client().close()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("url", [REST, GATEWAY])
def test_discord_and_its_gateway_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv(name, "http://proxy.example:3128")
    assert _way_to(url) == URL("http://proxy.example:3128")


def test_a_proxy_may_be_written_without_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    assert _way_to(REST) == URL("http://proxy.example:3128")


@pytest.mark.parametrize("exceptions", ["discord.com", ".discord.com,other.example", "*", "discord.com:443"])
def test_what_no_proxy_names_is_reached_without(monkeypatch: pytest.MonkeyPatch, exceptions: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert _way_to(REST) is None


def test_this_machine_and_a_network_without_a_proxy_are_reached_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _way_to(REST) is None
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    assert _way_to("http://127.0.0.1:8460/api") is None
    assert _way_to("ws://localhost:8460/") is None


@pytest.mark.parametrize("proxy", ["socks5://proxy.example:1080", "http://"])
def test_what_is_no_proxy_is_one_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(CannotStart, match=r"^HTTPS_PROXY or ALL_PROXY does not name a proxy that can be used"):
        _way_to(REST)
