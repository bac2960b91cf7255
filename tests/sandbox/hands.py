"""Ways to operate a page: with the keyboard alone, or with the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tests.sandbox.demo_page import Locator, Page

A_WHILE = 60_000.0  # milliseconds: a video may be generated meanwhile
FAR = 200  # presses of Tab, more than any page needs
FOCUSED = "node => node.contains(document.activeElement)"
LOST = "document.activeElement === document.body"


class Hands(Protocol):
    async def press(self, target: Locator) -> None:
        """Press what is visible, or becomes so soon."""

    async def write(self, field: Locator, words: str) -> None:
        """Replace the content of the field."""

    async def send(self) -> None:
        """Send the message or command that was written."""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Without a mouse: the next target must always be reachable with Tab."""

    page: Page

    async def press(self, target: Locator) -> None:
        await self._go_to(target)
        await self.page.keyboard.press("Enter")

    async def write(self, field: Locator, words: str) -> None:
        await self._go_to(field)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(words)

    async def send(self) -> None:
        await self.page.keyboard.press("Enter")

    async def _go_to(self, target: Locator) -> None:
        """With Tab, forwards or backwards."""
        await target.wait_for(timeout=A_WHILE)
        assert not await self.page.evaluate(LOST), "the focus was lost"
        back = await target.evaluate("node => (document.activeElement.compareDocumentPosition(node) & 2) > 0")
        for _ in range(FAR):
            if await target.evaluate(FOCUSED):
                break
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
        assert await target.evaluate(FOCUSED), f"{await target.text_content()} is out of reach"


@dataclass(frozen=True, slots=True)
class Mouse:
    """The keyboard is used only for typing."""

    page: Page

    async def press(self, target: Locator) -> None:
        await target.click(timeout=A_WHILE)

    async def write(self, field: Locator, words: str) -> None:
        await field.click(click_count=3, timeout=A_WHILE)  # selects its content
        await self.page.keyboard.type(words)

    async def send(self) -> None:
        await self.press(self.page.get_by_role("button", name="Send"))
