"""A video needs no more of the database and of Discord than recorded."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import bench.counts
from bench.counts.__main__ import counted
from tests.extent import only_in_full

RECORDED = Path(bench.counts.__file__).with_name("recorded.json")


@only_in_full("it takes the time of two renders; what one look and one order write is counted in tests/contract")
async def test_a_video_takes_no_more_statements_transactions_and_requests_than_recorded() -> None:
    recorded = json.loads(RECORDED.read_text())
    assert {name: number for name, number in asdict(await counted()).items() if number > recorded[name]} == {}
