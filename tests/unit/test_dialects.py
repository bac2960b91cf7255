"""The table of dialects: loaded on first use, and consistent with the classes it names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.providers.dialects import DIALECTS, ProviderOnFirstUse
from bot.providers.openai.server_profiles import AUTO, BY_NAME
from tests.builders import an_account

ROOT = Path(__file__).parents[2]
SET_UP = """
import json, sys
import bot.wiring.accounts
from bot.providers.dialects import DIALECTS, ProviderOnFirstUse
from tests.builders import an_account

loaded = {}
for dialect in DIALECTS:
    ProviderOnFirstUse(an_account(dialect))
    loaded[dialect] = sorted({"openai", "httpx", "httpx2"} & set(sys.modules))
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """By dialect, the libraries loaded after one account of each was set up in turn."""
    done = subprocess.run([sys.executable, "-c", SET_UP], cwd=ROOT, capture_output=True, text=True, check=True)
    by_dialect: dict[str, list[str]] = json.loads(done.stdout)
    return by_dialect


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_a_dialect_is_not_loaded_before_it_is_needed(loaded: dict[str, list[str]], dialect: str) -> None:
    assert loaded[dialect] == []


@pytest.mark.parametrize("dialect", list(DIALECTS))
async def test_a_dialect_is_loaded_by_the_first_question_and_once(dialect: str) -> None:
    provider = ProviderOnFirstUse(an_account(dialect, base_url="http://127.0.0.1:1/v1"))
    with pytest.raises(Exception, match="isn't responding"):
        await provider.look("video_1")
    with pytest.raises(Exception, match="isn't responding"):
        await provider.look("video_1")
    await provider.close()


async def test_a_provider_that_was_never_asked_is_closed_without_loading_it() -> None:
    await ProviderOnFirstUse(an_account()).close()


def test_the_table_names_every_profile_of_the_openai_dialect() -> None:
    assert set(DIALECTS["openai"].servers) == {AUTO, *BY_NAME}


def test_a_kind_of_server_that_there_is_not_is_named_with_those_there_are() -> None:
    with pytest.raises(
        CannotStart, match=r"OPENAI_SERVER 'vllm' isn't a known kind of server\. Use one of auto, plain, openai"
    ):
        ProviderOnFirstUse(an_account(server="vllm"))


def test_one_service_tells_its_models_itself() -> None:
    assert [name for name, dialect in DIALECTS.items() if dialect.read_models()] == ["openrouter"]
