"""Full garbage collections run on schedule."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.full_collections import AT_ONCE, EVERY, OF_ALL, WORTH_ONE, collect_now_and_then


class Node:
    """Only a garbage collection frees it, because it refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def python_as_it_was() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


async def test_what_became_old_garbage_is_gone_after_the_pause_and_what_was_there_before_is_set_aside() -> None:
    pauses: list[float] = []
    found: list[weakref.ref[Node]] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 1:
            raise asyncio.CancelledError
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[2] == AT_ONCE
        found.append(weakref.ref(Node()))
        for _ in range(WORTH_ONE):
            gc.collect(1)

    with pytest.raises(asyncio.CancelledError):
        await collect_now_and_then(pause)
    assert pauses == [EVERY, EVERY]
    assert found[0]() is None


async def test_what_lasts_is_set_aside_and_looked_at_again_now_and_then() -> None:
    """That shortens the next collection, and what became garbage since is freed after a while."""
    in_use: list[Node] = []
    kept: list[weakref.ref[Node]] = []
    is_kept: list[bool] = []

    async def pause(_: float) -> None:
        if not kept:
            in_use.append(Node())
            kept.append(weakref.ref(in_use[0]))
        else:
            in_use.clear()  # it was in use during the first collection
            is_kept.append(kept[0]() is not None)
        if len(is_kept) == OF_ALL:
            raise asyncio.CancelledError
        for _ in range(WORTH_ONE):
            gc.collect(1)

    with pytest.raises(asyncio.CancelledError):
        await collect_now_and_then(pause)
    assert is_kept == [*[True] * (OF_ALL - 1), False]
