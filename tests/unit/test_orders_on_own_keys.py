"""Own keys from the form to the order: checked, used only for their owner's orders, and refused harmlessly."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.accounts import KeyOwner, is_own, owner_of, service_of
from bot.domain.errors import AccountTrouble, BadRequest, NotAllowed, Unavailable
from bot.domain.guild import AccessPolicy
from bot.domain.keys.own_key import KeyPlace, ending_of
from bot.domain.messages import Message, msg
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Queued
from bot.domain.ports.provider import Provider, Ready
from bot.domain.video import RemixMethod
from bot.jobs.notices.own_keys import KeyUpkeep
from bot.jobs.ordering.quoting import Quote
from bot.jobs.ordering.remix import RemixPlanner, RemixTerms
from bot.jobs.ordering.remix_methods import account_of
from bot.jobs.providers.open_keys import OpenKeys
from bot.jobs.providers.registry import ProviderRegistry
from bot.jobs.runner import Runner
from bot.jobs.use_cases.keys.manage import EnteredKey, OwnKeys
from bot.jobs.use_cases.queue.retry import may_succeed
from bot.providers.common.endpoint import Endpoint
from storage.keys.store import SqlKeyStore
from tests.builders import ANN, GUILD, MAX, NOON, a_card, a_done_job, a_job, a_member, a_request, an_account
from tests.changes import MemoryChanges, some_changes
from tests.keys import ANNS, SECRET, SERVERS, Locksmith, PlainCipher, stored
from tests.moderation import block
from tests.scripted import MemoryRecords, ScriptedProvider
from tests.tiers import ScriptedGuilds, a_tier, an_authorization, write
from tests.workbench import Bench, a_bench

MINE, FOR_ALL = KeyPlace(service="openai", is_servers=False), KeyPlace(service="openai", is_servers=True)
REFUSED = AccountTrouble(msg("The video service rejected the key in /keys (401)."))


@dataclass
class Mailbox:
    """The DirectMessages; raises `troubles` first."""

    told: list[tuple[int, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    async def tell(self, user_id: int, message: Message, *, guild_id: int) -> None:
        assert guild_id == GUILD
        if self.troubles:
            raise self.troubles.pop(0)
        self.told.append((user_id, str(message)))


@dataclass(kw_only=True)
class House:
    bench: Bench
    keys: SqlKeyStore
    locksmith: Locksmith
    open_keys: OpenKeys
    own_keys: OwnKeys
    upkeep: KeyUpkeep
    mailbox: Mailbox
    changes: MemoryChanges
    rules: MemoryRecords  # the server's

    async def enters(self, member: Member, place: KeyPlace = MINE, key: str = SECRET, limit: Usd | None = None) -> None:
        await self.own_keys.add(member, EnteredKey(place=place, key=key, month_limit=limit))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_bench(tmp_path) as bench:
        keys, locksmith = SqlKeyStore(database=bench.store.database, clock=bench.clock), Locksmith()
        open_keys = locksmith.keys(keys)
        providers = locksmith.registry(bench.provider, open_keys)
        bench.context = replace(bench.context, providers=providers)
        bench.runner = Runner(bench.context)
        mailbox, changes = Mailbox(), MemoryChanges()
        rules, guilds = MemoryRecords(), ScriptedGuilds(opening=AccessPolicy.EVERYONE)
        authorization = replace(await an_authorization(guilds=guilds, records=rules), own_accounts=keys.usable)
        yield House(
            bench=bench,
            keys=keys,
            locksmith=locksmith,
            open_keys=open_keys,
            own_keys=OwnKeys(
                keys=keys,
                open_keys=open_keys,
                services=providers,
                authorization=authorization,
                circuit=bench.context.circuit,
                endpoint_history=bench.context.remix_planner.endpoint_history,
                queue=bench.store,
                changes=some_changes(changes),
                clock=bench.clock,
            ),
            upkeep=KeyUpkeep(
                keys=keys,
                circuit=bench.context.circuit,
                providers=providers,
                direct_messages=mailbox,
                records=bench.records,
                clock=bench.clock,
            ),
            mailbox=mailbox,
            changes=changes,
            rules=rules,
        )


ANNS_SELF, MANAGER = a_member(), a_member(id=MAX, manages=True)


def test_names_of_accounts_tell_whose_key_pays() -> None:
    assert (is_own(ANNS), is_own("openai"), service_of(ANNS), service_of("gpu-1")) == (True, False, "openai", "gpu-1")
    assert owner_of(ANNS) == KeyOwner(guild_id=GUILD, member_id=ANN)
    assert owner_of(SERVERS) == KeyOwner(guild_id=GUILD)
    assert owner_of("openai") is None


def test_of_a_short_key_nothing_is_shown() -> None:
    assert (ending_of("sk-123456789abcd"), ending_of("none-1234")) == ("abcd", "")


def test_what_holds_a_key_does_not_show_it() -> None:
    entered = EnteredKey(place=MINE, key=SECRET, month_limit=None)
    account = an_account(name=ANNS, key=SECRET, secrets=(SECRET,))
    assert all(SECRET not in repr(each) for each in (entered, account, Endpoint(account), [entered]))


# Storing keys


async def test_a_key_is_checked_and_kept_sealed_and_shown_by_its_end(house: House) -> None:
    await house.enters(ANNS_SELF, key=f"  Bearer {SECRET}\n", limit=Usd.of(5))
    (shown,) = (await house.own_keys.overview(ANNS_SELF)).keys
    assert (shown.key.account, shown.key.ending, shown.key.month_limit) == (ANNS, "1234", Usd.of(5))
    assert SECRET not in repr(shown)
    assert (house.locksmith.learned, house.locksmith.closed) == ([SECRET], [SECRET])
    assert await house.keys.sealed(ANNS) == f"{ANNS} {SECRET}"
    assert house.changes.noted == []


async def test_a_servers_key_is_noted_among_its_changes_by_its_end(house: House) -> None:
    await house.enters(MANAGER, FOR_ALL)
    await house.own_keys.remove(MANAGER, SERVERS)
    assert house.changes.sentences == [
        "the server's own key for The video service: none → …1234",
        "the server's own key for The video service: …1234 → none",
    ]


@pytest.mark.parametrize(
    ("key", "trouble", "told"),
    [
        ("short", None, "That isn't a key: it has to be 8 to 300 letters"),
        ("two words of it", None, "That isn't a key"),
        ("schlüssel-mit-umlaut", None, "That isn't a key"),
        (SECRET, REFUSED, r"rejected the key in /keys \(401\)\. Nothing was changed\."),
        (SECRET, Unavailable(msg("down")), r"can't be asked about the key now\. Nothing was changed\. Try again"),
    ],
)
async def test_a_key_that_cannot_be_used_changes_nothing(
    house: House, key: str, trouble: Exception | None, told: str
) -> None:
    house.locksmith.script["refuses"] = trouble
    with pytest.raises(BadRequest, match=told) as refused:
        await house.enters(ANNS_SELF, key=key)
    assert SECRET not in refused.value.sentence
    assert await house.keys.all_sealed() == {}


async def test_a_service_that_takes_any_key_would_only_lift_all_limits(house: House) -> None:
    house.locksmith.takes_any, house.locksmith.script["serves"] = True, ["sora-2"]
    with pytest.raises(BadRequest, match=r"^The video service takes any key.*Nothing was changed\.$"):
        await house.enters(ANNS_SELF)
    assert await house.keys.all_sealed() == {}


async def test_a_service_that_lists_no_models_may_be_such_a_one(house: House) -> None:
    house.locksmith.takes_any = True
    with pytest.raises(BadRequest, match=r"doesn't tell a good key from a bad one.*Nothing was changed\.$"):
        await house.enters(ANNS_SELF)
    assert await house.keys.all_sealed() == {}


async def test_without_a_secret_it_says_who_can_change_that(house: House) -> None:
    off = replace(house.own_keys, open_keys=replace(house.open_keys, cipher=None))
    with pytest.raises(BadRequest, match=r"no KEYS_SECRET is set to encrypt them\. Whoever runs this bot can set"):
        await off.add(ANNS_SELF, EnteredKey(place=MINE, key=SECRET, month_limit=None))
    assert (await off.overview(ANNS_SELF)).is_on is False


STRANGER = a_member(roles=frozenset())
PEOPLE: Mapping[str, tuple[Member, set[str]]] = {
    "a stranger, or whose role was taken": (STRANGER, {"see own"}),
    "a tier member": (a_member(), {"see own", "add own", "remove own"}),
    "an approver": (a_member(roles=frozenset({8})), {"see own", "add own", "remove own"}),
    "a manager": (replace(MANAGER, id=ANN), {"see own", "add own", "remove own", "see server", "add server", "remove"}),
}


@pytest.mark.parametrize("who", PEOPLE)
async def test_who_may_do_what_with_keys(house: House, who: str) -> None:
    member, acts = PEOPLE[who]
    await write(house.rules, [a_tier("VIP", 7), a_tier("Staff", 8)])
    assert await self_managed(house, member) == acts | {"remove own"}


async def test_who_is_blocked_stores_no_key_and_may_erase_theirs(house: House) -> None:
    await block(house.rules, ANN)
    assert await self_managed(house, ANNS_SELF) == {"see own", "remove own"}


async def self_managed(house: House, member: Member) -> set[str]:
    """What a member could do; they can always remove their own."""
    done = {"see own"} if not (await house.own_keys.overview(member)).keys else set[str]()
    for name, place in (("add own", MINE), ("add server", FOR_ALL)):
        try:
            await house.own_keys.check_may_add(member, place)
        except NotAllowed:
            continue
        done.add(name)
    for name, account in (("remove own", ANNS), ("remove", SERVERS)):
        await stored(house.keys, account)
        try:
            await house.own_keys.remove(member, account)
        except NotAllowed:
            continue
        done.add(name)
    await stored(house.keys, SERVERS)
    shown = [each.key.account for each in (await house.own_keys.overview(member)).keys]
    return done | ({"see server"} if SERVERS in shown else set())


async def test_nobody_removes_another_members_key(house: House) -> None:
    await stored(house.keys, ANNS)
    for other, account in ((MANAGER, ANNS), (replace(MANAGER, guild_id=GUILD + 1), SERVERS), (ANNS_SELF, "openai")):
        with pytest.raises(BadRequest, match="was removed already"):
            await house.own_keys.remove(other, account)
    assert list(await house.keys.all_sealed()) == [ANNS]


# Ordering with keys


async def test_an_order_on_an_own_key_is_sent_and_watched_with_that_key_alone(house: House) -> None:
    await stored(house.keys, ANNS)
    job_id = await house.bench.order(a_job(account=ANNS))
    job = await house.bench.run(job_id)
    assert isinstance(job.phase, Done)
    assert house.bench.provider.orders == []
    (account,) = house.locksmith.opened
    assert (account.name, account.key, account.max_renders) == (ANNS, SECRET, None)
    assert SECRET in account.secrets  # of which no log shows any
    assert house.locksmith.learned == [SECRET]
    assert (await house.bench.store.month(GUILD)).used == FREE
    assert await house.bench.store.check_books() == []


async def test_an_order_for_whose_model_another_account_is_left_is_paid_with_no_other_key(house: House) -> None:
    await stored(house.keys, ANNS)
    moved = {"sora-2": a_card(provider="gpu")}
    context = replace(house.bench.context, catalogue=replace(house.bench.context.catalogue, cards=moved))
    house.bench.runner = Runner(context)
    job = await house.bench.run(await house.bench.order(a_job(account=ANNS)))
    assert isinstance(job.phase, Failed)
    assert (house.bench.provider.orders, house.locksmith.opened) == ([], [])


async def test_a_model_at_several_accounts_is_paid_where_its_order_was_counted(house: House) -> None:
    first, second = ScriptedProvider(name="gpu"), house.bench.provider
    both = {"sora-2": a_card(provider="gpu", accounts=("gpu", "openai"))}
    catalogue = replace(house.bench.context.catalogue, cards=both)
    context = replace(house.bench.context, providers={"gpu": first, "openai": second}, catalogue=catalogue)
    house.bench.runner = Runner(context)
    await house.bench.run(await house.bench.order(a_job(account="openai")))
    assert (len(first.orders), len(second.orders)) == (0, 1)


async def test_a_refused_key_stops_its_own_orders_only_and_its_owner_alone_is_told_once(house: House) -> None:
    await stored(house.keys, ANNS)
    house.locksmith.script["submits"] = [REFUSED]
    hers = await house.bench.order(a_job(account=ANNS))
    await house.bench.step()
    waiting = (await house.bench.job(hers)).phase
    assert isinstance(waiting, Queued)
    assert "The key that pays for this order is refused" in str(waiting.waits_for)
    assert not await house.bench.context.circuit.is_open("openai")
    for _ in range(2):
        await house.upkeep.look()
    assert [user for user, _ in house.mailbox.told] == [ANN]
    assert SECRET not in str(house.mailbox.told)
    others = await house.bench.order(a_job(owner_id=MAX))
    await house.bench.step()
    assert house.bench.provider.orders
    assert not (await house.bench.job(others)).is_at_rest


async def test_who_cannot_be_told_now_is_told_later(house: House) -> None:
    await stored(house.keys, ANNS)
    house.locksmith.script["submits"] = [REFUSED]
    await house.bench.order(a_job(account=ANNS))
    await house.bench.step()
    house.mailbox.troubles = [Unavailable(msg("Discord is away."))]
    await house.upkeep.look()
    await house.upkeep.look()
    assert len(house.mailbox.told) == 1


async def test_a_new_key_lets_orders_go_on_that_waited_for_it(house: House) -> None:
    await stored(house.keys, ANNS)
    house.locksmith.script["submits"] = [REFUSED]
    job_id = await house.bench.order(a_job(account=ANNS))
    await house.bench.step()
    del house.locksmith.script["submits"]
    await house.enters(ANNS_SELF, key="sk-another-key-5678")
    assert isinstance((await house.bench.run(job_id)).phase, Done)
    assert not await house.bench.context.circuit.is_open(ANNS)


@pytest.mark.parametrize("cipher", [PlainCipher(lost=True), None])
async def test_a_secret_that_opens_no_key_any_more_lets_orders_wait_with_a_sentence(
    house: House, cipher: PlainCipher | None, caplog: pytest.LogCaptureFixture
) -> None:
    await stored(house.keys, ANNS)
    lost = replace(house.open_keys, cipher=cipher)
    registry = ProviderRegistry({"openai": house.bench.provider}, lost)
    house.bench.runner = Runner(replace(house.bench.context, providers=registry))
    job_id = await house.bench.order(a_job(account=ANNS))
    await house.bench.step()
    job = await house.bench.job(job_id)
    assert isinstance(job.phase, Queued)
    assert "The key that pays for this order is refused or can't be used" in str(job.phase.waits_for)
    assert "Traceback" not in caplog.text
    assert SECRET not in caplog.text


async def test_a_video_whose_key_is_refused_for_good_can_be_closed_in_the_end(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await stored(house.keys, ANNS)
    house.locksmith.script |= {"fetches": [REFUSED] * 30, "looks": [Ready(), REFUSED]}
    job_id = await house.bench.order(a_job(account=ANNS))
    for _ in range(20):
        await house.bench.step(forward=901)
    stuck = await house.bench.job(job_id)
    assert house.bench.review.check_may_close(MANAGER, stuck) == stuck.phase
    closed = await house.bench.review.give_up(MANAGER, stuck, charged=True)
    assert isinstance(closed.phase, Failed)
    assert f"{stuck.id} saving -> failed, decided by {MANAGER.id}" in caplog.text


async def test_a_key_under_way_is_erased_after_its_last_order(house: House) -> None:
    await stored(house.keys, ANNS)
    job_id = await house.bench.order(a_job(account=ANNS))
    assert await house.own_keys.remove(ANNS_SELF, ANNS) == 1
    assert isinstance((await house.bench.run(job_id)).phase, Done)
    await house.upkeep.look()
    assert await house.keys.all_sealed() == {}


async def test_keys_are_opened_once_no_more_than_a_bound_and_closed(house: House) -> None:
    some = house.locksmith.keys(house.keys, most=2)
    for number in range(4):
        account = KeyOwner(guild_id=GUILD, member_id=number).account("openai")
        await stored(house.keys, account, f"key-{number}")
        for _ in range(2):
            async with some.provider(account):
                pass
    assert [account.key for account in house.locksmith.opened] == ["key-0", "key-1", "key-2", "key-3"]
    assert house.locksmith.closed == ["key-0", "key-1"]
    await some.close()
    assert sorted(house.locksmith.closed) == ["key-0", "key-1", "key-2", "key-3"]


async def test_a_key_that_was_replaced_meanwhile_is_opened_anew_and_the_old_one_closed_after_use(house: House) -> None:
    await stored(house.keys, ANNS, "old-key-1234")
    async with house.open_keys.provider(ANNS):
        await stored(house.keys, ANNS, "new-key-1234")
        async with house.open_keys.provider(ANNS):
            assert house.locksmith.closed == []
    async with house.open_keys.provider(ANNS):
        assert house.locksmith.closed == ["old-key-1234"]


async def test_a_key_that_was_replaced_while_in_use_is_closed_at_the_end_too(house: House) -> None:
    await stored(house.keys, ANNS, "old-key-1234")
    async with house.open_keys.provider(ANNS):
        await stored(house.keys, ANNS, "new-key-1234")
        async with house.open_keys.provider(ANNS):
            await house.open_keys.close()
    assert sorted(house.locksmith.closed) == ["new-key-1234", "old-key-1234"]


async def test_of_the_line_in_which_orders_on_an_own_key_stand_nothing_is_known(house: House) -> None:
    house.bench.provider.in_order = True
    assert not house.bench.context.providers[ANNS].in_order


async def test_a_key_that_was_removed_stops_its_orders_and_one_that_cannot_be_read_just_now_does_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object, account: str) -> str:
        raise OSError(f"the database is away: {account}")

    with pytest.raises(AccountTrouble, match="was removed"):
        await house.open_keys.provider(ANNS).__aenter__()
    monkeypatch.setattr(SqlKeyStore, "sealed", away)
    with pytest.raises(Unavailable, match="couldn't be read just now") as trouble:
        await house.open_keys.provider(ANNS).__aenter__()
    assert not isinstance(trouble.value, AccountTrouble)


# Where orders are sent


def test_the_members_key_comes_before_the_servers_and_that_before_the_hosts() -> None:
    both, servers = OrderLimits(own_accounts=(ANNS, SERVERS)), OrderLimits(own_accounts=(SERVERS,))
    assert both.own_account(a_card()) == ANNS
    assert servers.own_account(a_card()) == SERVERS
    assert OrderLimits().own_account(a_card()) is None
    assert both.own_account(a_card(provider="gpu")) is None


def test_only_what_its_owner_orders_is_paid_with_a_members_key() -> None:
    both = OrderLimits(own_accounts=(ANNS, SERVERS)).for_others()
    assert both.own_account(a_card()) == SERVERS
    broke = Failed(cause=Cause.PROVIDER, reason=msg("It broke."), charged=False, finished_at=NOON)
    assert [may_succeed(a_job(broke, account=account)) for account in ("openai", SERVERS, ANNS)] == [True, True, False]


def test_a_yes_to_a_price_on_an_own_key_is_none_to_other_money() -> None:
    said = Quote(request=a_request(), card=a_card(), price=Usd.of(1), account=ANNS)
    assert said.holds(said)
    assert not said.holds(replace(said, account=None))
    assert replace(said, account=None).holds(said)


async def test_nobody_else_has_a_members_key_pay_again(house: House) -> None:
    lost = NeedsReview(was="unknown", reason=msg("Nobody knows."), sent_at=NOON)
    with pytest.raises(NotAllowed, match=r"own key pays.*Nothing was changed"):
        await house.bench.review.pay_again(MANAGER, a_job(lost, account=ANNS))


BENS = KeyOwner(guild_id=GUILD, member_id=MAX).account("openai")


@pytest.mark.parametrize(
    ("source", "own", "goes_to", "by_id"),
    [
        (ANNS, (ANNS, SERVERS), ANNS, True),
        (BENS, (), "openai", False),
        (BENS, (ANNS,), ANNS, False),
        (SERVERS, (SERVERS,), SERVERS, True),
        (SERVERS, (), "openai", False),
        ("openai", (), "openai", True),
        ("openai", (ANNS,), ANNS, False),
    ],
)
async def test_a_remix_goes_where_its_source_lies_only_if_its_member_may_pay_there(
    house: House, source: str, own: tuple[str, ...], goes_to: str, *, by_id: bool
) -> None:
    bench, limits, job = house.bench, OrderLimits(own_accounts=own), a_done_job(account=source)
    assert account_of(a_card(), job, limits) == goes_to
    known = bench.context.remix_planner
    providers: Mapping[str, Provider] = bench.context.providers
    planner = RemixPlanner(
        providers=providers, capabilities=known.capabilities, endpoint_history=known.endpoint_history
    )
    options = await planner.remix_options(a_card(), job, job.request.aim, goes_to, RemixTerms(limits=limits))
    assert (options[0].method is RemixMethod.NATIVE) is by_id
    assert options


async def test_what_another_key_made_is_remixed_from_its_file(house: House) -> None:
    await house.enters(ANNS_SELF)
    house.bench.clock.forward(60)
    await house.enters(ANNS_SELF, key="sk-another-key-5678")
    known = house.bench.context.remix_planner
    planner = replace(known, providers=house.bench.context.providers)
    old = a_done_job(account=ANNS, created_at=NOON)
    options = await planner.remix_options(a_card(), old, old.request.aim, ANNS)
    assert [option.method for option in options] == [RemixMethod.FRAME, RemixMethod.REPROMPT]
