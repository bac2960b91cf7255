"""`python -m bot setup` between the simulated Discord and the simulated video services, answered through a pipe."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from dotenv import dotenv_values

from bot.sandbox.discord.world.world import World
from bot.sandbox.keeper import CHECKOUT
from bot.sandbox.server import Sandbox
from bot.sandbox.services import DIALECTS
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "127.0.0.1:9"  # the discard port: nothing listens there


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody with a fresh checkout, for whom the sandbox is the outside world."""

    sandbox: Sandbox
    services: dict[str, SimulatedService]

    @property
    def address(self) -> str:
        return f"{self.sandbox.url}/video/openai/v1"

    async def answers(self, folder: Path, *answers: str, command: str = "setup", **changes: str) -> tuple[int, str]:
        """Its exit code, and its output."""
        world = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "DISCORD_API_BASE": self.sandbox.api_base}
        world |= {"DISCORD_GATEWAY_URL": self.sandbox.gateway_url}
        world |= {f"{name.upper()}_BASE_URL": self._base(name) for name in ("gemini", "openrouter", "replicate", "xai")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            command,
            cwd=folder,
            env=world | changes,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate("".join(f"{answer}\n" for answer in answers).encode())
        said = out.decode() + err.decode()
        assert "Traceback" not in said
        return process.returncode or 0, said

    def _base(self, name: str) -> str:
        return DIALECTS[name].settings(self.sandbox.url)[f"{name.upper()}_BASE_URL"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def newcomer() -> AsyncIterator[Newcomer]:
    services = {name: dialect.make(render_seconds=0.5, frame_rate=4, sound=False) for name, dialect in DIALECTS.items()}
    sandbox = Sandbox(
        World.demo(), mounts={DIALECTS[name].mount: each.application() for name, each in services.items()}
    )
    await sandbox.start()
    yield Newcomer(sandbox, services)
    await sandbox.close()


async def test_every_wrong_answer_is_one_sentence_and_asked_again_until_all_is_well(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    code, said = await newcomer.answers(
        tmp_path,
        *("", "canary wrong token", "canary.wrong.token", "123456789012345678", f"Bot {newcomer.sandbox.world.token}"),
        *("", "9", "openai", "https://api.openai.com/v1", newcomer.sandbox.url.removeprefix("http://"), ""),
        *(f"{newcomer.sandbox.url}/nothing", SANDBOX_KEY, newcomer.address, "canary-wrong-key", "", SANDBOX_KEY),
        *("2", "canary-other-key", SANDBOX_KEY, "3", "back", ""),
        *("perhaps", "y", ""),
    )
    assert said.count("Discord refuses DISCORD_TOKEN.") == 2
    for sentence in (
        "DISCORD_TOKEN is not right: it has a space or a character that no token has; copy it again.",
        "That is an ID, not a token. The token is under Bot → Reset Token.",
        "✓ token          accepted: Kinora, application ",
        f"client_id={newcomer.sandbox.world.bot.id}&scope=bot+applications.commands&permissions=274878024704\n",
        "Type 1, 2, 3, 4, 5, 6 or 7.",
        "OpenAI closed its Videos API on 24 September 2026.",
        " isn't an address like https://api.example.com/v1.",
        "There's no video service at",
        "The video service rejected the key in OPENAI_API_KEY (401).",
        "✓ openai         127.0.0.1 is reachable and accepts the key",
        "OpenRouter rejected the key in OPENROUTER_API_KEY (401).",
        "✓ openrouter     127.0.0.1 is reachable and accepts the key",
        "Type y or n.",
        "\nAll is well.\n",
    ):
        assert sentence in said
    assert "canary" not in said
    assert newcomer.sandbox.world.token not in said
    assert code == 0
    assert dotenv_values(tmp_path / ".env") == {
        "DISCORD_TOKEN": newcomer.sandbox.world.token,
        "OPENAI_BASE_URL": newcomer.address,
        "OPENAI_API_KEY": SANDBOX_KEY,
        "OPENROUTER_API_KEY": SANDBOX_KEY,
    }
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
    assert not any(service.created for service in newcomer.services.values())


async def test_what_is_there_is_kept_by_enter_and_never_lost(newcomer: Newcomer, tmp_path: Path) -> None:
    mine = f"DISCORD_TOKEN={newcomer.sandbox.world.token}\nLOG_LEVEL=DEBUG # mine\nOPENROUTER_API_KEY=old\n"
    (tmp_path / ".env").write_text(mine)
    code, said = await newcomer.answers(tmp_path, "", "2", SANDBOX_KEY, "", "y", "n", OPENROUTER_API_KEY="older")
    assert code == 0
    assert "OPENROUTER_API_KEY is also set in the environment, which overrides .env. Unset it there." in " ".join(
        said.split()
    )
    assert (tmp_path / ".env").read_text() == mine.replace("=old", f"={SANDBOX_KEY}")
    assert (tmp_path / ".env.backup").read_text() == mine


async def test_whoever_stops_before_the_end_has_changed_nothing(newcomer: Newcomer, tmp_path: Path) -> None:
    code, said = await newcomer.answers(tmp_path, newcomer.sandbox.world.token, "3", SANDBOX_KEY, "")
    assert (code, said.splitlines()[-1]) == (1, "Stopped. Nothing was saved.")
    code, said = await newcomer.answers(tmp_path, newcomer.sandbox.world.token, "3", SANDBOX_KEY, "", "n")
    assert (code, said.splitlines()[-1]) == (1, "Nothing was saved.")
    assert list(tmp_path.iterdir()) == []


async def test_what_is_away_is_told_and_a_service_may_be_kept_all_the_same(newcomer: Newcomer, tmp_path: Path) -> None:
    away = f"http://{NOBODY}/v1"
    code, said = await newcomer.answers(tmp_path, "a.b.c", "", DISCORD_API_BASE=away)
    assert code == 1
    assert said.count(f"Discord cannot be reached at {away}") == 2  # Enter repeated the question
    answers = (newcomer.sandbox.world.token, "1", away, "", "n", "", "", "y", "", "y", "n")
    code, said = await newcomer.answers(tmp_path, *answers)
    assert code == 0
    assert said.count("The video service isn't responding") == 2
    assert dotenv_values(tmp_path / ".env")["OPENAI_API_KEY"] == "none"


async def test_where_env_is_a_folder_nothing_is_asked(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    code, said = await newcomer.answers(tmp_path)
    assert (code, said.count("\n")) == (78, 1)
    assert said == f"The settings belong in {tmp_path / '.env'}, which is a folder.\n"


async def test_a_key_under_a_name_with_a_slip_is_named_where_it_is_missing(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=t\nGEMINI_KEY=g\n")
    code, said = await newcomer.answers(tmp_path, command="run")
    assert (code, said.count("\n")) == (78, 1)
    assert said.startswith("Kinora cannot start: No video service is set up. Set OPENAI_API_KEY")
    assert said.endswith("GEMINI_KEY is not a setting; did you mean GEMINI_API_KEY?\n")
    code, said = await newcomer.answers(tmp_path, command="run", OPENAI_API_KEY="sk-canary-word")
    assert (code, said.count("\n")) == (78, 1)
    assert "OpenAI itself, which closed its Videos API on 24 September 2026. Set OPENAI_BASE_URL" in said
    assert "canary" not in said
