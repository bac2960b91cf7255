"""What the shipped bot says if it cannot start: one sentence, exit code 78, and no traceback."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.health.command import NOT_RUNNING, health
from bot.sandbox.discord.world.world import World
from bot.sandbox.keeper import CHECKOUT
from bot.sandbox.server import Sandbox
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openrouter.service import OpenRouterHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.extent import FULL, only_in_full
from tests.migrated import a_migrated_database
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

EX_CONFIG = 78
NOBODY = "127.0.0.1:9"  # the discard port: nothing listens there
SOME_TRIES = 3.0  # seconds in which the database is retried
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a bot ended; `said` is what it wrote to stderr in addition to its log."""

    code: int
    said: list[str]
    log: list[str]


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts the shipped bot with everything right except what a test changes."""

    sandbox: Sandbox

    async def ends(self, data: Path, **changes: str) -> Ending:
        """Run it until it ends by itself."""
        process = await self.starts(data, **changes)
        async with asyncio.timeout(PATIENCE):
            _, stderr = await process.communicate()
        lines = stderr.decode().splitlines()
        return Ending(
            code=process.returncode or 0,
            said=[line for line in lines if not LOG_LINE.match(line)],
            log=[line for line in lines if LOG_LINE.match(line)],
        )

    async def starts(self, data: Path, **changes: str) -> asyncio.subprocess.Process:
        data.mkdir(exist_ok=True)
        if not FULL and not (data / "kinora.db").exists():
            await a_migrated_database(data / "kinora.db")  # creating the tables takes longer than most starts
        right = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "DISCORD_TOKEN": self.sandbox.world.token,
            "DISCORD_API_BASE": self.sandbox.api_base,
            "DISCORD_GATEWAY_URL": self.sandbox.gateway_url,
            "OPENAI_API_KEY": SANDBOX_KEY,
            "OPENAI_BASE_URL": f"{self.sandbox.url}/video/openai/v1",
            "DATA_DIR": str(data),
        }
        changed = {name: value.replace("{url}", self.sandbox.url) for name, value in changes.items()}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=data, env=right | changed, stderr=asyncio.subprocess.PIPE
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def launcher() -> AsyncIterator[Launcher]:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>a dashboard</html>", content_type="text/html")

    pages = web.Application()
    pages.router.add_route("*", "/{path:.*}", page)
    mounts = {
        "/video/openai": VideoHost().application(),
        "/video/openrouter": OpenRouterHost().application(),
        "/pages": pages,
    }
    sandbox = Sandbox(World.demo(), mounts=mounts)
    await sandbox.start()
    yield Launcher(sandbox)
    await sandbox.close()


async def assert_refused(launcher: Launcher, data: Path, words: str, **changes: str) -> None:
    """It ends with exactly one sentence, which contains these words."""
    ending = await launcher.ends(data, **changes)
    assert len(ending.said) == 1, "\n".join([*ending.said, *ending.log])
    assert ending.said[0].startswith("Kinora cannot start: ")
    assert words in ending.said[0]
    assert ending.code == EX_CONFIG


async def assert_says(process: asyncio.subprocess.Process, words: str) -> None:
    """It continues and logs a line with these words."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while words not in (line := (await process.stderr.readline()).decode()):
            assert line, "the bot ended"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set"),
        pytest.param(
            {"DISCORD_TOKEN": "AAA.BBB.CCC"}, "Discord refuses DISCORD_TOKEN", marks=pytest.mark.own_interpreter
        ),
        ({"DISCORD_TOKEN": "AAA.BBB\nCCC"}, "DISCORD_TOKEN is not right"),
        ({"OPENAI_API_KEY": ""}, "Set OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": "wrong"}, "rejected the key in OPENAI_API_KEY (401)"),
        ({"OPENAI_BASE_URL": "api.example.com"}, "OPENAI_BASE_URL 'api.example.com' isn't an address"),
        ({"OPENAI_BASE_URL": "{url}/nothing/v1"}, "There's no video service at"),
        ({"OPENAI_BASE_URL": "{url}/pages/v1"}, "answers with a web page, not an API"),
        (
            {"OPENROUTER_API_KEY": "wrong", "OPENROUTER_BASE_URL": "{url}/video/openrouter/api/v1"},
            "rejected the key in OPENROUTER_API_KEY (401)",
        ),
        ({"DISCORD_API_BASE": f"http://{NOBODY}/api"}, f"Discord cannot be reached at http://{NOBODY}/api"),
        ({"DISCORD_API_BASE": "{url}/pages/api"}, "does not answer like Discord"),
        ({"DISCORD_API_BASE": "nonsense"}, "DISCORD_API_BASE is not right: 'nonsense' is not a web address"),
        ({"DISCORD_GATEWAY_URL": "nonsense"}, "DISCORD_GATEWAY_URL is not right"),
        ({"DISCORD_MEDIA_HOSTS": "cdn.example.com"}, "DISCORD_MEDIA_HOSTS has to be written as JSON"),
        ({"DATABASE_URL": "mysql://host/name"}, "SQLite or PostgreSQL, not in 'mysql'"),
        ({"DATABASE_URL": "nonsense"}, "The database URL cannot be read"),
        ({"MODELS_FILE": "not-there.toml"}, "The model catalogue not-there.toml cannot be read"),
        ({"OPENAI_BASE_URL": "{url}/nothing/v1\r"}, "There's no video service at"),
        ({"OPENAI_API_KEY": "wrong "}, "rejected the key in OPENAI_API_KEY (401)"),
        ({"PUBLIC_URL": "videos.example.org"}, "PUBLIC_URL is not right: it has to be an address like https://"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is not right: it has to be DEBUG, INFO, WARNING or ERROR"),
    ],
    ids=[
        "missing token",
        "wrong token",
        "token in two lines",
        "missing key",
        "wrong key",
        "malformed base URL",
        "base URL is 404",
        "base URL is a page",
        "wrong key of OpenRouter",
        "unreachable Discord",
        "Discord is a page",
        "malformed Discord",
        "malformed gateway",
        "hosts are no list",
        "another database",
        "malformed database URL",
        "missing catalogue",
        "base URL with a line end",
        "key with a blank",
        "public address without scheme",
        "level of the log",
    ],
)
async def test_a_wrong_setting_is_one_sentence(
    launcher: Launcher, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    await assert_refused(launcher, tmp_path, words, **changes)


async def test_a_long_wait_that_discord_asks_for_is_waited_out_and_can_be_stopped(
    launcher: Launcher, tmp_path: Path
) -> None:
    launcher.sandbox.world.trouble.fails("GET", "/users/@me$", 429, retry_after=600)
    process = await launcher.starts(tmp_path)
    await assert_says(process, "Discord asks this bot to wait (600 s). Trying again at 2")
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '[models."sora-2"]\nlabel = "Sora"\nseconds = "four"\n',
            "models.toml, line 3: [models.sora-2] seconds has to be",
        ),
        (
            '[models."sora-2"]\r\nseconds = "four"\r\n'.encode("utf-16").decode("latin-1"),
            "models.toml, line 2: [models.sora-2] seconds has to be",
        ),
        ("[models.x\n", "models.toml is not proper TOML: Expected ']' at the end of a table declaration (at line 1"),
    ],
    ids=["wrong field", "wrong field, written by PowerShell", "broken TOML"],
)
async def test_a_broken_catalogue_names_file_line_and_field(
    launcher: Launcher, tmp_path: Path, content: str, words: str
) -> None:
    own = tmp_path / "models.toml"
    own.write_bytes(content.encode("latin-1"))
    await assert_refused(launcher, tmp_path / "data", words, MODELS_FILE=str(own))


