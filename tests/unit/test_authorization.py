"""Who may do what by the rules of a server: strangers, members, members with a tier, managers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access.actions import Act, Action, OrderVideo
from bot.domain.access.limits import UNLIMITED
from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier
from bot.domain.errors import NotAllowed, TierLimit, WrongVenue
from bot.domain.guild import AccessPolicy, GuildOptions
from bot.domain.messages import plain
from bot.domain.video import Size
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import OPTIONS
from tests.builders import GUILD, TALL, WIDE, KnownChannels, a_card, a_catalogue, a_member, a_request
from tests.moderation import block
from tests.scripted import MemoryRecords
from tests.tiers import ScriptedGuilds, a_tier, an_authorization

WAN, LARGE = a_card(id="wan", label="Wan"), Size(1792, 1024)
MODELS = a_catalogue(a_card(sizes=(WIDE, TALL, LARGE)), WAN)
STRANGER, MANAGER = a_member(roles=frozenset()), a_member(roles=frozenset(), manages=True)
MEMBER, COLLEAGUE = a_member(roles=frozenset({7})), a_member(roles=frozenset({8}))
STAFF = a_tier("Staff", 8, sees_server_costs=True)
ARCHIVISTS = a_tier("Archivists", 8, sees_history=True)
LEADS = a_tier("Leads", 8, may_approve=True)
BASIC = a_tier(
    "Basic", 7, models=frozenset({"sora-2"}), longest_seconds=8, largest=WIDE, may_go_private=False, at_once=1
)
MAKER = {Act.MAKE, Act.SEE_STATS}
WHO = "A server manager can change that with `/settings tiers`. You weren't charged."


def an_order(*, private: bool = False, **request: object) -> OrderVideo:
    return OrderVideo(request=a_request(**request), private=private)


async def may(authorization: Authorization, member: Member, action: Action) -> bool:
    try:
        await authorization.authorize(member, action)
    except NotAllowed:
        return False
    return True


FOR_ALL = {Act.OWN_DATA, Act.REPORT, Act.KEEP, Act.VOTE, Act.ENTER}


@pytest.mark.parametrize(
    ("tiers", "member", "acts"),
    [
        pytest.param((), STRANGER, set(), id="a stranger"),
        pytest.param((), MEMBER, MAKER, id="who was granted it"),
        pytest.param((), MANAGER, set(Act), id="a manager"),
        pytest.param((STAFF, BASIC), STRANGER, set(), id="a stranger, with tiers"),
        pytest.param((STAFF,), MEMBER, set(), id="who was granted it, and is in none of the tiers"),
        pytest.param((STAFF, BASIC), MEMBER, MAKER, id="in a tier"),
        pytest.param((STAFF, BASIC), COLLEAGUE, MAKER | {Act.SEE_SERVER_COSTS}, id="in a tier that sees the costs"),
        pytest.param((ARCHIVISTS, BASIC), COLLEAGUE, MAKER | {Act.SEE_HISTORY}, id="in a tier that sees the history"),
        pytest.param((LEADS, BASIC), COLLEAGUE, MAKER | {Act.APPROVE}, id="in a tier that approves"),
        pytest.param((a_tier("All", GUILD),), STRANGER, MAKER, id="anybody, by a tier of everyone"),
        pytest.param((BASIC,), MANAGER, set(Act), id="a manager, with tiers"),
    ],
)
async def test_who_may_do_what(tiers: tuple[Tier, ...], member: Member, acts: set[Act]) -> None:
    authorization = await an_authorization(*tiers, catalogue=MODELS)
    assert {act for act in Act if await may(authorization, member, act)} == acts | FOR_ALL
    assert await may(authorization, member, an_order()) == (Act.MAKE in acts)


@pytest.mark.parametrize("tiers", [(), (BASIC,)], ids=["without tiers", "with tiers"])
async def test_statistics_are_refused_without_a_word_of_charges(tiers: tuple[Tier, ...]) -> None:
    authorization = await an_authorization(*tiers, catalogue=MODELS)
    with pytest.raises(NotAllowed, match=r"^`/stats` is for members who can make videos here\.") as refused:
        await authorization.authorize(STRANGER, Act.SEE_STATS)
    assert "charged" not in refused.value.sentence


@pytest.mark.parametrize("tiers", [(), (BASIC,)], ids=["without tiers", "with tiers"])
async def test_charges_are_spoken_of_where_an_order_was_meant_and_only_there(tiers: tuple[Tier, ...]) -> None:
    authorization = await an_authorization(*tiers, catalogue=MODELS)
    for action in (Act.MAKE, an_order()):
        with pytest.raises(NotAllowed, match=r" You weren't charged\.$"):
            await authorization.authorize(STRANGER, action)
    with pytest.raises(NotAllowed) as refused:
        await authorization.check_makes_videos(STRANGER)
    assert "charged" not in refused.value.sentence


async def test_videos_are_made_where_the_server_allows_it_and_by_managers_everywhere() -> None:
    records = MemoryRecords()
    await records.write(OPTIONS, str(GUILD), GuildOptions(allowed_channels=(5, 6)))
    authorization = await an_authorization(BASIC, catalogue=MODELS, records=records)
    for here, fits in ({5}, True), ({9}, False), ({9, 6}, True), (set[int](), True):  # one, another, its thread, direct
        for action in (Act.MAKE, an_order()):
            assert await may(authorization, replace(MEMBER, here=frozenset(here)), action) == fits, here
    elsewhere = frozenset({9})
    for sees, says in (
        ({5, 6}, r"Try channel 5 or channel 6\. A server manager can change that"),
        ({6}, r"Try channel 6\. A server"),
        (set[int](), r"only in others that you can't see or that were deleted\. A server manager"),
    ):
        known = KnownChannels(seen=frozenset(sees))
        member = replace(MEMBER, here=elsewhere, channels=known, server_roles=MEMBER.all_roles)
        with pytest.raises(WrongVenue, match=says):
            await authorization.authorize(member, Act.MAKE)
    assert await may(authorization, replace(MANAGER, here=elsewhere), an_order())
    assert await may(authorization, replace(MEMBER, here=elsewhere), Act.SEE_STATS)


@pytest.mark.parametrize(
    ("tiers", "member", "left"),
    [
        pytest.param((), STRANGER, set(), id="a stranger"),
        pytest.param((), MEMBER, set(), id="who was granted it"),
        pytest.param((LEADS, BASIC), MEMBER, set(), id="in a tier"),
        pytest.param((LEADS, BASIC), COLLEAGUE, set(), id="in a tier that approves"),
        pytest.param((STAFF, BASIC), COLLEAGUE, {Act.SEE_SERVER_COSTS}, id="in a tier that sees the costs"),
        pytest.param((), MANAGER, set(Act), id="who manages since they were blocked"),
    ],
)
async def test_who_is_blocked_orders_and_approves_nothing(
    tiers: tuple[Tier, ...], member: Member, left: set[Act]
) -> None:
    records = MemoryRecords()
    await block(records, member.id)
    authorization = await an_authorization(*tiers, catalogue=MODELS, records=records)
    assert {act for act in Act if await may(authorization, member, act)} == left | {Act.OWN_DATA, Act.REPORT, Act.KEEP}
    assert await may(authorization, member, an_order()) == member.manages


@pytest.mark.parametrize("opening", AccessPolicy)
async def test_tiers_alone_decide_once_there_are_any(opening: AccessPolicy) -> None:
    guilds = ScriptedGuilds(opening=opening, roles=frozenset({9}))
    with pytest.raises(NotAllowed, match="You need the role 7 or 8 to make videos here"):
        await (await an_authorization(STAFF, BASIC, guilds=guilds)).authorize(STRANGER, Act.MAKE)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (an_order(model="wan"), "The tier “Basic” can use Sora 2, not Wan."),
        (
            an_order(seconds=12),
            "The tier “Basic” can make videos of up to 8 seconds, not 12. Sora 2 can make 4 or 8 seconds.",
        ),
        (
            an_order(size=LARGE),
            "The tier “Basic” can make videos of up to 1280x720, not 1792x1024. Sora 2 can make 1280x720 or 720x1280.",
        ),
        (
            an_order(private=True),
            "The tier “Basic” can't make private videos. Leave out `private`, and it's posted in the channel.",
        ),
    ],
)
async def test_a_refusal_names_the_limit_and_the_tier_and_what_works_and_who_can_change_it(
    order: OrderVideo, told: str
) -> None:
    authorization = await an_authorization(STAFF, BASIC, catalogue=MODELS)
    with pytest.raises(TierLimit) as refused:
        await authorization.authorize(MEMBER, order)
    assert refused.value.sentence == f"{told} {WHO}"
    assert await may(authorization, COLLEAGUE, order)
    assert await may(authorization, MANAGER, order)


async def test_what_a_tier_allows_is_all_that_is_offered() -> None:
    limits = await (await an_authorization(STAFF, BASIC, catalogue=MODELS)).limits(MEMBER)
    (card,) = limits.catalogue(MODELS).cards.values()
    assert (card.id, card.seconds, card.sizes) == ("sora-2", (4, 8), (WIDE, TALL))
    assert limits.rights.at_once == 1


async def test_a_tier_whose_models_are_gone_says_so() -> None:
    limits = await (await an_authorization(a_tier("Basic", models=frozenset({"gone"})))).limits(MEMBER)
    with pytest.raises(TierLimit, match="No model of the tier “Basic” can be ordered here now"):
        limits.catalogue(MODELS)


async def test_a_manager_is_held_to_no_limits_of_a_tier() -> None:
    authorization = await an_authorization(STAFF, BASIC)
    assert await authorization.authorize(MANAGER, Act.MAKE) == UNLIMITED


async def test_who_orders_may_pay_at_own_accounts_and_nothing_else_asks_for_them() -> None:
    asked: list[tuple[int, int]] = []

    async def own_accounts(guild_id: int, member_id: int) -> Sequence[str]:
        asked.append((guild_id, member_id))
        return ["key of ann"]

    authorization = replace(await an_authorization(), own_accounts=own_accounts)
    assert (await authorization.authorize(MEMBER, an_order())).own_accounts == ("key of ann",)
    assert (await authorization.authorize(MEMBER, Act.SEE_STATS)).own_accounts == ()
    assert asked == [(GUILD, MEMBER.id)]


async def test_a_refusal_leaves_no_question_behind() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def own_accounts(*_: int) -> Sequence[str]:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ()

    class Closed:
        async def check_may_make(self, _: Member) -> None:
            await began.wait()
            raise WrongVenue(plain("Not here."))

    venues: Any = Closed()
    authorization = replace(await an_authorization(), own_accounts=own_accounts, venues=venues)
    with pytest.raises(WrongVenue):
        await authorization.authorize(MEMBER, Act.MAKE)
    assert ended.is_set()
