"""The doctor's conclusions about permissions, sessions, commands, clocks, models, free space and drives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from discord import Permissions

from bot.doctor.channel_checks import NEEDED, permissions, rights, upload_limit
from bot.doctor.discord_checks import application, clock, guilds, registered, sessions
from bot.doctor.provider_checks import catalogue, served, service
from bot.doctor.report import Finding, Level
from bot.doctor.spending import cheapest
from bot.doctor.storage_checks import room
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.messages import Foreign, msg
from bot.domain.models.card import ModelCard, Retirement
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.workflow import Lack
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import UnitPrice
from bot.domain.video import Size
from storage.db.inspection import network_file_system
from tests.builders import TALL, WIDE, a_card, a_catalogue
from tests.scripted import ScriptedProvider

GIB = 1024**3
TODAY = date(2026, 11, 23)
HOSTS = {"openai": "video.example"}
BOT, EVERYONE, ROLE = "1", "10", "11"
VIEW, SEND, ATTACH = 1 << 10, 1 << 11, 1 << 15


def a_guild(everyone: int = 0, role: int = 0, owner: str = "5") -> Mapping[str, Any]:
    roles = [{"id": EVERYONE, "permissions": str(everyone)}, {"id": ROLE, "permissions": str(role)}]
    return {"id": EVERYONE, "owner_id": owner, "roles": roles}


def a_channel(**overwrites: tuple[int, int]) -> Mapping[str, Any]:
    """Overwrites as (allowed, denied) by "everyone", "role", "bot"."""
    ids = {"everyone": EVERYONE, "role": ROLE, "bot": BOT}
    given = [{"id": ids[who], "allow": str(yes), "deny": str(no)} for who, (yes, no) in overwrites.items()]
    return {"permission_overwrites": given}


MEMBER = {"user": {"id": BOT}, "roles": [ROLE]}


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    assert NEEDED.value == 274878024704


@pytest.mark.parametrize(
    ("guild", "channel", "held"),
    [
        (a_guild(everyone=VIEW, role=SEND), a_channel(), VIEW | SEND),
        (a_guild(role=VIEW), a_channel(everyone=(SEND, VIEW)), SEND),
        (a_guild(role=VIEW), a_channel(everyone=(0, VIEW), role=(VIEW, 0)), VIEW),
        (a_guild(role=VIEW), a_channel(role=(VIEW | SEND, 0), bot=(ATTACH, SEND)), VIEW | ATTACH),
        (a_guild(role=1 << 3), a_channel(everyone=(0, VIEW)), Permissions.all().value),
        (a_guild(owner=BOT), a_channel(everyone=(0, VIEW)), Permissions.all().value),
    ],
    ids=["roles add up", "everyone's overwrite", "a role's beats it", "the bot's beats all", "administrator", "owner"],
)
def test_permissions_add_up_as_discord_does_it(guild: Mapping[str, Any], channel: Mapping[str, Any], held: int) -> None:
    assert permissions(guild, MEMBER, channel).value == held


def levels(findings: list[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def without(*names: str) -> Permissions:
    held = Permissions(NEEDED.value)
    held.update(**dict.fromkeys(names, False))
    return held


def test_each_missing_permission_is_named() -> None:
    assert levels(rights("#a", NEEDED, is_thread=False)) == [Level.FINE]
    (finding,) = rights("#a", without("attach_files", "send_messages"), is_thread=False)
    assert (finding.level, finding.words) == (Level.FAILURE, "in #a the bot lacks Send Messages, Attach Files")


def test_what_is_not_needed_for_a_video_there_is_a_warning() -> None:
    assert levels(rights("#a", without("embed_links"), is_thread=False)) == [Level.WARNING]
    assert levels(rights("#a", without("send_messages_in_threads"), is_thread=False)) == [Level.WARNING]
    assert levels(rights("#a", without("send_messages_in_threads"), is_thread=True)) == [Level.FAILURE]
    assert levels(rights("#a", without("send_messages"), is_thread=True)) == [Level.WARNING]


@pytest.mark.parametrize(("tier", "words"), [(0, "10 to 20 MB"), (1, "10 to 20 MB"), (2, "50 MB"), (3, "100 MB")])
def test_a_messages_size_follows_the_boosts(tier: int, words: str) -> None:
    assert words in upload_limit(tier).words


def a_start(remaining: int, shards: int = 1) -> Mapping[str, Any]:
    limit = {"total": 1000, "remaining": remaining, "reset_after": 7_200_000, "max_concurrency": 1}
    return {"url": "wss://gateway", "shards": shards, "session_start_limit": limit}


def test_few_session_starts_are_a_warning_because_discord_resets_the_token_then() -> None:
    assert sessions(a_start(10)).level is Level.FINE
    low = sessions(a_start(9))
    assert low.level is Level.WARNING
    assert low.words.startswith("9 session starts are left for 2 hours")
    assert sessions(a_start(1000, shards=2)).level is Level.WARNING


def test_privileged_intents_are_not_needed_and_not_wrong() -> None:
    (none,) = application({"flags": 0})
    (some,) = application({"flags": 1 << 15 | 1 << 18})
    assert none.level is some.level is Level.FINE
    assert "Server Members, Message Content not needed; can be turned off" in some.words


def test_an_endpoint_that_takes_the_commands_away_is_a_failure() -> None:
    _, finding = application({"flags": 0, "interactions_endpoint_url": "https://elsewhere.example/in"})
    assert finding.level is Level.FAILURE
    assert "https://elsewhere.example/in" in finding.words


def test_a_bot_without_servers_gets_its_invitation() -> None:
    finding = guilds("123", [])
    assert finding.level is Level.WARNING
    assert "client_id=123&scope=bot+applications.commands&permissions=274878024704" in finding.fix
    assert guilds("123", [{"name": "A"}, {"name": "B"}]).words == "on 2: A, B"


OURS = {(1, "create"), (3, "Remix this video")}


def test_commands_are_compared_by_name_and_text() -> None:
    assert registered(OURS, OURS, same_text=True).level is Level.FINE
    assert registered(set(), OURS, same_text=False).level is Level.FINE
    assert registered(OURS, OURS, same_text=None).level is Level.FINE
    assert "(their texts)" in registered(OURS, OURS, same_text=False).words
    changed = registered({(1, "create"), (1, "old")}, OURS, same_text=False)
    assert changed.level is Level.WARNING
    assert "(new: Remix this video; gone: old)" in changed.words
    assert "next start" in changed.fix


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (4.0, Level.FINE, "within 5 seconds"),
        (-6.0, Level.WARNING, "6 seconds behind"),
        (6.0, Level.WARNING, "6 seconds ahead of"),
        (301.0, Level.FAILURE, "301 seconds ahead of"),
        (-301.0, Level.FAILURE, "301 seconds behind"),
        (None, Level.WARNING, "no time"),
    ],
)
def test_clocks_may_differ_by_seconds_and_not_by_minutes(ahead: float | None, level: Level, words: str) -> None:
    finding = clock(ahead)
    assert finding.level is level
    assert words in finding.words


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (500 * 1024**2 - 1, Level.FAILURE),
        (500 * 1024**2, Level.WARNING),
        (2 * GIB - 1, Level.WARNING),
        (2 * GIB, Level.FINE),
    ],
)
def test_a_disk_that_fills_up_is_told_before_orders_stop(free: int, level: Level) -> None:
    assert room(free).level is level


def test_a_network_drive_is_known_by_its_mount() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nbox:/films /srv/my\\040films nfs4 rw 0 0\nx /home/a/far fuse.sshfs rw 0 0\n"
    assert network_file_system(Path("/srv/my films/kinora.db"), mounts) == "nfs4"
    assert network_file_system(Path("/home/a/far/kinora.db"), mounts) == "fuse.sshfs"
    assert network_file_system(Path("/srv/kinora.db"), mounts) is None
    assert network_file_system(Path("/srv/kinora.db"), "") is None


# Video services and models


@pytest.mark.parametrize(
    ("trouble", "fix"),
    [
        (AccountTrouble("video.example refuses the key."), "Check OPENAI_API_KEY"),
        (Unavailable("video.example does not answer."), "Orders wait for it."),
        (CannotStart("There's no video service."), ""),
    ],
)
async def test_a_service_that_cannot_be_used_is_a_failure_in_its_own_words(trouble: Exception, fix: str) -> None:
    class Troubled(ScriptedProvider):
        async def check(self) -> None:
            raise trouble

    (finding,) = await service(Troubled(), [a_card()])
    assert finding.level is Level.FAILURE
    assert finding.words == str(trouble)
    assert finding.fix.startswith(fix)


async def test_a_service_that_serves_the_models_is_fine() -> None:
    assert levels(list(await service(ScriptedProvider(serves=["sora-2"]), [a_card()]))) == [Level.FINE, Level.FINE]
    assert levels(list(await service(ScriptedProvider(serves=None), [a_card()]))) == [Level.FINE, Level.FINE]


@pytest.mark.parametrize(
    ("price", "unit", "said"),
    [
        ("0.10", "seconds", []),
        ("0.12", "second", ["a second of Sora 2 is $0.12 there now, and $0.10 in the catalogue"]),
        ("0.05", "Seconds", ["a second of Sora 2 is $0.05 there now, and $0.10 in the catalogue"]),
        ("9.00", "videos", []),
    ],
)
async def test_a_price_that_changed_there_is_told(price: str, unit: str, said: list[str]) -> None:
    charges = {"sora-2": UnitPrice(price=Usd.of(price), unit=unit)}
    found = await service(ScriptedProvider(serves=None, charges=charges), [a_card()])
    assert [each.words for each in found if each.level is Level.WARNING] == said


def test_a_model_that_is_not_listed_is_named_with_the_nearest_one() -> None:
    cards = [a_card(), a_card(id="wan", remote="wan-2.2", label="Wan")]
    (finding,) = served("openai", "video.example", cards, ["sora-2", "wan-ai/wan-2.6"])
    assert finding.level is Level.WARNING
    assert "lists no model 'wan-2.2' (Wan); the nearest of its 2 models is 'wan-ai/wan-2.6'" in finding.words
    assert '[models."wan"]' in finding.fix


def test_where_not_one_model_is_listed_nothing_will_work() -> None:
    assert levels(served("openai", "video.example", [a_card()], ["gpt-9"])) == [Level.FAILURE]
    assert levels(served("openai", "video.example", [], ["gpt-9"])) == [Level.WARNING]


def test_a_model_without_a_name_of_its_own_is_always_served() -> None:
    assert levels(served("openai", "video.example", [a_card(remote="")], ["Wan-AI/Wan2.2"])) == [Level.FINE]


def test_the_default_is_told_with_its_price() -> None:
    (finding,) = catalogue(a_catalogue(), HOSTS, TODAY)
    assert finding.words == "1 model can be ordered; default Sora 2: 4 s of 1280x720 for $0.40"


def test_a_size_without_a_price_is_a_warning_and_a_default_without_one_a_failure() -> None:
    card = a_card(per_second={WIDE: Usd.of("0.10")})
    assert [(each.level, each.subject) for each in catalogue(a_catalogue(card), HOSTS, TODAY)] == [
        (Level.FINE, "models"),
        (Level.WARNING, "prices"),
    ]
    unpriced = a_card(id="new", label="New", per_second={})
    first, second = catalogue(a_catalogue(unpriced, a_card()), HOSTS, TODAY)
    assert (first.level, first.words) == (
        Level.FAILURE,
        "1 model can be ordered, but the default, New, has no price for 1280x720",
    )
    assert second.words == "New has no price for 1280x720, 720x1280, so it can't be ordered"


def test_nothing_to_order_is_a_failure_that_says_what_closed() -> None:
    gone = Retirement(hosts=("*",), since=TODAY, instead="Try another.")
    (finding,) = catalogue(Catalogue({}, {"sora-2": gone}), HOSTS, TODAY)
    assert (finding.level, finding.words) == (
        Level.FAILURE,
        "no model can be ordered at video.example (closed: sora-2)",
    )


@pytest.mark.parametrize(("days", "told"), [(1, True), (30, True), (31, False)])
def test_a_retirement_is_told_thirty_days_ahead(days: int, told: bool) -> None:
    ends = Retirement(hosts=("video.*",), since=TODAY + timedelta(days=days), instead="Take Wan.")
    found = catalogue(a_catalogue(a_card(retired=(ends,))), HOSTS, TODAY)
    assert any(each.subject == "retirement" and each.words.endswith("Take Wan.") for each in found) is told


def test_the_cheapest_clip_is_found_among_all_models_sizes_and_lengths() -> None:
    cheap = Size(832, 480)
    dear: ModelCard = a_card()
    other = replace(dear, id="wan", seconds=(5, 2), sizes=(WIDE, cheap), per_second={cheap: Usd.of("0.05")})
    clip = cheapest(ScriptedProvider(), [dear, other])
    assert clip is not None
    assert (clip.order.card.id, clip.order.seconds, clip.order.size, clip.price) == ("wan", 2, cheap, Usd.of("0.10"))
    assert cheapest(ScriptedProvider(), [a_card(per_second={}, sizes=(TALL,))]) is None


async def test_what_a_machine_lacks_for_a_model_is_a_failure_each() -> None:
    words = msg("ComfyUI has no node {node}.", node=Foreign("RIFE"))
    provider = ScriptedProvider(lacking={"sora-2": [Lack(words=words, node="9")]})
    found = await service(provider, [a_card(id="sora-2")])
    assert (found[-1].level, found[-1].words) == (Level.FAILURE, "Sora 2: ComfyUI has no node RIFE.")
    assert found[-1].fix == 'Install it there, or set enabled = false under [models."sora-2"] in MODELS_FILE.'
