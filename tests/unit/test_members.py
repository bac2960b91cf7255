"""Whether Discord's answers still allow a waiting order, and the errors for buttons in direct messages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.access.tiers import Tier
from bot.domain.errors import KinoraError, MemberBlocked, NotAllowed, Unavailable
from bot.domain.job import Job
from bot.ui.interactions.members import DiscordAccessCheck, member_of
from tests.builders import ANN, GUILD, a_job, a_request
from tests.moderation import block
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization

LEFT = "You're no longer in the server this video belongs to."
BOT_LEFT = "Kinora is no longer in the server this video belongs to."
NO_ROLE = "You no longer have a role that can make videos here."


def no(status: int, code: int = 0) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 503: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="x")
    return kinds[status](response, {"code": code, "message": "no"})


UNKNOWN_GUILD, MISSING_ACCESS, UNKNOWN_MEMBER = no(404, 10004), no(403, 50001), no(404, 10007)


def a_client(
    *,
    cached: bool = True,
    told: bool = True,
    guild: Exception | None = None,
    member: Exception | None = None,
    roles: tuple[int, ...] = (7,),
) -> Any:
    """A client for which Discord answers both requests with these errors, or with a member who has these roles.

    `told`: whether Discord has sent the server since the client connected.
    """

    async def fetch_member(user_id: int) -> Any:
        if member is not None:
            raise member
        rights = discord.Permissions.none()
        return SimpleNamespace(id=user_id, display_name="Ann", _roles=roles, guild_permissions=rights, guild=server)

    async def not_known(user_id: int) -> Any:
        raise AssertionError(f"the roles of {user_id} are not known yet")

    server = SimpleNamespace(
        id=GUILD, fetch_member=fetch_member, get_channel_or_thread=lambda _: None, unavailable=False, roles=()
    )
    to_come = SimpleNamespace(id=GUILD, fetch_member=not_known, unavailable=True)
    known = server if told else to_come

    async def fetch_guild(guild_id: int) -> Any:
        assert guild_id == GUILD
        if guild is not None:
            raise guild
        return server

    return SimpleNamespace(get_guild=lambda _: known if cached else None, fetch_guild=fetch_guild)


async def refusal(client: Any, *tiers: Tier, job: Job | None = None) -> str | None:
    check = DiscordAccessCheck(client=client, authorization=await an_authorization(*tiers))
    try:
        await check.limits(job or a_job())
    except NotAllowed as no:
        return no.sentence
    return None


@pytest.mark.parametrize("cached", [True, False])
async def test_an_owner_who_still_has_the_role_gets_their_video(cached: bool) -> None:
    assert await refusal(a_client(cached=cached)) is None


async def test_a_server_that_discord_has_not_told_of_yet_is_asked_for_its_roles() -> None:
    assert await refusal(a_client(told=False)) is None


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        pytest.param(a_client(cached=False, guild=UNKNOWN_GUILD), BOT_LEFT, id="the server is gone"),
        pytest.param(a_client(cached=False, guild=MISSING_ACCESS), BOT_LEFT, id="the bot was removed"),
        pytest.param(a_client(member=UNKNOWN_GUILD), BOT_LEFT, id="removed just now, and not yet told"),
        pytest.param(a_client(member=MISSING_ACCESS), BOT_LEFT, id="removed just now: missing access"),
        pytest.param(a_client(member=UNKNOWN_MEMBER), LEFT, id="the member left or is banned"),
        pytest.param(a_client(member=no(404, 10013)), LEFT, id="the account is gone"),
        pytest.param(a_client(roles=(8,)), NO_ROLE, id="the role was taken away"),
    ],
)
async def test_what_has_nowhere_to_go_is_refused_before_it_is_paid(client: Any, reason: str) -> None:
    assert await refusal(client) == reason


@pytest.mark.parametrize("client", [a_client(), a_client(member=no(503))], ids=["asked", "Discord is silent"])
async def test_who_was_blocked_since_they_ordered_gets_no_video(client: Any) -> None:
    records = MemoryRecords()
    await block(records, ANN)
    check = DiscordAccessCheck(client=client, authorization=await an_authorization(records=records))
    with pytest.raises(MemberBlocked, match="You're blocked from making videos here"):
        await check.limits(a_job())


BASIC, VIP = a_tier("Basic", 7, longest_seconds=4), a_tier("VIP", 8)


async def test_the_tier_at_the_moment_of_sending_counts() -> None:
    long = a_job(request=a_request(seconds=12))
    assert await refusal(a_client(roles=(7, 8)), VIP, BASIC, job=long) is None
    assert await refusal(a_client(roles=(7,)), VIP, BASIC, job=long) == (
        "The tier “Basic” can make videos of up to 4 seconds, not 12. Sora 2 can make 4 seconds. "
        "A server manager can change that with `/settings tiers`. You weren't charged."
    )
    assert await refusal(a_client(roles=(9,)), VIP, BASIC, job=long) == NO_ROLE


SILENCE = [
    no(503),
    no(403),
    no(404),
    no(403, 40333),
    no(404, 40333),
    TimeoutError(),
    OSError("reset"),
    discord.RateLimited(5.0),
]


@pytest.mark.parametrize("silence", SILENCE)
async def test_when_discord_cannot_be_asked_the_right_it_was_ordered_with_counts(silence: Exception) -> None:
    assert await refusal(a_client(cached=False, guild=silence)) is None
    assert await refusal(a_client(member=silence)) is None


async def told(client: Any) -> KinoraError:
    """The error for someone who presses a button in a direct message."""
    interaction: Any = SimpleNamespace(user=SimpleNamespace(id=ANN), guild_id=None, channel_id=5, client=client)
    with pytest.raises(KinoraError) as refused:
        await member_of(interaction, a_job())
    return refused.value


async def test_a_button_in_a_direct_message_says_that_the_bot_has_left_the_server() -> None:
    for client in (a_client(cached=False, guild=UNKNOWN_GUILD), a_client(cached=False, guild=MISSING_ACCESS)):
        said = await told(client)
        assert (type(said), said.sentence) == (NotAllowed, BOT_LEFT)


async def test_a_button_in_a_direct_message_says_that_the_member_has_left_the_server() -> None:
    said = await told(a_client(member=UNKNOWN_MEMBER))
    assert (type(said), said.sentence) == (NotAllowed, LEFT)


@pytest.mark.parametrize("silence", SILENCE)
async def test_a_button_in_a_direct_message_says_that_discord_cannot_be_asked(silence: Exception) -> None:
    said = await told(a_client(cached=False, guild=silence))
    assert isinstance(said, Unavailable)
    assert "Try again in a minute" in said.sentence
