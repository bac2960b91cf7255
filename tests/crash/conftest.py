"""The service's films, made instantly, and the matrix's last line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.video.painting import lab
from bot.sandbox.video.painting.film import Film
from tests.contract.databases import BACKENDS
from tests.crash.counters import COUNTERS
from tests.crash.enumerating import Enumeration, an_enumeration

COUNTED = "crash matrix"
FILM = Film(
    video=b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40,
    thumbnail=b"RIFF\x20\0\0\0WEBPVP8 " + bytes(100),
    spritesheet=b"\xff\xd8\xff" + bytes(100),
)


@pytest.fixture(scope="module", autouse=True)
def workers_are_forked(cheap_processes: None) -> None:
    """These tests are about a worker in the middle of its work, not about one that is being imported."""


@pytest.fixture
def quick_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Painting each video for a second would make thousands of runs take hours; the media processor is plain too."""
    monkeypatch.setattr(lab, "shoot", lambda *_, **__: FILM)


@pytest_asyncio.fixture(params=BACKENDS, scope="module", loop_scope="module")
async def enumeration(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Enumeration]:
    async with an_enumeration(request.param, tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that ran a part of the tests reports its counts."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[COUNTED] = asdict(COUNTERS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """… and the main process adds them up."""
    COUNTERS.add(**getattr(node, "workeroutput", {}).get(COUNTED, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if COUNTERS.runs:
        terminalreporter.write_line(str(COUNTERS))
