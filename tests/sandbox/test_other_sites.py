"""Pages of other sites, open in the same browser, can neither use the demo nor read it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(World.demo())
    await sandbox.start()
    yield sandbox
    await sandbox.close()


async def posted(sandbox: Sandbox, headers: Mapping[str, str]) -> int:
    """The status of what a page answers to a member who writes in the channel."""
    data = {"as": "ann", "channel_id": str(sandbox.world.channel("studio").id), "content": "hello"}
    url = f"{sandbox.url}/console/messages"
    async with aiohttp.ClientSession() as session, session.post(url, json=data, headers=headers) as response:
        return response.status


async def watched(sandbox: Sandbox, headers: Mapping[str, str]) -> int:
    """Likewise, of what is asked for everything that a member sees."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(f"{sandbox.url}/console/ws", headers=headers):
                return 200
        except aiohttp.WSServerHandshakeError as no:
            return no.status


@pytest.mark.parametrize(
    "origin", ["https://other.example", "http://127.0.0.1:1", "http://localhost", "http://[", "null"]
)
async def test_another_sites_page_is_refused(sandbox: Sandbox, origin: str) -> None:
    before = len(sandbox.person("ann").sees())
    assert (await posted(sandbox, {"Origin": origin}), await watched(sandbox, {"Origin": origin})) == (403, 403)
    assert len(sandbox.person("ann").sees()) == before


@pytest.mark.parametrize("host", ["other.example", "localhost.other.example:8460", "[", ""])
async def test_a_site_whose_name_leads_to_this_machine_is_refused(sandbox: Sandbox, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await posted(sandbox, headers), await watched(sandbox, headers)) == (403, 403)


@pytest.mark.parametrize("host", ["", "localhost:9000", "demo.localhost", "192.168.1.5:8460", "[::1]:8460"])
async def test_its_own_page_works_under_each_name_of_the_machine(sandbox: Sandbox, host: str) -> None:
    host = host or sandbox.url.removeprefix("http://")
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await posted(sandbox, headers), await watched(sandbox, headers)) == (200, 200)


async def test_programs_say_nothing_about_a_page(sandbox: Sandbox) -> None:
    assert (await posted(sandbox, {}), await watched(sandbox, {})) == (200, 200)
