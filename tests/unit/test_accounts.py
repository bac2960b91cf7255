"""Accounts: from the settings and from a file, which of their data a model uses, and that jobs stay with theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, CannotStart
from bot.domain.phases import Done, Rendering
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider, Ready
from bot.jobs.ordering.remix_methods import account_of
from bot.jobs.providers.health import ModelHealth
from bot.jobs.runner import Runner
from bot.providers.catalogue.load import load_catalogue
from bot.providers.dialects import DIALECTS
from bot.settings import Settings
from bot.wiring.accounts import accounts_of, secrets_of, setting_warnings
from bot.wiring.accounts_file import AccountsFile
from bot.wiring.jobs import concurrency_limits
from bot.wiring.providers import providers_of
from tests.builders import a_card, a_catalogue, a_done_job, a_job
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench

GPU = """\
[accounts.gpu1]
dialect = "openai"
url = "http://gpu1.lan:8000/v1"
key = "a key of gpu1"
server = "vllm-omni"
renders = 1

[accounts.gateway]
dialect = "openrouter"
url = "https://gateway.example/api/v1"
key_env = "GATEWAY_KEY"
"""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


def settings(folder: Path, content: str, **more: object) -> Settings:
    path = folder / "accounts.toml"
    path.write_text(content)
    given: Mapping[str, object] = {"discord_token": "t", "accounts_file": path, **more}
    return Settings.model_validate(given)


# Sources


def test_the_simple_settings_make_an_account_each(tmp_path: Path) -> None:
    simple = settings(tmp_path, "", openai_api_key="sk-1 ", openai_base_url="http://gpu.lan/v1\r", gemini_api_key="g")
    accounts = accounts_of(simple)
    assert [(each.name, each.dialect) for each in accounts] == [("openai", "openai"), ("gemini", "gemini")]
    assert (accounts[0].key, accounts[0].base_url) == ("sk-1", "http://gpu.lan/v1")
    assert (accounts[0].key_setting, accounts[0].url_setting) == ("OPENAI_API_KEY", "OPENAI_BASE_URL")


def test_a_file_is_parsed_once_however_many_ask_and_anew_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(GPU)
    first = AccountsFile.read(path, ()).tables
    assert AccountsFile.read(path, DIALECTS).tables is first
    path.write_text(GPU.replace("gpu1", "gpu2"))
    assert set(AccountsFile.read(path, DIALECTS).tables) == {"gpu2", "gateway"}


def test_a_file_adds_any_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", "a key of the gateway")
    both = settings(tmp_path, GPU, openai_api_key="sk-1")
    providers = providers_of(both)
    assert {name: provider.host for name, provider in providers.items()} == {
        "openai": "api.openai.com",
        "gpu1": "gpu1.lan",
        "gateway": "gateway.example",
    }
    assert providers["gpu1"].setting == f"[accounts.gpu1] key in {tmp_path / 'accounts.toml'}"
    assert concurrency_limits(both).per_account == {"gpu1": 1}
    assert {"sk-1", "a key of gpu1", "a key of the gateway"} <= set(secrets_of(both))
    assert "a key of gpu1" not in repr(accounts_of(both))
    assert all({"sk-1", "a key of gpu1"} <= set(account.secrets) for account in accounts_of(both))


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("\ufeffa key\r\n")
    (account,) = accounts_of(
        settings(tmp_path, GPU.split("\n\n", maxsplit=1)[0].replace('key = "a key of gpu1"', f'key_file = "{secret}"'))
    )
    assert account.key == "a key"


def test_without_any_account_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"No video service is set up\. .* or ACCOUNTS_FILE"):
        accounts_of(settings(tmp_path, ""))


def test_openai_itself_has_closed_and_is_refused_where_nothing_else_is_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for address in ({}, {"openai_base_url": "https://API.openai.com/v1/"}):
        with pytest.raises(CannotStart, match=r"closed its Videos API on 24 September 2026\. Set OPENAI_BASE_URL to"):
            accounts_of(settings(tmp_path, "", openai_api_key="sk-1", **address))
    both = settings(tmp_path, "", openai_api_key="sk-1", gemini_api_key="g")
    assert [account.name for account in accounts_of(both)] == ["openai", "gemini"]
    assert setting_warnings(both)[-1].startswith("OPENAI_API_KEY points to OpenAI itself, which closed")
    assert setting_warnings(settings(tmp_path, "", gemini_api_key="g")) == []


@pytest.mark.parametrize(
    "written", ["minio.lan", " MINIO.lan", "minio.lan:9000", "http://minio.lan:9000/videos", "//minio.lan"]
)
def test_a_place_of_files_may_be_written_as_an_address(tmp_path: Path, written: str) -> None:
    (account,) = accounts_of(settings(tmp_path, "", gemini_api_key="g", download_hosts=(written,)))
    assert account.download_hosts == {"minio.lan"}


ONE = '[accounts.gpu1]\ndialect = "openai"\nurl = "http://gpu1.lan/v1"\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ONE, ", line 1: [accounts.gpu1] needs exactly one of key, key_file or key_env."),
        (ONE + 'key = "a"\nkey_env = "B"\n', ", line 5: [accounts.gpu1] key_env needs exactly one of key, key_file or"),
        (ONE + 'key_env = "NOT_SET"\n', ", line 4: [accounts.gpu1] key_env NOT_SET is not set in the environment."),
        (ONE + 'key_file = "/nowhere"\n', ", line 4: [accounts.gpu1] key_file /nowhere cannot be read: No such file"),
        (ONE + 'key = ""\n', ", line 4: [accounts.gpu1] key has to be a text in quotes."),
        (ONE + 'key = "a"\nrenders = 0\n', ", line 5: [accounts.gpu1] renders has to be a whole number of at least 1."),
        (ONE + 'key = "a"\nrender = 1\n', ", line 5: [accounts.gpu1] render is not a field of an account; there are"),
        (ONE.replace('"openai"', '"sora"') + 'key = "a"\n', ", line 2: [accounts.gpu1] dialect 'sora' is not spoken"),
        (ONE.replace("url", "#") + 'key = "a"\n', ", line 1: [accounts.gpu1] needs url, a text in quotes."),
        (ONE.replace("gpu1]", "gemini]") + 'key = "a"\n', ", line 1: [accounts.gemini] has the name of the account"),
        (ONE.replace("gpu1]", '"G P U"]') + 'key = "a"\n', ", line 1: [accounts.G P U] needs a name of small letters"),
        (ONE + 'key = "a"\n' + ONE, ", line 5: [accounts.gpu1] is there twice; give each account a name of its own."),
        ("accounts = 1\n", ": 'accounts' is not known; accounts are written as [accounts.NAME]."),
        (
            ONE + 'key_file = "~nobody-here/key"\n',
            ", line 4: [accounts.gpu1] key_file ~nobody-here/key cannot be read: ",
        ),
        (ONE + 'key_file = "a\\u0000b"\n', ", line 4: [accounts.gpu1] key_file a\x00b cannot be read: embedded null"),
        ("[accounts\n", " is not proper TOML: "),
        (f"accounts = {'[' * 5000}", " is not proper TOML: it has too many brackets within brackets."),
        (f"{ONE}renders = {'9' * 5000}", " is not proper TOML: a number in it has too many digits."),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(CannotStart) as caught:
        accounts_of(settings(tmp_path, content, gemini_api_key="g"))
    assert f"{tmp_path / 'accounts.toml'}{words}" in caught.value.sentence


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        (
            "http://gpu1.lan/v1",
            "gpu1.lan",
            "[accounts.gpu1] url in FILE 'gpu1.lan' isn't an address like https://api.",
        ),
        (
            "gpu1.lan/v1",
            "gpu1 .lan/v1",
            "[accounts.gpu1] url in FILE 'http://gpu1 .lan/v1' isn't an address like https://",
        ),
        (
            "gpu1.lan/v1",
            "gpu1..lan/v1",
            "[accounts.gpu1] url in FILE 'http://gpu1..lan/v1' isn't an address like https://",
        ),
        (
            "url =",
            'server = "vllm"\nurl =',
            "[accounts.gpu1] server in FILE 'vllm' isn't a known kind of server. Use one of auto",
        ),
    ],
)
def test_an_account_that_cannot_be_one_is_named_by_its_place(
    tmp_path: Path, was: str, becomes: str, words: str
) -> None:
    with pytest.raises(CannotStart) as caught:
        providers_of(settings(tmp_path, ONE.replace(was, becomes) + 'key = "a"\n'))
    assert words.replace("FILE", str(tmp_path / "accounts.toml")) in caught.value.sentence


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_of_windows_are_read(tmp_path: Path, encoding: str) -> None:
    path, key = tmp_path / "accounts.toml", tmp_path / "gpu1.key"
    path.write_bytes((ONE + f"key_file = '{key}'\n").replace("\n", "\r\n").encode(encoding))
    key.write_bytes("a\r\n".encode(encoding))
    (account,) = AccountsFile.read(path, DIALECTS).accounts([])
    assert (account.name, account.key) == ("gpu1", "a")


# What a model uses of them

CARDS = """\
[models.wan]
label = "Wan"
provider = "gpu1"
accounts = ["gpu1", "gpu2", "gateway"]
remote = "wan"
seconds = [5]
sizes = ["1280x720"]
price = { "1280x720" = "0.02" }
hosts = ["*.lan"]
"""


def test_a_model_is_where_its_accounts_are_set_up_and_serve_it(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text(CARDS)
    hosts = {"gpu2": "gpu2.lan", "gateway": "gateway.example", "gpu1": "gpu1.lan"}
    known = load_catalogue(own, hosts, date(2026, 11, 28))
    assert known.cards["wan"].account_names == ("gpu1", "gpu2")
    del hosts["gpu1"]
    assert load_catalogue(own, hosts, date(2026, 11, 28)).cards["wan"].account == "gpu2"


def test_a_remix_goes_to_the_account_of_its_source_if_the_model_is_there() -> None:
    card = a_card(accounts=("gpu1", "gpu2"))
    assert account_of(card, a_done_job(account="gpu2")) == "gpu2"
    assert account_of(card, a_done_job(account="openai")) == "gpu1"


async def test_new_orders_go_to_the_next_account_while_the_first_is_refused(bench: Bench) -> None:
    card, gpu1 = a_card(accounts=("gpu1", "gpu2")), ScriptedProvider(name="gpu1")
    health = ModelHealth(
        render_history=bench.store,
        accounts=bench.accounts(),
        catalogue=a_catalogue(card),
        providers={"gpu1": gpu1, "gpu2": ScriptedProvider(name="gpu2")},
        clock=bench.clock,
        open_methods=bench.context.remix_planner.open_methods,
    )
    assert await health.account_for(card) == "gpu1"
    await bench.context.circuit.note_refusal(gpu1, AccountTrouble("The key was refused."))
    assert await health.account_for(card) == "gpu2"
    assert (await health.of(card)).is_well


# Jobs stay with their account


def moved(bench: Bench, to: str) -> tuple[Runner, ScriptedProvider]:
    """The model has moved to another account, and the bot was restarted."""
    there = ScriptedProvider(name=to, submits=["video_there"], looks=[Ready()])
    providers: Mapping[str, Provider] = {"openai": bench.provider, to: there}
    catalogue = a_catalogue(a_card(provider=to))
    return Runner(replace(bench.context, providers=providers, catalogue=catalogue)), there


async def test_a_waiting_order_whose_model_moved_is_asked_about_where_it_was_paid(bench: Bench) -> None:
    job_id = await bench.order()
    bench.runner, there = moved(bench, "gpu1")
    for _ in ("claimed at its old account", "and at the new one"):
        await bench.step()
    sent = await bench.job(job_id)
    assert isinstance(sent.phase, Rendering)
    assert (sent.account, len(there.orders), bench.provider.orders) == ("gpu1", 1, [])
    assert isinstance((await bench.run(job_id)).phase, Done)


async def test_a_waiting_order_whose_model_moved_waits_for_a_place_at_its_new_account(bench: Bench) -> None:
    limits = ConcurrencyLimits(total=9, per_account={"gpu1": 1})
    await bench.order(a_job(account="gpu1"))
    (lease,) = await bench.store.claim("worker", limits, 10)
    await bench.store.move(lease, lease.job.moved_to(Rendering(remote_id="video_1", started_at=bench.clock.now())))
    await bench.order()
    bench.runner, there = moved(bench, "gpu1")
    for lease in await bench.store.claim("worker", limits, 10):
        await bench.runner.advance(lease)
    assert (await bench.store.claim("worker", limits, 10), there.orders) == ([], [])


async def test_an_order_that_was_sent_is_asked_about_there_wherever_its_model_is_now(bench: Bench) -> None:
    job_id = await bench.order()
    await bench.step()
    bench.runner, there = moved(bench, "gpu1")
    done = await bench.run(job_id)
    assert isinstance(done.phase, Done)
    assert (done.account, done.phase.remote_id, there.orders) == ("openai", "video_1", [])


async def test_the_same_id_at_two_accounts_is_two_videos(bench: Bench) -> None:
    one, two = a_job(), a_job(account="gpu1")
    for job in (one, two):
        await bench.order(job)
        (lease,) = await bench.store.claim("worker", ConcurrencyLimits(total=9), 10)
        await bench.store.move(lease, lease.job.moved_to(Rendering(remote_id="video_1", started_at=bench.clock.now())))
    assert await bench.store.known("gpu1", ["video_1"]) == frozenset({"video_1"})


async def test_a_full_account_lets_the_others_go_on(bench: Bench) -> None:
    """Its next orders wait while any number of orders of other accounts overtake them."""
    limits = ConcurrencyLimits(total=4, per_account={"gpu1": 1})
    for account in ("gpu1",) * 6 + ("openai",) * 2:
        await bench.order(a_job(account=account))
        bench.clock.forward(1.0)
    claimed = await bench.store.claim("worker", limits, 4)
    assert sorted(lease.job.account for lease in claimed) == ["gpu1", "openai", "openai"]
    assert await bench.store.claim("worker", limits, 4) == []


@pytest.mark.parametrize("written", ["fd00::5", "[fd00::5]", "http://[FD00::5]:9000/files"])
def test_a_place_of_files_may_be_an_ipv6_address_as_the_log_names_it(tmp_path: Path, written: str) -> None:
    (account,) = accounts_of(settings(tmp_path, "", gemini_api_key="g", download_hosts=(written,)))
    assert account.download_hosts == {"fd00::5"}
