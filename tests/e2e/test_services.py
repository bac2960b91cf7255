"""The shipped bot with each simulated video service: a video and a remix, ordered by a person, posted and booked."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.money.usd import FREE, Usd
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.services import DIALECTS, Scene
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.ui.text.formatting import money
from tests.contract.video_services import serving
from tests.e2e.acting import answer, create, result_of
from tests.e2e.stages import quick_stage
from tests.extent import FULL

SETTINGS = {"CONFIRM_ABOVE_USD": "100"}
ROOT = Path(__file__).resolve().parents[2]

BY_ITSELF, BY_FRAME = "Edited from the original", "New take from the first frame"
DIALECT_REMIXES = {
    "openai": BY_ITSELF,
    "gemini": BY_ITSELF,
    "openrouter": BY_FRAME,
    "comfyui": BY_FRAME,
    "fal": BY_FRAME,
    "replicate": BY_FRAME,
    "xai": BY_ITSELF,
}
# The servers that differ most: changing ids, other model names, forms only, known by address, one long request.
# tests/contract/test_server_profiles.py has them all, which is enough for the others unless everything is tested.
SERVER_REMIXES = {
    "litellm": BY_FRAME,
    "bifrost": BY_ITSELF,
    "vllm-omni": BY_FRAME,
    "saygm": BY_FRAME,
    "dynamo": BY_FRAME,
}
PLAYED_ALWAYS = {"openai", "openrouter"}  # the contract tests of the others cover most of it
SCENES = [(Scene(provider=name), how) for name, how in DIALECT_REMIXES.items() if FULL or name in PLAYED_ALWAYS]
SCENES += [(Scene(accent=name), how) for name, how in SERVER_REMIXES.items() if FULL]


def test_every_dialect_is_played() -> None:
    assert set(DIALECT_REMIXES) == set(DIALECTS)


@pytest.mark.parametrize(("scene", "how"), SCENES, ids=lambda value: getattr(value, "name", ""))
async def test_a_video_and_its_remix_are_made_and_paid_once(scene: Scene, how: str, tmp_path: Path) -> None:
    async with quick_stage(tmp_path, SETTINGS | own_prices(scene, tmp_path), scene=scene).running() as stage:
        first = await result_of(stage, await create(stage, prompt="a fox in the snow"))
        form = await stage.person("ann").clicks("Remix", on=first)
        assert form.form is not None
        second = await result_of(stage, await answer(stage, await stage.person("ann").fills(form.form, prompt="night")))
        assert how in second.text
        assert [made.prompt.splitlines()[-1] for made in stage.host.created] == ["a fox in the snow", "night"]
        assert film_of(first) != film_of(second)
        said = await answer(stage, await stage.person("ann").types("/costs"))
        with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
            costs = [Usd(micros) for (micros,) in database.execute("SELECT cost FROM jobs ORDER BY created_at")]
        assert [money(cost) for cost in costs] == [spent(first), spent(second)]
        assert costs[0] + costs[1] > FREE
        assert f"**You've spent {money(costs[0] + costs[1])} " in said.text  # of exact amounts, rounded once


def own_prices(scene: Scene, folder: Path) -> dict[str, str]:
    """What one's own machine costs, if anything."""
    if scene.provider != "comfyui":
        return {}
    path = folder / "prices.toml"
    path.write_text('[models."wan-2.2-5b".price]\n"1280x704" = "0.01"\n')
    return {"MODELS_FILE": str(path)}


ACCOUNTS = """
[accounts.gpu1]
dialect = "openai"
url = "{url}/gpu/v1"
key = "{key}"
renders = 1
"""
MODELS = """
[models.wan]
label = "Wan on gpu1"
provider = "gpu1"
remote = "sora-2"
seconds = [4]
sizes = ["1280x720"]
price = {{ "1280x720" = "0.02" }}
"""


async def test_a_server_of_the_accounts_file_works_beside_that_of_the_settings(tmp_path: Path) -> None:
    gpu = VideoHost(accent="vllm-omni", render_seconds=0.5, frame_rate=2, sound=False)
    accounts, models = tmp_path / "accounts.toml", tmp_path / "models.toml"
    async with serving({"/gpu": gpu.application()}) as url:
        accounts.write_text(ACCOUNTS.format(url=url, key=SANDBOX_KEY))
        models.write_text(MODELS.format())
        files = {"ACCOUNTS_FILE": str(accounts), "MODELS_FILE": str(models)}
        stage = quick_stage(tmp_path / "data", SETTINGS | files)
        async with stage.running():
            cards = [await create(stage, prompt="a fox"), await create(stage, prompt="a hare", model="wan")]
            for card in cards:
                await result_of(stage, card)
    assert [made.prompt for made in stage.host.created] == ["a fox"]
    assert [made.prompt for made in gpu.created] == ["a hare"]


def film_of(message: Message) -> bytes:
    film = message.file(message.media[0].filename)
    assert film[4:8] == b"ftyp"
    return film


def spent(message: Message) -> str:
    """The amount in a result's line of facts."""
    return next(word for word in message.text.split() if word.startswith("$"))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--provider", "sora"], "openai, gemini, openrouter, comfyui, fal, replicate, xai"),
        (["--accent", "vllm"], "vllm-omni"),
        (["--provider", "gemini", "--accent", "litellm"], "Accents are for openai"),
    ],
)
def test_a_service_that_there_is_not_is_said_so(words: list[str], named: str) -> None:
    command = [sys.executable, "-m", "bot", "demo", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 64
    assert named in done.stderr
    assert "Traceback" not in done.stderr
