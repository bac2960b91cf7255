"""The demo page is accessible: axe-core finds no problems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio

from tests.extent import only_in_full
from tests.sandbox.accessibility import faults
from tests.sandbox.demo_page import DESKTOP, PHONE, Browser, Window, a_visit, composer, expect, latest, sends
from tests.sandbox.simulated_discord_bot import Studio, a_studio

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("axe-core takes seconds a page, and little changes there that it sees"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE])
async def test_nobody_is_kept_out(
    browser: Browser, studio: Studio, window: Window, theme: Literal["light", "dark"]
) -> None:
    async with a_visit(browser, studio.sandbox.url, window=window, theme=theme) as page:
        assert await faults(page) == []
        await sends(page, "create", prompt="a fox in the snow")
        await expect(latest(page).locator(".card")).to_contain_text("a fox in the snow")
        assert await faults(page) == []
        await composer(page).fill("/")
        await expect(page.get_by_role("listbox")).to_be_visible()
        assert await faults(page) == []