async def test_settings_as_powershell_writes_them_are_read_and_a_misspelt_one_is_named(
    launcher: Launcher, tmp_path: Path
) -> None:
    lines = ["MAX_CONCURENT_JOBS=5", "OPENAI_API_KEY=wrong", ""]
    (tmp_path / ".env").write_bytes("\r\n".join(lines).encode("utf-16"))
    ending = await launcher.ends(tmp_path, OPENAI_API_KEY="")
    assert ending.code == EX_CONFIG
    assert "rejected the key in OPENAI_API_KEY (401)" in ending.said[-1]
    assert any("did you mean MAX_CONCURRENT_JOBS?" in line for line in ending.log)


async def test_a_data_folder_that_cannot_be_written_to_is_one_sentence(launcher: Launcher, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")
    await assert_refused(launcher, tmp_path, f"DATA_DIR {taken} cannot be made", DATA_DIR=str(taken))


async def test_a_files_folder_that_cannot_be_written_to_is_one_sentence(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    await assert_refused(launcher, tmp_path, f"Nothing can be written to DATA_DIR {tmp_path}")


async def test_a_database_from_a_newer_version_is_left_alone(launcher: Launcher, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "kinora.db")
    database.execute("CREATE TABLE alembic_version (version_num VARCHAR)")
    database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.commit()
    await assert_refused(launcher, tmp_path, "written by a newer version of Kinora")
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]
    database.close()


async def test_a_file_that_is_no_database_is_one_sentence(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "kinora.db").write_text("something else altogether " * 100)
    await assert_refused(launcher, tmp_path, "file is not a database")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://kinora:canary-password@{NOBODY}/kinora",
        f"postgresql://kinora@{NOBODY}/kinora?password=canary-password",
        f"postgresql://{NOBODY}/kinora?user=kinora&password=canary%2Dpassword",
    ],
    ids=["before the host", "in the query", "written in another way"],
)
async def test_a_postgresql_that_is_off_is_waited_for_with_one_sentence_without_the_password(
    launcher: Launcher, tmp_path: Path, url: str
) -> None:
    process = await launcher.starts(tmp_path, DATABASE_URL=url)
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        said = (await process.stderr.readline()).decode()
    with pytest.raises(TimeoutError):  # it continues, and logs nothing more
        await asyncio.wait_for(process.stderr.readline(), SOME_TRIES)
    assert health(tmp_path, ready=False) == (0, ["✓ alive", "✗ database is not ready"])
    assert health(tmp_path, ready=True)[0] == 1
    process.terminate()
    _, rest = await process.communicate()
    assert "Connection refused" in said
    assert "Kinora waits for it; nothing is lost meanwhile." in said
    assert "canary" not in said + rest.decode()
    assert process.returncode == 128 + signal.SIGTERM
    assert health(tmp_path, ready=False) == (1, [NOT_RUNNING])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"OPENAI_BASE_URL": f"http://{NOBODY}/v1"}, "127.0.0.1 is not there now, jobs will wait"),
        pytest.param(
            {"DISCORD_GATEWAY_URL": f"ws://{NOBODY}/"},
            "Discord's gateway is not there yet",
            marks=[pytest.mark.own_interpreter, only_in_full("it takes seven seconds, and the other shows the same")],
        ),
    ],
    ids=["video service", "gateway"],
)
async def test_what_is_merely_down_does_not_stop_the_bot(
    launcher: Launcher, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    process = await launcher.starts(tmp_path, **changes)
    await assert_says(process, words)
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
async def test_who_is_asked_to_stop_while_starting_stops(launcher: Launcher, tmp_path: Path) -> None:
    """Ignored signals are inherited, like those of a container's first process (daily-co/pipecat-cloud-images#104)."""
    pipe = tmp_path / "token"
    os.mkfifo(pipe)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        process = await launcher.starts(tmp_path, DISCORD_TOKEN="", DISCORD_TOKEN__FILE=str(pipe))
    finally:
        signal.signal(signal.SIGTERM, before)
    async with asyncio.timeout(PATIENCE):
        opened = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)  # blocks until the bot reads its token
        process.terminate()
        await process.wait()
    os.close(opened)
    assert process.returncode == 128 + signal.SIGTERM
