"""What all tests share in one process."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.extent import FULL, examples
from tests.forks import POSSIBLE, a_fork_server, forking, interpreting
from tests.reprints import reprinting

CORES = os.cpu_count() or 1
FIRST = ("e2e", "crash", "contract")  # folders, the longest files first, so that no process is left alone with one

gc.disable()  # until the tests are collected: none of what is read by then goes before the end

settings.register_profile("kinora", deadline=None, max_examples=examples(100))  # no test asserts a time
settings.load_profile("kinora")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: who plays with a bot waits half of the time."""
    return 2 * CORES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST))


def pytest_collection_finish() -> None:
    """What is there now is not looked through each time that garbage is collected; that took an eighth of all time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def fork_server() -> Iterator[socket.socket]:
    with a_fork_server() as control:
        yield control


@pytest.fixture(scope="module")
def cheap_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Programs of ours are forked, but for a test marked `own_interpreter`; everything is real in the full matrix."""
    if FULL or not POSSIBLE:
        yield
        return
    with forking(request.getfixturevalue("fork_server")):
        yield


@pytest.fixture
def own_interpreter(request: pytest.FixtureRequest) -> Iterator[None]:
    with interpreting() if request.node.get_closest_marker("own_interpreter") else contextlib.nullcontext():
        yield


@pytest.fixture(scope="module")
def cheap_films() -> Iterator[None]:
    """The pretend services paint one small film of each kind and hand out copies."""
    with reprinting():
        yield


@pytest.fixture
def films_as_ordered() -> Iterator[None]:
    """For a test in which their size matters."""
    with reprinting(smaller=1):
        yield
