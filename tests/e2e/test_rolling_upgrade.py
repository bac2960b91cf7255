"""The last release and this version on one database: while one replaces the other nothing is lost.

The last release is the newest tag `v…`, or what KINORA_EARLIER names; until there is one there is nothing to test.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from bot.sandbox.keeper import CHECKOUT
from tests.contract.databases import a_url
from tests.extent import only_in_full
from tests.fleet import Fleet
from tests.waiting import comes_true

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600), only_in_full("two versions of the whole bot are started")]

PATIENCE = 120.0  # seconds


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(CHECKOUT), *arguments], capture_output=True, check=False).stdout


def unpacked(folder: Path) -> Path:
    """The last release's code, in this folder."""
    tags = git("tag", "--list", "v*", "--sort=-v:refname").decode().split()
    ref = os.environ.get("KINORA_EARLIER") or next(iter(tags), None)
    if ref is None:
        pytest.skip("there is no release yet")
    with tarfile.open(fileobj=BytesIO(git("archive", ref, "bot", "cogs", "storage"))) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def test_old_and_new_work_side_by_side_and_each_order_is_paid_and_shown_once(tmp_path: Path) -> None:
    earlier = {"PYTHONPATH": str(unpacked(tmp_path / "earlier"))}
    with a_url("postgres", tmp_path) as url:
        fleet = Fleet(folder=tmp_path, url=url, settings={})
        async with fleet.open():
            old = await fleet.starts("run", **earlier)
            await fleet.order_many(2)
            await fleet.starts("work")  # this one migrates the database
            await fleet.order_many(3)
            new = await fleet.starts("run")
            await comes_true(lambda: new.says("waits for its turn"), PATIENCE)
            await fleet.order(1)
            await old.dismiss()
            await comes_true(lambda: new.says("this one answers people now"), PATIENCE)
            await fleet.order_many(2)
            assert await fleet.troubles(await fleet.at_rest(PATIENCE)) == []
