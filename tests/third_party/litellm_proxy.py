"""The LiteLLM proxy from its own package, as a process, in front of a simulated host.

It has an environment of its own, made by `.ci/litellm`; `KINORA_LITELLM` names the `litellm` program in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

PROGRAM = os.environ.get("KINORA_LITELLM")
MASTER_KEY = "sk-proxy-master"
PATIENCE = 180.0  # seconds for its start: it imports most of a gigabyte


@asynccontextmanager
async def a_proxy(folder: Path, upstream: str, upstream_key: str) -> AsyncIterator[str]:
    """The proxy's base address; its model `film` is `sora-2` at `upstream`."""
    config, port = folder / "litellm.json", _free_port()
    config.write_text(json.dumps(_config(upstream, upstream_key)))  # JSON is YAML
    environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "127.0.0.1", "DO_NOT_TRACK": "1"}
    with (folder / "litellm.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(PROGRAM),
            *("--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"),
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            await _is_up(process, f"http://127.0.0.1:{port}", folder / "litellm.log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _config(upstream: str, upstream_key: str) -> dict[str, object]:
    params = {"model": "openai/sora-2", "api_base": upstream, "api_key": upstream_key}
    return {
        "model_list": [{"model_name": "film", "litellm_params": params}],
        "general_settings": {"master_key": MASTER_KEY},
        "litellm_settings": {"telemetry": False},  # its retries stay on: each order has to forbid them itself
    }


async def _is_up(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/health/liveliness") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.5)
    raise AssertionError(f"the proxy ended by itself:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
