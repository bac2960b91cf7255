"""Checks pages with axe-core for accessibility problems."""

from __future__ import annotations

import pytest

from tests.sandbox.demo_page import Page

pytest.importorskip("axe_playwright_python", reason="pages are looked through with axe-core")

from axe_playwright_python.async_playwright import Axe


async def faults(page: Page) -> list[str]:
    """A report of the problems found, if any."""
    results = await Axe().run(page)
    return [results.generate_report()] if results.violations_count else []
