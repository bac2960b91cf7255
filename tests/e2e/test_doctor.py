"""`python -m bot doctor` and `python -m bot models` between the simulated Discord and the simulated video host."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.doctor.channel_checks import look_at_channel
from bot.doctor.discord_rest import DiscordRest
from bot.domain.errors import Unavailable
from bot.providers.catalogue.load import SHIPPED
from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world.permissions import ATTACH_FILES, VIEW_CHANNEL
from bot.sandbox.discord.world.world import World
from bot.sandbox.keeper import CHECKOUT, BotKeeper
from bot.sandbox.server import Sandbox
from bot.sandbox.services import DIALECTS
from bot.sandbox.video.service import SimulatedService
from bot.sandbox.video.trouble import Hang, Operation
from bot.wiring.cogs.commands import commands_only
from tests.e2e.acting import is_ready
from tests.extent import FULL, only_in_full
from tests.ports import free_port
from tests.waiting import PATIENCE, comes_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "127.0.0.1:9"  # the discard port: nothing listens there
ORDERED_FROM = DIALECTS if FULL else {"openai": DIALECTS["openai"]}  # each paints a film of the ordered size
LONGEST = 5 * PATIENCE  # seconds for a command, which may have films made at several services


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command printed, and its exit code. `lines` are the report's, by sign and subject."""

    code: int
    out: str
    err: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def about(self, subject: str) -> list[tuple[str, str]]:
        return [(sign, words) for sign, about, words in self.lines if about == subject]

    @property
    def troubles(self) -> list[str]:
        return [f"{sign} {subject}" for sign, subject, _ in self.lines if sign != "✓"]


