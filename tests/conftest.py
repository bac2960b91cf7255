"""What all tests share in one process."""

# ruff: noqa: E402 (one line has to come before what pytest rewrites when it is imported)

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = False  # code that one process compiled, or pytest rewrote, is reused by the others

import pytest
from hypothesis import settings

from bot.logs.lines import WithoutSecrets
from tests.disks import not_waiting_for_the_disk
from tests.extent import FULL, examples
from tests.forks import POSSIBLE, a_fork_server, a_line_to, forking, interpreting
from tests.reprints import reprinting
from tests.statements import compiled_once

HERE = Path(__file__).resolve().parent
CORES = os.cpu_count() or 1
FORKS = pytest.StashKey[Path]()  # the address of the run's fork server
FIRST = ("e2e", "crash", "contract")  # folders, longest files first, so that no process is left alone with one

gc.disable()  # until the tests are collected: nothing read by then is freed before the end

settings.register_profile("kinora", deadline=None, max_examples=examples(100))  # no test asserts a duration
settings.load_profile("kinora")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two per core: a test with a bot spends half of its time waiting."""
    return 2 * CORES


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell every process where to ask for forks, so that Kinora is imported for them only once."""
    if not POSSIBLE:
        return
    if FORKS not in node.config.stash:
        server = contextlib.ExitStack()
        node.config.add_cleanup(server.close)
        node.config.stash[FORKS] = server.enter_context(a_fork_server())
    node.workerinput["forks"] = str(node.config.stash[FORKS])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each process of a full run first imports its share of the tests: the others reuse the compiled code.

    That takes ten seconds of processor time, and each process needs all tests.
    """
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    if worker is None or [Path(given).resolve() for given in session.config.args] != [HERE]:
        return
    number, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    for file in sorted(HERE.glob("*/test_*.py"))[number::count]:
        sys.path.insert(0, str(file.parent))  # pytest has it there, too
        with contextlib.suppress(Exception, pytest.skip.Exception):  # the collection reports it
            importlib.import_module(file.stem)
        sys.path.pop(0)


def pytest_collection_finish() -> None:
    """Exclude existing objects from garbage collection, which took an eighth of all time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def no_disk_is_waited_for() -> Iterator[None]:
    with not_waiting_for_the_disk():
        yield


@pytest.fixture(autouse=True)
def no_log_outlives_its_test() -> Iterator[None]:
    """A command that sets up its log writes to an output that is closed with the test."""
    yield
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each.formatter, WithoutSecrets)]:
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def fork_server(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """A connection to the whole run's fork server, or to its own if everything is one process."""
    shared: str | None = getattr(request.config, "workerinput", {}).get("forks")
    with contextlib.ExitStack() as here:
        where = Path(shared) if shared else here.enter_context(a_fork_server())
        yield here.enter_context(a_line_to(where))


@pytest.fixture(scope="module")
def cheap_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Our programs are forked, except in tests marked `own_interpreter`; the full matrix starts real interpreters."""
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
    """The simulated services paint one small film of each kind and deliver copies."""
    with reprinting():
        yield


@pytest.fixture
def films_as_ordered() -> Iterator[None]:
    """For a test in which the size of films matters."""
    with reprinting(smaller=1):
        yield
