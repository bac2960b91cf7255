"""Managers are notified of problems in a channel of their choice: once for each, also after restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord.ui import LayoutView

from bot.domain.errors import AccountTrouble, OutcomeUnknown, Unavailable, Undeliverable
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.money.allowances import Allowances, GuildAllowances, Pool
from bot.domain.money.usd import Usd
from bot.domain.notices.troubles import (
    AccountRefused,
    BudgetLevel,
    BudgetNearEnd,
    DiskFull,
    Notice,
    OrderNeedsApproval,
    OrderNeedsManager,
)
from bot.domain.phases import AwaitingApproval, Done
from bot.jobs.notices.finding import TroubleFinder
from bot.jobs.notices.telling import ManagerNotices
from bot.jobs.use_cases.allowances import ALLOWANCES, MemberAllowances
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import concealed
from bot.ui.cards.notice_card import ClosedNotice
from bot.ui.interactions.buttons import JobButton
from bot.ui.publish.manager_notices import DiscordNotices, card_of
from storage.files.local import LocalFiles
from storage.guilds import GuildRows
from storage.messages import MessageRows
from tests.approvers import approvals_on
from tests.builders import CHANNEL, GUILD, NOON, SAM, a_card, a_catalogue, a_job, a_member, a_request, a_video
from tests.changes import some_changes
from tests.languages import ENGLISH_ONLY
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench

MANAGERS = 77  # the channel for notices
A_MANAGER = a_member(manages=True)
REFUSED = AccountTrouble("video.example rejected the key in OPENAI_API_KEY (401).")


@dataclass
class RecordedChannel:
    """What was posted, after raising the scripted troubles."""

    troubles: list[Exception | None] = field(default_factory=list)
    posted: list[tuple[int, Notice, str]] = field(default_factory=list)
    closed: list[tuple[int, int, JobId]] = field(default_factory=list)
    decided: list[tuple[int, int, Job]] = field(default_factory=list)
    found: int | None = None  # the result of a search
    searched: list[datetime] = field(default_factory=list)  # the start of each searched period
    meanwhile: Callable[[], Awaitable[None]] | None = None  # runs while a message is posted
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def guilds(self) -> Collection[int]:
        return [GUILD]

    async def post(self, channel_id: int, notice: Notice, *, nonce: str) -> int:
        assert len(nonce) <= 25
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        self.posted.append((channel_id, notice, nonce))
        if self.meanwhile is not None:
            await self.meanwhile()
        self.told.set()
        return 1000 + len(self.posted)

    async def find_posted(self, channel_id: int, notice: Notice, since: datetime) -> int | None:
        assert channel_id == MANAGERS, notice
        self.searched.append(since)
        return self.found

    async def close(self, channel_id: int, message_id: int, job_id: JobId) -> None:
        self.closed.append((channel_id, message_id, job_id))

    async def close_request(self, channel_id: int, message_id: int, job: Job) -> None:
        self.decided.append((channel_id, message_id, job))

    @property
    def notices(self) -> list[Notice]:
        return [notice for _, notice, _ in self.posted]


class Disk(LocalFiles):
    """A file store on a disk with this much space."""

    free: int | None = 10**12
    takes = True

    async def free_bytes(self) -> int:
        if self.free is None:
            raise OSError("Stale file handle")
        return self.free

    async def writable(self) -> bool:
        return self.takes


@dataclass(kw_only=True)
class Office:
    """A server whose managers chose a channel, as one process of Kinora sees it."""

    bench: Bench
    disk: Disk
    channel: RecordedChannel
    notices: ManagerNotices

    async def look(self, *, forward: float = 0.0) -> list[Notice]:
        """What one more look posted."""
        self.bench.clock.forward(forward)
        before = len(self.channel.posted)
        await self.notices.look([GUILD, GUILD + 1])
        return self.channel.notices[before:]

    async def undecided(self, **changes: Any) -> Job:
        """An order that may or may not have been paid."""
        self.bench.provider.submits = [OutcomeUnknown("lost")]
        self.bench.provider.lists = [None]
        return await self.bench.run(await self.bench.order(a_job(**changes)))


def a_finder(bench: Bench, files: LocalFiles) -> TroubleFinder:
    return TroubleFinder(
        queries=bench.store,
        costs=bench.store,
        allowances=MemberAllowances(records=bench.records, costs=bench.store, scopes=bench.store),
        circuit=bench.context.circuit,
        services={"openai": msg("The video service")},
        catalogue=bench.context.catalogue,
        files=files,
        records=bench.records,
        clock=bench.clock,
    )


def an_office(bench: Bench, folder: Path) -> Office:
    disk, channel = Disk(folder / "files"), RecordedChannel()
    finder = a_finder(bench, disk)
    preferences = GuildPreferences(records=bench.records, changes=some_changes())
    notices = ManagerNotices(
        finder=finder, preferences=preferences, channel=channel, records=bench.records, clock=bench.clock
    )
    return Office(bench=bench, disk=disk, channel=channel, notices=notices)


async def choose(bench: Bench, channel_id: int | None) -> None:
    await GuildPreferences(records=bench.records, changes=some_changes()).change(
        A_MANAGER, lambda known: replace(known, notices_channel=channel_id)
    )


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        await choose(bench, MANAGERS)
        yield an_office(bench, tmp_path)


def texts(notice: Notice) -> str:
    return "\n".join(item.content for item in card_of(notice).walk_children() if hasattr(item, "content"))


async def test_an_order_that_needs_a_manager_is_told_once_without_its_words(office: Office) -> None:
    job = await office.undecided(request=a_request(prompt="a secret garden"))
    (notice,) = await office.look()
    assert notice == OrderNeedsManager(job=concealed(job), model="Sora 2")
    assert office.channel.posted[0][0] == MANAGERS
    assert "secret" not in texts(notice)
    assert f"{job.id[:3]}-{job.id[3:]} needs a manager" in texts(notice)
    assert "Sora 2 · $0.40 on hold" in texts(notice)
    assert await office.look(forward=7200) == []


async def test_its_notice_loses_its_buttons_when_it_is_decided(office: Office) -> None:
    job = await office.undecided()
    (notice,) = await office.look()
    buttons = [item.item.label for item in card_of(notice).walk_children() if isinstance(item, JobButton)]
    assert buttons == ["Link existing video…", "Retry and pay…", "Close…"]
    await office.bench.review.give_up(A_MANAGER, job, charged=False)
    assert await office.look() == []
    assert office.channel.closed == [(MANAGERS, 1001, job.id)]


async def asked_for(bench: Bench, **changes: Any) -> Job:
    """An order waiting for approval; the process that stored it died."""
    job = a_job(AwaitingApproval(since=NOON, until=NOON + timedelta(hours=24)), **changes)
    return await bench.job(await bench.order(job))


async def test_a_request_that_was_stored_before_a_restart_is_posted_then_and_once(
    office: Office, tmp_path: Path
) -> None:
    job = await asked_for(office.bench)
    restarted, another = an_office(office.bench, tmp_path), an_office(office.bench, tmp_path)
    (notice,) = await restarted.look()
    assert isinstance(notice, OrderNeedsApproval)
    assert notice.left is not None
    assert (notice.job, notice.left.left) == (job, Usd.of("24.60"))
    assert await another.look() == []
    assert await restarted.look(forward=7200) == []


async def test_a_request_that_is_decided_says_so_where_it_was_posted(office: Office) -> None:
    job = await asked_for(office.bench)
    await office.look()
    approved = await approvals_on(office.bench.store).approve(a_member(id=SAM, manages=True), job.id)
    await office.look()
    assert office.channel.decided == [(MANAGERS, 1001, approved)]


async def test_a_request_that_is_decided_while_it_is_posted_says_so_too(office: Office, tmp_path: Path) -> None:
    job = await asked_for(office.bench)

    async def decide_meanwhile() -> None:
        await office.bench.store.cancel(job.id, job.owner_id)
        await an_office(office.bench, tmp_path).look()

    office.channel.meanwhile = decide_meanwhile
    await office.look()
    assert [closed.phase for _, _, closed in office.channel.decided] == [(await office.bench.job(job.id)).phase]


async def test_a_private_request_is_posted_without_its_words(office: Office) -> None:
    await asked_for(office.bench, private=True, request=a_request(prompt="a secret garden"))
    (notice,) = await office.look()
    assert "secret" not in texts(notice)
    assert "needs approval" in texts(notice)


async def test_nothing_is_told_where_no_channel_was_chosen(office: Office) -> None:
    await choose(office.bench, None)
    await office.undecided()
    office.disk.free = 0
    assert await office.look() == []


async def test_another_process_and_the_next_life_tell_nothing_twice(office: Office, tmp_path: Path) -> None:
    await office.undecided()
    other = an_office(office.bench, tmp_path)
    await asyncio.gather(office.look(), other.look())
    assert len(office.channel.posted) + len(other.channel.posted) == 1
    assert await an_office(office.bench, tmp_path).look(forward=3600) == []


async def test_a_post_that_found_discord_in_trouble_is_made_with_the_same_nonce(office: Office) -> None:
    await office.undecided()
    office.channel.troubles = [Unavailable("Discord is in trouble."), None]
    assert await office.look() == []
    assert await office.look(forward=20) == []  # another process may still be posting it
    assert len(await office.look(forward=40)) == 1
    assert office.channel.searched == []
    assert await office.look(forward=60) == []


async def test_what_an_earlier_life_may_have_posted_is_looked_for_first(office: Office) -> None:
    await office.undecided()
    begun = office.bench.clock.now()
    office.channel.troubles = [Unavailable("Discord is in trouble.")]
    await office.look()
    office.channel.found = 5
    assert await office.look(forward=600) == []
    assert await office.look(forward=600) == []
    assert office.channel.searched == [begun]


async def test_a_refused_account_is_told_with_who_waits_and_again_when_it_comes_back(office: Office) -> None:
    office.bench.provider.submits = [REFUSED]
    order = await office.bench.order()
    await office.bench.step()
    (notice,) = await office.look()
    assert isinstance(notice, AccountRefused)
    assert (notice.since, [job.id for job in notice.waiting], notice.models) == (NOON, [order], ("Sora 2",))
    assert "1 order of <@101> waits until that's fixed" in texts(notice)
    assert await office.look(forward=600) == []
    await office.bench.context.note_success("openai", paid=True)
    assert await office.look() == []
    await office.bench.context.circuit.note_refusal(office.bench.provider, REFUSED)
    assert len(await office.look()) == 1


async def test_what_cannot_be_made_is_what_no_account_of_its_makes(office: Office) -> None:
    catalogue, services = a_catalogue(a_card(accounts=("gpu1", "gpu2"))), {"gpu1": msg("One"), "gpu2": msg("Two")}
    finder = replace(a_finder(office.bench, office.disk), catalogue=catalogue, services=services)
    told = []
    for name in services:
        await office.bench.context.circuit.note_refusal(ScriptedProvider(name=name), REFUSED)
        told.append([each.models for each in await finder.everywhere() if isinstance(each, AccountRefused)])
    assert told == [[()], [("Sora 2",), ("Sora 2",)]]


async def spend(office: Office, dollars: str) -> None:
    spent = Done(video=a_video(), remote_id=f"video of {dollars}", finished_at=NOON)
    job = await office.bench.store.add(a_job(quote=Usd.of(dollars)))
    lease = await office.bench.lease()
    await office.bench.store.move(lease, replace(job, phase=spent, cost=Usd.of(dollars)))


async def test_a_budget_is_told_at_50_at_80_and_at_100_percent_once_a_month(office: Office) -> None:
    await spend(office, "12.49")
    assert await office.look() == []
    await spend(office, "0.01")
    (half,) = await office.look()
    assert "Half of this month's budget is spent.**\n$12.50 of $25.00 spent." in texts(half)
    await spend(office, "7.49")
    assert await office.look() == []
    await spend(office, "0.21")
    (near,) = await office.look()
    assert isinstance(near, BudgetNearEnd)
    assert (near.level, near.month) == (BudgetLevel.NEAR, "2026-11")
    assert "$20.20 of $25.00 spent. Raise the budget with `/settings budget`." in texts(near)
    assert await office.look(forward=3600) == []
    await spend(office, "4.80")
    (spent,) = await office.look()
    assert isinstance(spent, BudgetNearEnd)
    assert spent.level is BudgetLevel.SPENT
    assert "$25.00 of $25.00 spent. No more videos can be ordered this month." in texts(spent)
    assert await office.look(forward=3600) == []
    assert await office.look(forward=timedelta(days=10).total_seconds()) == []  # December starts with nothing spent


async def test_a_budget_is_spent_when_not_even_the_cheapest_video_is_left(office: Office) -> None:
    await spend(office, "24.60")
    (near,) = await office.look()
    assert "nearly spent" in texts(near)
    await spend(office, "0.10")  # $0.30 is left, and four seconds cost $0.40
    (spent,) = await office.look()
    assert "budget is spent" in texts(spent)
    assert "$24.70 of $25.00 spent. What's left isn't enough for a video." in texts(spent)


@pytest.mark.parametrize(("role", "name"), [(77, "<@&77>"), (GUILD, "@\u200beveryone")])
async def test_a_pool_is_told_of_like_a_budget(office: Office, role: int, name: str) -> None:
    store = office.bench.store
    pool = Pool(role_id=role, monthly=Usd.of(1))
    await office.bench.records.write(ALLOWANCES, str(GUILD), GuildAllowances(pools=(pool,)))
    await store.add(a_job(quote=Usd.of("0.55")), Allowances(pools=(pool,)))
    (half,) = await office.look()
    assert f"Half of {name}'s pool for this month is spent.**\n$0.55 of $1.00 spent, $0.55 of that" in texts(half)
    assert await office.look() == []
    await store.add(a_job(quote=Usd.of("0.45")), Allowances(pools=(pool,)))
    (spent,) = await office.look()
    assert "can't order more this month, unless they have a grant. Raise the pool with `/settings pool`." in texts(
        spent
    )


async def test_a_raised_budget_is_told_of_once_it_nears_its_end_too(office: Office) -> None:
    guilds = GuildRows(database=office.bench.store.database, opening=AccessPolicy.GRANTED, budget=Usd.of(25))
    await spend(office, "20.20")
    assert len(await office.look()) == 1
    await guilds.set_budget(GUILD, Usd.of(26))  # still three quarters, as already reported
    assert await office.look() == []
    await guilds.set_budget(GUILD, Usd.of(40))
    assert await office.look() == []
    await spend(office, "12")
    assert len(await office.look()) == 1


async def test_money_that_comes_back_ends_nothing(office: Office) -> None:
    await spend(office, "15")
    job = await office.bench.store.add(a_job(quote=Usd.of(6)))
    (notice,) = await office.look()
    assert "$21.00 of $25.00 spent, $6.00 of that reserved" in texts(notice)
    await office.bench.store.cancel(job.id, 1)
    assert await office.look() == []
    await office.bench.store.add(a_job(quote=Usd.of(6)))
    assert await office.look() == []


async def test_a_full_disk_is_told_once_an_episode(office: Office) -> None:
    office.disk.free = 300 * 1024 * 1024
    (notice,) = await office.look()
    assert notice == DiskFull(since=NOON, free=office.disk.free)
    assert "300.0 MB free. New orders wait until that's fixed" in texts(notice)
    office.disk.free = 10**12
    assert await office.look(forward=60) == []
    office.disk.free = 0
    assert await office.look(forward=60) == []  # the same episode: free space only fluctuated
    office.disk.free = 10**12
    assert await office.look(forward=7200) == []
    office.disk.takes = False
    (again,) = await office.look()
    assert "can't write to its disk" in texts(again)
    office.disk.free = None  # it is gone, which holds up no other notice
    await office.undecided()
    assert [type(notice) for notice in await office.look()] == [OrderNeedsManager]


async def test_a_channel_that_is_gone_is_forgotten_and_said_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.undecided()
    office.channel.troubles = [Undeliverable("Its channel is gone.", channel_gone=True)]
    assert await office.look() == []
    assert "takes no notices: Its channel is gone." in caplog.text
    assert (
        await GuildPreferences(records=office.bench.records, changes=some_changes()).of(GUILD)
    ).notices_channel is None
    await choose(office.bench, 78)
    assert len(await office.look()) == 1
    assert office.channel.posted[0][0] == 78


async def test_a_channel_that_takes_nothing_is_tried_again_after_an_hour(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.undecided()
    office.channel.troubles = [Undeliverable("I lack a permission."), None]
    for _ in range(10):
        assert await office.look(forward=300) == []
    said = [record for record in caplog.records if record.levelno == logging.WARNING and "notices" in record.message]
    assert len(said) == 1
    assert len(await office.look(forward=900)) == 1


async def test_a_changed_order_is_told_of_at_once(office: Office) -> None:
    running = asyncio.create_task(office.notices.run())
    await asyncio.sleep(0)
    office.notices.heard(await office.undecided())
    await office.channel.told.wait()
    running.cancel()


async def test_a_posted_notice_is_known_again_by_its_first_line(office: Office) -> None:
    job = await office.undecided()
    (notice,) = await office.look()
    me = SimpleNamespace(id=1)

    def message(number: int, author: object, view: LayoutView) -> Any:
        return SimpleNamespace(id=number, author=author, components=list(view.children))

    about = DiskFull(since=NOON, free=0)
    posted = [
        message(1, None, card_of(notice)),
        message(2, me, card_of(about)),
        message(3, me, ClosedNotice(job.id)),
        message(4, me, card_of(notice)),
    ]

    async def history(*, after: datetime, limit: int) -> AsyncIterator[Any]:
        assert after < NOON
        for each in posted[:limit]:
            yield each

    client: Any = SimpleNamespace(user=me, get_partial_messageable=lambda _: SimpleNamespace(history=history))
    notices = DiscordNotices(
        client=client, messages=MessageRows(database=office.bench.store.database), languages=ENGLISH_ONLY
    )
    assert await notices.find_posted(MANAGERS, notice, NOON) == 4
    assert await notices.find_posted(MANAGERS, about, NOON) == 2
    posted.pop()
    assert await notices.find_posted(MANAGERS, notice, NOON) is None


def test_a_notice_in_a_busy_server_stays_short() -> None:
    waiting: Sequence[Job] = [a_job(owner_id=number, channel_id=CHANNEL) for number in range(400)]
    notice = AccountRefused(
        account="openai",
        service=msg("The video service"),
        since=NOON,
        models=tuple(f"Model {n}" for n in range(30)),
        waiting=tuple(waiting),
    )
    assert texts(notice).startswith("🔌 **The video service is refusing this bot's account.**")
    assert "400 orders of 400 members wait until that's fixed" in texts(notice)
    assert "Model 9 and 20 more." in texts(notice)
    assert len(texts(notice)) < 1000


async def test_a_model_whose_other_account_is_drained_is_named_with_the_refused_one(office: Office) -> None:
    bench = office.bench
    catalogue = a_catalogue(a_card(accounts=("openai", "gpu1")), a_card(id="wan", label="Wan", provider="gpu2"))
    services = {"openai": msg("OpenAI"), "gpu1": msg("GPU"), "gpu2": msg("GPU 2")}
    finder = replace(a_finder(bench, office.disk), catalogue=catalogue, services=services)
    await bench.context.circuit.note_refusal(bench.provider, REFUSED)
    assert await models_refused(finder) == ()
    await bench.context.drains.begin("gpu1")
    assert await models_refused(finder) == ("Sora 2",)


async def models_refused(finder: TroubleFinder) -> tuple[str, ...]:
    (notice,) = [each for each in await finder.everywhere() if isinstance(each, AccountRefused)]
    return notice.models
