"""Messages name the command with which Kinora was started."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.config.started_as import MODULE, SCRIPT, command_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("/home/ann/.local/bin/kinora", SCRIPT),
        ("kinora.exe", SCRIPT),
        ("/opt/kinora/bot/__main__.py", MODULE),
        ("/usr/bin/pytest", MODULE),
        ("", MODULE),
    ],
)
def test_the_command_is_the_one_that_was_typed(program: str, command: str) -> None:
    assert command_of(program) == command


@pytest.mark.parametrize(
    ("program", "interpreter", "command"),
    [
        ("/opt/kinora/bot/__main__.py", "/opt/kinora/.venv/bin/python", ".venv/bin/python -m bot"),
        ("/opt/kinora/bot/__main__.py", "/usr/bin/python3", MODULE),
        ("/opt/kinora/.venv/bin/kinora", "/opt/kinora/.venv/bin/python", SCRIPT),
    ],
)
def test_the_python_of_an_environment_in_this_folder_is_named_with_its_path(
    program: str, interpreter: str, command: str
) -> None:
    assert command_of(program, interpreter, Path("/opt/kinora")) == command


def test_the_script_starts_what_the_module_starts() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts[SCRIPT].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_a_missing_setting_and_the_usage_name_the_script(tmp_path: Path) -> None:
    """An installed script is started with its own path as the program, and in any folder."""
    script = tmp_path / SCRIPT
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom bot.__main__ import main\nsys.exit(main())\n"
    )

    def says(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(script), *words], cwd=tmp_path, env={}, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    assert says("doctor", "--help").startswith("usage: kinora doctor [-h]")
    assert says("run") == (
        "Kinora cannot start: DISCORD_TOKEN is not set. Run `kinora setup`, or put it in .env (see .env.example).\n"
    )
