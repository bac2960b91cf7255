"""Whether the parts that a process needs are ready: each is asked, for a few seconds at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.data_classes import wired

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds that one part may take to answer

Check = Callable[[], Awaitable[bool]]


@wired
class Readiness:
    """`checks` by the name that `/readyz` shows."""

    checks: Mapping[str, Check]
    patience: float = PATIENCE

    async def report(self) -> Mapping[str, bool]:
        """Every part, and whether it is ready. A part that fails or does not answer is not."""
        answers = await asyncio.gather(*(_answer(name, check, self.patience) for name, check in self.checks.items()))
        return dict(zip(self.checks, answers, strict=True))


async def _answer(name: str, check: Check, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            return await check()
    except Exception:
        # Whatever keeps a part from answering, it is not ready.
        log.debug("not ready: %s", name, exc_info=True)
        return False