LINE = re.compile(r"^([✓!✗]) (.{14}) (.*(?:\n {17}.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Machine:
    """A self-hoster's machine on which everything is right except what a test changes."""

    sandbox: Sandbox
    services: Mapping[str, SimulatedService]

    @property
    def host(self) -> SimulatedService:
        return self.services["openai"]

    @property
    def bill(self) -> dict[str, int]:
        """Paid requests so far, by service."""
        return {name: len(service.created) for name, service in self.services.items()}

    @property
    def world(self) -> World:
        return self.sandbox.world

    def settings(self, data: Path, **changes: str) -> dict[str, str]:
        right = {
            "DISCORD_TOKEN": self.world.token,
            "DISCORD_API_BASE": self.sandbox.api_base,
            "DISCORD_GATEWAY_URL": self.sandbox.gateway_url,
            **DIALECTS["openai"].settings(self.sandbox.url),
            "DATA_DIR": str(data),
        }
        return right | changes

    async def types(self, command: str, data: Path, *, sits_there: str | None = None, **changes: str) -> Outcome:
        """`python -m bot …`, in an empty folder. `sits_there` contains the answers of somebody at a terminal."""
        inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
        terminal, chair = os.openpty() if sits_there is not None else (None, None)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *command.split(),
            cwd=CHECKOUT / "tests",
            env=inherited | self.settings(data, **changes),
            stdin=asyncio.subprocess.DEVNULL if chair is None else chair,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        if terminal is not None:
            os.write(terminal, f"{sits_there}\n".encode())
        try:
            async with asyncio.timeout(LONGEST):
                out, err = (each.decode() for each in await process.communicate())
        finally:
            if process.returncode is None:
                process.kill()
        for end in (terminal, chair):
            if end is not None:
                os.close(end)
        assert "Traceback" not in out + err
        lines = [(sign, subject.strip(), " ".join(words.split())) for sign, subject, words in LINE.findall(out)]
        return Outcome(code=process.returncode or 0, out=out, err=err, lines=lines)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def machine() -> AsyncIterator[Machine]:
    services = {name: dialect.make(render_seconds=0.5, frame_rate=4, sound=False) for name, dialect in DIALECTS.items()}
    mounts = {DIALECTS[name].mount: service.application() for name, service in services.items()}
    sandbox = Sandbox(World.demo(), mounts=mounts)
    await sandbox.start()
    yield Machine(sandbox, services)
    await sandbox.close()


@pytest.mark.own_interpreter
async def test_all_is_well_before_the_first_start_and_nothing_is_changed_or_spent(
    machine: Machine, tmp_path: Path
) -> None:
    asked = len(list(machine.world.diary))
    done = await machine.types("doctor", tmp_path / "data")
    assert done.code == 0, done.out + done.err
    assert done.troubles == []
    assert done.out.endswith("\nAll is well.\n")
    assert done.err == ""
    order = " ".join(subject for _, subject, _ in done.lines)
    assert order.startswith("settings token intents gateway servers commands clock openai openai models")
    assert order.endswith("database files room codecs")
    assert done.about("commands") == [("✓", f"none registered yet; the next start registers {await _ours()}")]
    assert done.about("models") == [("✓", "2 models can be ordered; default Sora 2: 4 s of 1280x720 for $0.40")]
    assert list(tmp_path.iterdir()) == []
    assert {each.method for each in list(machine.world.diary)[asked:]} == {"GET"}
    assert machine.world.gateway.identifies == 0
    assert set(machine.bill.values()) == {0}


async def test_a_running_bot_is_looked_at_and_not_disturbed(
    machine: Machine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    port = str(free_port())
    pages = {"HTTP_PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    keeper = BotKeeper(tmp_path)
    await keeper.start(machine.settings(tmp_path, **pages))
    try:
        await machine.world.until(lambda: machine.world.gateway.online)
        await comes_true(lambda: is_ready(tmp_path))
        before = _rows(tmp_path)
        done = await machine.types(f"doctor --channel {_id(machine, 'studio')}", tmp_path, **pages)
        assert done.about("commands") == [("✓", f"{await _ours()} registered and up to date")]
        assert [sign for sign, _ in done.about("channel")] == ["✓", "✓"]
        assert done.about("web pages") == [("✓", f"served on port {port}: the bot is running and well")]
        assert done.about("public address")[0] == ("✓", f"http://127.0.0.1:{port} leads here")
        assert done.troubles == ["! public address"]  # it is not https
        assert done.code == 0
        assert _rows(tmp_path) == before
        assert machine.world.gateway.online
        (elsewhere / "player-links.key").write_text("00" * 32)
        done = await machine.types("doctor", elsewhere, **pages)
        assert done.about("public address")[0][1].startswith(f"{pages['PUBLIC_URL']} leads to a Kinora with another")
        assert done.code == 1
    finally:
        await keeper.stop()
    names = sorted(path.name for path in tmp_path.iterdir())
    done = await machine.types("doctor", tmp_path, **pages)
    assert done.about("web pages") == [("✓", f"port {port} is free for them")]
    assert done.about("public address")[0][1].startswith(f"http://127.0.0.1:{port} answers only while the bot runs")
    assert sorted(path.name for path in tmp_path.iterdir()) == names


async def test_everything_that_is_wrong_is_told_at_once_and_no_secret_with_it(machine: Machine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "kinora.db")) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    before = (tmp_path / "kinora.db").read_bytes()
    taken = machine.sandbox.url.rpartition(":")[2]
    wrong = {"DISCORD_TOKEN": "canary-token-1", "OPENAI_API_KEY": "canary-key-2", "HTTP_PORT": taken}
    machine.world.clock.skip(600)
    try:
        done = await machine.types("doctor", tmp_path, **wrong)
    finally:
        machine.world.clock.skip(-600)
    assert done.code == 1
    assert done.troubles == ["✗ token", "✗ clock", "✗ openai", "✗ database", "✗ web pages"]
    assert "Discord refuses DISCORD_TOKEN" in done.out
    assert "rejected the key in OPENAI_API_KEY (401)" in done.out
    assert re.match(r"this machine is (599|600|601) seconds behind Discord", done.about("clock")[0][1])
    assert done.about("database")[0][1].startswith("the database was written by a newer version of Kinora")
    assert done.about("web pages")[0][1].startswith(f"on port {taken} something else answers (status 404)")
    assert "canary" not in done.out + done.err
    assert (tmp_path / "kinora.db").read_bytes() == before


async def test_what_cannot_be_reached_is_one_line_each(machine: Machine, tmp_path: Path) -> None:
    off = {"DISCORD_API_BASE": f"http://{NOBODY}/api", "OPENAI_BASE_URL": f"http://{NOBODY}/v1"}
    done = await machine.types("doctor", tmp_path, **off)
    assert (done.code, done.troubles) == (1, ["✗ token", "✗ openai"])
    assert done.about("token")[0][1].startswith(f"Discord cannot be reached at http://{NOBODY}/api")


@only_in_full("it waits five seconds; tests/unit/test_doctor_report.py has a check that hangs")
async def test_what_hangs_does_not_hang_the_doctor(machine: Machine, tmp_path: Path) -> None:
    """Neither a silent video service nor a database whose transactions nobody can cancel."""
    machine.host.trouble.next(Operation.MODELS, Hang())
    identified, machine.world.gateway.identifies = machine.world.gateway.identifies, 995
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = f"postgresql://kinora@127.0.0.1:{silent.getsockname()[1]}/kinora"
        began = time.monotonic()
        done = await machine.types("doctor --patience 5", tmp_path, DATABASE_URL=database)
    machine.world.gateway.identifies = identified
    assert time.monotonic() - began < 30
    given_up = [("✗", "no answer within 5 seconds")]
    assert [done.about(subject) for subject in ("commands", "openai", "database", "books")] == [given_up] * 4
    assert done.about("gateway")[0][1].startswith("5 session starts are left for 24 hours")
    assert done.about("token")[0][0] == "✓"
    assert done.code == 1


async def test_each_permission_the_bot_lacks_in_a_channel_is_named(machine: Machine, tmp_path: Path) -> None:
    done = await machine.types(f"doctor --channel {_id(machine, 'read-only')}", tmp_path)
    assert done.troubles == ["✗ channel"]
    words = "in #read-only on Kinora demo the bot lacks Send Messages, Attach Files"
    assert done.about("channel")[0][1].startswith(words)
    assert done.code == 1


async def test_a_thread_has_the_permissions_of_its_channel(machine: Machine) -> None:
    world = machine.world
    async with DiscordRest(machine.sandbox.api_base, world.token, seconds=10) as rest:

        async def said(channel: int) -> str:
            return (await look_at_channel(rest, channel, world.bot.id))[0].words

        thread, channel = world.channel("storyboard").id, world.channel("studio").id
        assert await said(thread) == "#storyboard on Kinora demo: the bot has every permission it needs"
        admin.deny(world, world.bot, channel, ATTACH_FILES)
        assert await said(thread) == "in #storyboard on Kinora demo the bot lacks Attach Files"
        admin.deny(world, world.bot, channel, VIEW_CHANNEL)
        assert await said(channel) == f"the bot cannot see channel {channel}: it lacks View Channels"
        admin.allow(world, world.bot, channel, VIEW_CHANNEL | ATTACH_FILES)
        assert await said(channel) == "#studio on Kinora demo: the bot has every permission it needs"
        assert await said(99) == "the bot can't find channel 99"
        assert (await said(world.direct("ann").id)).endswith("is a direct message; Kinora is for channels of a server")


async def test_a_short_rate_limit_is_waited_for_and_a_long_one_is_told(machine: Machine) -> None:
    async with DiscordRest(machine.sandbox.api_base, machine.world.token, seconds=10) as rest:
        machine.world.trouble.fails("GET", "/gateway/bot", 429, retry_after=1)
        assert (await rest.get("/gateway/bot")).fields["shards"] == 1
        machine.world.trouble.fails("GET", "/gateway/bot", 429, retry_after=60)
        with pytest.raises(Unavailable, match="asked Kinora to slow down"):
            _ = (await rest.get("/gateway/bot")).fields
        machine.world.trouble.fails("GET", "/gateway/bot", 503)
        with pytest.raises(Unavailable, match="503"):
            _ = (await rest.get("/gateway/bot")).fields


OWN = """
[models.sora-2]
remote = "sora-2x"
[models.new]
label = "New"
provider = "openai"
remote = "sora-2"
seconds = [4]
sizes = ["1280x720"]
[[models.sora-2-pro.retired]]
hosts = ["127.*"]
since = {soon}
instead = "Take another."
"""


async def test_models_that_are_not_served_not_priced_or_closing_are_named(machine: Machine, tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text(OWN.format(soon=time.strftime("%Y-%m-%d", time.gmtime(time.time() + 10 * 86400))))
    done = await machine.types("doctor", tmp_path / "data", MODELS_FILE=str(own))
    assert done.about("openai")[1][1].startswith(
        "127.0.0.1 lists no model 'sora-2x' (Sora 2); the nearest of its 2 models is 'sora-2'"
    )
    assert done.about("prices")[0][1].startswith("New has no price for 1280x720, so it can't be ordered")
    assert done.about("retirement")[0][1].startswith("Sora 2 Pro closes at 127.0.0.1 on")
    assert (done.code, done.troubles) == (0, ["! openai", "! retirement", "! prices"])


async def test_one_wrong_setting_leaves_the_other_checks_alone(machine: Machine, tmp_path: Path) -> None:
    wrong = {
        "MODELS_FILE": "not-there.toml",
        "DATABASE_URL": f"postgresql://kinora:canary-word@{NOBODY}/kinora",
        "PUBLIC_URL": f"https://{NOBODY}",
    }
    done = await machine.types("doctor", tmp_path, **wrong)
    words = {subject: said for _, subject, said in done.lines}
    assert words["models"].startswith("The model catalogue not-there.toml cannot be read")
    assert words["commands"].startswith(f"The database postgresql+psycopg://kinora:***@{NOBODY}/kinora cannot be used")
    assert done.about("public address")[0][1].startswith(f"https://{NOBODY} cannot be reached from this machine")
    assert words["codecs"] == "made and read a test video in H.264, with its poster"
    assert words["files"].endswith("is writable")
    assert "canary" not in done.out + done.err


async def test_without_a_video_service_the_rest_is_looked_at(machine: Machine, tmp_path: Path) -> None:
    done = await machine.types("doctor", tmp_path, OPENAI_API_KEY="")
    assert done.about("services")[0][1].startswith("No video service is set up. Set OPENAI_API_KEY")
    assert (done.code, done.troubles) == (1, ["✗ services"])


@pytest.mark.usefixtures("films_as_ordered")
async def test_only_a_yes_spends_and_it_spends_once_at_each_service(machine: Machine, tmp_path: Path) -> None:
    before = machine.bill
    nobody = await machine.types("doctor --spend", tmp_path)
    assert nobody.troubles == ["! spend"]
    assert machine.bill == before
    own = tmp_path / "models.toml"
    ids = tomllib.loads(SHIPPED.read_text())["models"]
    own.write_text("".join(f'[models."{model}"]\ntypical = 1\n' for model in ids))  # polls at once
    everything = {
        key: value for each in ORDERED_FROM.values() for key, value in each.settings(machine.sandbox.url).items()
    }
    done = await machine.types("doctor --spend", tmp_path, sits_there="y", MODELS_FILE=str(own), **everything)
    clips = f"these {len(ORDERED_FROM)} test clips" if FULL else "the test clip"
    assert machine.bill == {name: count + (name in ORDERED_FROM) for name, count in before.items()}
    assert re.search(rf"Order {clips} for \$\d\.\d+\? \[y/N\]", done.out)
    for name in ORDERED_FROM:
        sign, words = done.about(name)[-1]
        assert sign == "✓", done.out
        assert re.search(r"\d s of \d+x\d+ in h264 after \d+ s; it plays, and it cost \$\d\.\d+", words)
    assert done.about("openai")[-1][1].endswith("it cost $0.40 by the price table")
    assert list(tmp_path.iterdir()) == [own]
    assert done.code == 0, done.out


async def test_nothing_is_spent_at_a_service_that_is_not_well(machine: Machine, tmp_path: Path) -> None:
    before = machine.bill
    done = await machine.types("doctor --spend --yes", tmp_path, OPENAI_API_KEY="wrong-key")
    assert done.about("openai")[-1] == ("!", "no clip was ordered, because of what is wrong above")
    assert machine.bill == before


async def test_settings_that_are_missing_or_wrong_are_told_and_the_rest_is_looked_at(
    machine: Machine, tmp_path: Path
) -> None:
    wrong = {"DISCORD_TOKEN": "", "LOG_LEVEL": "loud", "POLL_MIN_SECONDS": "30", "DISCORD_MEDIA_HOSTS": "cdn"}
    done = await machine.types("doctor", tmp_path, MAX_CONCURENT_JOBS="5", **wrong)
    assert done.code == 78
    told = done.about("settings")
    assert [sign for sign, _ in told] == ["✗", "✗", "✗", "✗", "✓", "!"]
    assert told[0] == ("✗", "DISCORD_MEDIA_HOSTS has to be written as JSON.")
    assert told[1][1].startswith("DISCORD_TOKEN is not set.")
    assert told[2] == ("✗", "LOG_LEVEL is not right: it has to be DEBUG, INFO, WARNING or ERROR.")
    assert told[3] == ("✗", "POLL_MIN_SECONDS is more than POLL_MAX_SECONDS.")
    assert told[4] == ("✓", "the rest is read; video services: openai at 127.0.0.1")
    assert told[5] == ("!", "MAX_CONCURENT_JOBS is not a setting; did you mean MAX_CONCURRENT_JOBS?")
    order = " ".join(subject for _, subject, _ in done.lines if subject != "settings")
    assert order == "clock openai openai models database files room codecs"


async def test_models_are_listed_and_discovered(machine: Machine, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[models.sora-2-pro]\nremote = "elsewhere"\n')
    listed = await machine.types("models list", tmp_path / "data", MODELS_FILE=str(own), DISCORD_TOKEN="")
    assert listed.code == 0
    first, second = listed.out.splitlines()[:2]
    assert first.split("  ")[0] == "model"
    assert " ".join(second.split()) == "sora-2 openai 127.0.0.1 $0.10 4 s for $0.40 priced 2026-09-19 the default"
    assert re.search(r"^minimax-h3 .* for api\.saygm\.com only$", listed.out, re.MULTILINE)

    found = await machine.types("models discover", tmp_path / "data", MODELS_FILE=str(own))
    assert found.code == 0
    assert "#   sora-2 is [models.sora-2]" in found.out
    assert 'remote = "sora-2-pro"' in found.out
    assert "[models.sora-2-pro-2]" in found.out  # the id is taken by a card with another name there

    new = tmp_path / "new.toml"
    written = await machine.types(f"models discover --provider openai --write {new}", tmp_path, MODELS_FILE=str(own))
    assert (written.code, written.out) == (0, "")
    assert new.read_text() == found.out
    unknown = await machine.types("models discover --provider nobody", tmp_path)
    assert (unknown.code, unknown.err) == (78, "nobody is not a video service set up here. Set up: openai.\n")


def _id(machine: Machine, channel: str) -> str:
    return str(machine.world.channel(channel).id)


def _rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All but what a bot that was just started goes on with by itself."""
    with closing(sqlite3.connect(data / "kinora.db")) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
    records = [_without_moment(*row) for row in rows["records"] if row[0] != "servers are known"]
    return rows | {"records": records, "video_words_walk": []}


def _without_moment(namespace: str, key: str, value: str, expires_at: object) -> tuple[object, ...]:
    """The running bot renews its own lease to answer people; whose lease it is remains."""
    return namespace, key, json.loads(value)[0] if namespace == "who answers people" else value, expires_at


async def _ours() -> int:
    """The number of commands and context menus."""
    return len((await commands_only(has_helper=False)).tree.get_commands())
