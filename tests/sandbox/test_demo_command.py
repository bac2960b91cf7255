"""How `python -m bot demo` reports that it can't run: one sentence, an exit code, and no traceback."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox.folder import held
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.once import as_read
from bot.sandbox.stage import Stage
from bot.sandbox.usage import CannotPlay
from tests.e2e.stages import patient
from tests.ports import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
EX_USAGE, EX_CONFIG = 64, 78


def demo(*words: str) -> tuple[int, str]:
    """Its exit code, and what it wrote to stderr."""
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stderr.count("\n") == 1
    return done.returncode, done.stderr


@pytest.mark.parametrize("prompt", ["", "  "])
def test_once_needs_a_prompt(prompt: str) -> None:
    assert demo("--once", prompt) == (EX_USAGE, '--once needs a prompt, such as --once "a fox in the snow".\n')


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("started <t:990:R>, ready <t:1010:R>", "started 10 s ago, ready in 10 s"),
        ("-# Remix of [GPD-ZNH](https://discord.com/channels/1/2/3)", "-# Remix of GPD-ZNH"),
        (r"**a \[moderated\] fox** by <@7>", "**a [moderated] fox** by @Ann"),
    ],
)
def test_a_terminal_shows_what_discord_would(text: str, read: str) -> None:
    assert as_read(text, {"<@7>": "@Ann"}, 1000.0) == read


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_there_is_not_is_said_so(port: str) -> None:
    code, said = demo("--port", port)
    assert code == EX_USAGE
    assert said.startswith(f"--port takes a number up to 65535, not {port};")


@pytest.mark.parametrize("words", [(), ("--once", "a fox")])
def test_a_port_in_use_is_said_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = demo("--data", str(tmp_path), "--port", str(port), *words)
    assert code == EX_CONFIG
    assert said == f"The page cannot be served on port {port}: Address already in use. Pick another one with --port.\n"


@pytest.mark.parametrize("inner", [".", "inner"])
def test_a_file_is_no_folder_for_the_data(tmp_path: Path, inner: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    code, said = demo("--data", str(file / inner))
    assert code == EX_USAGE
    assert said.startswith("--data needs a folder, and ")
    assert file.read_text() == "mine"


@pytest.mark.parametrize("words", [(), ("--once", "a fox")])
def test_a_second_demo_in_one_folder_says_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    with held(tmp_path):
        code, said = demo("--data", str(tmp_path), "--port", "0", *words)
    assert code == EX_CONFIG
    assert said.startswith(f"Another demo is running in {tmp_path}. Stop it, or choose another folder")


def test_a_folder_is_free_again_once_its_demo_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path), pytest.raises(CannotPlay), held(tmp_path):
            pass


async def test_the_bot_of_a_demo_that_was_killed_does_not_answer_in_the_next_one(tmp_path: Path) -> None:
    killed = patient(Stage(tmp_path))
    port = free_port()
    async with killed.running(port):
        orphan, killed.keeper = killed.keeper, BotKeeper(tmp_path)  # so that nobody stops it any more
    try:
        assert orphan.is_running
        async with asyncio.timeout(60), patient(Stage(tmp_path)).running(port) as following:
            assert await orphan.ended() != 0
            assert following.keeper.is_running
            assert following.world.gateway.online
    finally:
        await orphan.kill()


def test_a_demo_that_was_killed_leaves_its_folder_free(tmp_path: Path) -> None:
    holds = "import pathlib, sys, time; from bot.sandbox.folder import held\nwith held(pathlib.Path(sys.argv[1])):"
    holds += " print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", holds, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CannotPlay), held(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with held(tmp_path):
            pass


async def ended(demo: asyncio.subprocess.Process) -> tuple[int, str]:
    """Its exit code after ending by itself, and what it wrote to stderr."""
    async with asyncio.timeout(60):
        _, said = await demo.communicate()
    return demo.returncode or 0, said.decode()


async def a_demo(folder: Path) -> asyncio.subprocess.Process:
    """A demo that serves its page."""
    words = ("-m", "bot", "demo", "--no-browser", "--port", "0", "--data", str(folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while b"Kinora's demo:" not in await process.stdout.readline():
            assert not process.stdout.at_eof()
    return process


async def test_a_demo_whose_folder_is_deleted_ends_and_leaves_the_next_one_there_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = await a_demo(folder)
    shutil.rmtree(folder, ignore_errors=True)  # SQLite may recreate a file while it writes
    code, said = await ended(first)
    assert code == EX_CONFIG
    assert said.startswith(f"{folder} was deleted or moved while this demo ran")
    second = await a_demo(folder)
    second.send_signal(signal.SIGINT)
    assert await ended(second) == (0, "")


def test_a_folder_that_was_made_anew_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with held(folder) as ours:
        shutil.rmtree(folder)
        with held(folder):
            asyncio.run(asyncio.wait_for(ours.lost(), PATIENCE))


async def test_a_folder_that_is_there_stays_ours(tmp_path: Path) -> None:
    with held(tmp_path) as ours:
        losing = asyncio.create_task(ours.lost())
        done, _ = await asyncio.wait({losing}, timeout=0)
        losing.cancel()
    assert not done
