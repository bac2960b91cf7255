"""A storage quota: reported before it is full, orders wait when it is, and no paid video is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from discord.ui import Container

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.guild import GuildOptions
from bot.domain.job import Job
from bot.domain.notices.storage import QuotaFillsUp, QuotaLevel, RemovalDue
from bot.domain.phases import Done, Queued
from bot.domain.retention.quota import QuotaUse
from bot.domain.retention.rounds import KeptSum, RemovalRound, Retention, entered_days
from bot.jobs.retention.quota import LOOK_AGAIN, MeasuredQuota
from bot.jobs.retention.server_storage import ServerStorage
from bot.jobs.runner import Runner
from bot.jobs.steps.room import QUOTA_FULL
from bot.jobs.use_cases.guild import GuildPreferences
from bot.settings import settings_so_far
from bot.ui.cards.job_card import ORANGE
from bot.ui.cards.notice_card import NoticeCard
from bot.ui.dialogs.settings_forms import LONGEST_DAYS
from bot.ui.text.phrases import notices
from bot.ui.text.phrases.settings import storage as phrases
from bot.ui.text.render import render
from storage.retention.kept_videos import SqlKeptVideos
from tests.builders import ANN, GUILD, NOON, a_member
from tests.changes import MemoryChanges, some_changes
from tests.scripted import MemoryRecords
from tests.workbench import a_bench

GB = 2**30


@dataclass
class KeptRoom:
    """The StorageQuota, and stored videos of this size."""

    used: int
    quota: int = 50 * GB
    looks: int = 0

    async def use(self) -> QuotaUse:
        return QuotaUse(used=self.used, quota=self.quota)

    async def total(self) -> KeptSum:
        self.looks += 1
        return KeptSum(videos=1, bytes=self.used)

    async def of_guild(self, guild_id: int) -> KeptSum:
        assert guild_id == GUILD
        return KeptSum(videos=3, bytes=4 * GB)

    async def guilds(self) -> Sequence[int]:
        return [GUILD]

    async def join(self, guild_id: int, planned: RemovalRound, most: int) -> int:
        raise AssertionError(f"nothing is removed of {guild_id}, {planned}, {most}")

    async def expiring(self, guild_id: int, planned: RemovalRound) -> KeptSum:
        raise AssertionError(f"nobody asks that of {guild_id}, {planned}")

    async def expire(self, guild_id: int, due: RemovalRound, at: datetime, most: int) -> Sequence[Job]:
        raise AssertionError(f"nothing is removed of {guild_id}, {due}, {at}, {most}")

    async def measure(self, most: int) -> int:
        return most * 0


async def test_orders_wait_while_the_quota_is_used_up_and_go_on_after_it(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        room = KeptRoom(used=50 * GB)
        full = replace(bench, runner=Runner(replace(bench.context, quota=room)))
        job_id = await full.order()
        await full.step()
        assert (await full.job(job_id)).phase == Queued(waits_for=QUOTA_FULL)
        assert full.provider.orders == []
        room.used = 0
        bench.clock.forward(60)
        assert isinstance((await full.run(job_id)).phase, Done)


async def test_what_was_paid_for_is_kept_beyond_the_quota(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        room = KeptRoom(used=0)
        full = replace(bench, runner=Runner(replace(bench.context, quota=room)))
        job_id = await full.order()
        await full.step()  # submits the order
        room.used = 51 * GB
        finished = await full.run(job_id)
        assert isinstance(finished.phase, Done)
        kept = SqlKeptVideos(database=bench.store.database)
        assert finished.video is not None
        assert await kept.total() == KeptSum(videos=1, bytes=finished.video.bytes)


async def test_the_sum_over_all_videos_is_looked_at_a_few_times_a_minute() -> None:
    room, now = KeptRoom(used=GB), [0.0]
    quota = MeasuredQuota(room, 2 * GB, monotonic=lambda: now[0])
    assert [await quota.use() for _ in range(3)] == [QuotaUse(used=GB, quota=2 * GB)] * 3
    assert room.looks == 1
    now[0] = LOOK_AGAIN + 1
    await quota.use()
    assert room.looks == 2
    assert await MeasuredQuota(room, None).use() is None


@pytest.mark.parametrize(
    ("used", "told"),
    [(39, None), (40, QuotaLevel.MUCH), (47, QuotaLevel.MUCH), (48, QuotaLevel.NEAR), (50, QuotaLevel.FULL)],
)
def test_each_level_is_told_of_by_itself(used: int, told: QuotaLevel | None) -> None:
    use = QuotaUse(used=used * GB, quota=50 * GB)
    assert [level for level in QuotaLevel if QuotaFillsUp(level=level, use=use).begins] == ([told] if told else [])


def test_a_video_at_the_edge_is_no_news_and_a_larger_quota_is() -> None:
    def at(used: int, quota: int = 50) -> QuotaFillsUp:
        return QuotaFillsUp(level=QuotaLevel.NEAR, use=QuotaUse(used=used * GB, quota=quota * GB))

    assert at(46).goes_on(at(48).episode)
    assert not at(44).goes_on(at(48).episode)
    assert not at(48, 60).goes_on(at(48).episode)


def test_managers_read_what_is_used_and_what_they_can_do() -> None:
    fills_up = QuotaFillsUp(level=QuotaLevel.NEAR, use=QuotaUse(used=48 * GB, quota=50 * GB))
    assert render(notices.heading(fills_up)) == "💾 **95% of the bot's storage is used.**"
    said = render(notices.body(fills_up))
    assert said.startswith("Videos of all servers have 48.0 GB of 50.0 GB. Once it's full, new orders wait.")
    due = RemovalDue(planned=replace(RemovalRound.next(Retention(days=90), NOON), videos=24, bytes=3 * GB))
    assert render(notices.heading(due)).startswith("🗄️ **24 videos will be removed on <t:")
    warned = render(notices.body(due))
    assert warned.startswith("Videos are kept for 90 days here, and these (3.0 GB) are older by then.")
    assert "give them a ★ or put them in a collection" in warned
    cards = [child for each in (fills_up, due) for child in NoticeCard(each).children]
    assert [card.accent_colour for card in cards if isinstance(card, Container)] == [ORANGE, ORANGE]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        *(("90", 90), (" 7 days", 7), ("1 day", 1), ("９０", 90), ("", None), ("For ever", None)),
        *(("90 Tage", 90), ("trois jours", 3), ("30日", 30), ("30日間", 30), ("zwei Wochen", 14), ("für immer", None)),
        *(("1 month", 31), ("3 Monate", 92), ("trois mois", 92), ("6か月", 183), ("un año", 365), ("10 years", 3650)),
        *(
            ("for 3 months", 92),
            ("3 Monate lang", 92),
            ("half a year", 183),
            ("半年", 183),
            ("ein halbes Jahr", 183),
            ("1.5 years", 548),
        ),
        *(("quatre semaines", 28), ("quatro semanas", 28), ("pour toujours", None), ("無期限", None)),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, days: int | None) -> None:
    assert entered_days(typed) == days
    assert len(typed) <= LONGEST_DAYS


@pytest.mark.parametrize("typed", ["0", "-1", "soon", "3651", "1.5", "½", "36 hours", "11 years"])
def test_days_that_are_none_are_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(BadRequest) as refused:
        entered_days(typed)
    assert refused.value.sentence == (
        f"“{typed}” isn't a number of days from 1 to 3,650. Leave the field empty to keep videos for ever. "
        "Nothing was changed."
    )


@pytest.mark.parametrize(
    ("written", "size"),
    [("50 GB", 50 * GB), ("1.5TB", 1536 * GB), ("2048m", 2 * GB), ("20GiB", 20 * GB), (str(GB), GB), ("10g", 10 * GB)],
)
def test_a_quota_is_read_as_people_write_it(written: str, size: int) -> None:
    assert settings_so_far({"FILES_QUOTA": written}).settings.files_quota == size


@pytest.mark.parametrize("written", ["50", "0", "-5 GB", "plenty", "5 PB", "900 MB", "GB"])
def test_a_quota_that_is_none_names_its_setting(written: str) -> None:
    said = settings_so_far({"FILES_QUOTA": written}).troubles["FILES_QUOTA"]
    assert said.startswith("FILES_QUOTA is not right: ")
    assert said.count(".") <= 2


STRANGER = a_member(id=1, roles=frozenset())
MANAGER = a_member(id=2, manages=True)


@pytest.mark.parametrize(
    ("member", "may"),
    [
        pytest.param(STRANGER, False, id="stranger"),
        pytest.param(a_member(id=3), False, id="member"),
        pytest.param(a_member(id=4, roles=frozenset({70})), False, id="tier member"),
        pytest.param(a_member(id=5, roles=frozenset({71})), False, id="blocked member"),
        pytest.param(a_member(id=ANN), False, id="owner of videos"),
        pytest.param(MANAGER, True, id="manager"),
    ],
)
async def test_managers_alone_decide_how_long_videos_are_kept(member: Member, may: bool) -> None:
    noted = MemoryChanges()
    storage = a_storage(noted)
    if not may:
        with pytest.raises(NotAllowed):
            await storage.keep_for(member, 90)
        assert (await storage.of(GUILD)).options == GuildOptions()
        return
    await storage.keep_for(member, 90)
    assert (await storage.of(GUILD)).options.retention == Retention(days=90)
    assert noted.sentences == ["how long videos are kept: for ever → 90 days"]


def a_storage(noted: MemoryChanges) -> ServerStorage:
    preferences = GuildPreferences(records=MemoryRecords(), changes=some_changes(noted))
    room = KeptRoom(used=12 * GB)
    return ServerStorage(videos=room, quota=room, preferences=preferences)


async def test_the_page_says_what_is_used_and_what_happens_next() -> None:
    storage = a_storage(MemoryChanges())
    assert render(phrases.summary(await storage.of(GUILD))) == "kept for ever · 3 videos, 4.0 GB"
    await storage.keep_for(MANAGER, 90)
    said = render(phrases.page(await storage.of(GUILD)))
    assert "**Videos are kept** for 90 days, and up to a week longer." in said
    assert "**On this server:** 3 videos, 4.0 GB" in said
    assert "**All servers of this bot:** 12.0 GB of 50.0 GB" in said
    assert "⚠️ **Nothing is removed yet:** choose a channel under Notifications" in said
    await storage.preferences.change(MANAGER, lambda known: replace(known, log_channel=7))
    assert "Nothing is removed yet" not in render(phrases.page(await storage.of(GUILD)))
