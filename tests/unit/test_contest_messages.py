"""The result of a contest as a message: without posters where files aren't allowed, and who is notified."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.errors import Reach, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.studio.contests import ContestResult
from bot.domain.studio.contests.contest import (
    Contest,
    ContestId,
    ContestRules,
    ContestState,
    ContestTimes,
    FinalCount,
)
from bot.domain.studio.contests.outcome import ContestPlace
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.me.preferences import PREFERENCES, OwnPreferences
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.posters import poster_name
from bot.ui.publish.contests.messages import DiscordContests
from storage.files.local import LocalFiles
from tests.builders import ANN, CHANNEL, GUILD, MAX, NOON, a_done_job
from tests.changes import some_changes
from tests.scripted import MemoryRecords

RESULT = ContestResult(
    contest=Contest(
        id=ContestId("0" * 16),
        guild_id=GUILD,
        channel_id=CHANNEL,
        theme="Winter",
        rules=ContestRules(),
        times=ContestTimes(enter_until=NOON, vote_until=NOON),
        started_at=NOON,
        state=ContestState.OVER,
        counted=FinalCount(entries=2, winners=2),
    ),
    standings=[
        ContestPlace(job_id=job_id, member_id=id_, place=1, votes=3, job=a_done_job(id=job_id))
        for job_id, id_ in {JobId("AAAAAA"): ANN, JobId("BBBBBB"): MAX}.items()
    ],
)


@dataclass
class OneChannel:
    """Discord, as far as one channel needs it. It rejects files unless `files`, and everything unless `opens`."""

    files: bool = True
    opens: bool = True
    sent: list[dict[str, Any]] = field(default_factory=list)

    def get_partial_messageable(self, channel_id: int, *, guild_id: int) -> OneChannel:
        assert (channel_id, guild_id) == (CHANNEL, GUILD)
        return self

    def get_guild(self, _guild_id: int) -> SimpleNamespace:
        return SimpleNamespace(unavailable=False, preferred_locale="en-US")

    async def send(self, **message: Any) -> SimpleNamespace:
        if not self.opens or (message["files"] and not self.files):
            response: Any = SimpleNamespace(status=403, reason="Forbidden")
            raise discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"})
        self.sent.append(message)
        return SimpleNamespace(id=7)


@dataclass
class Venues:
    """The VenueCheck: these videos may not be posted in the contest's channel."""

    elsewhere: frozenset[JobId] = frozenset()

    async def check_may_post(self, job: Job) -> None:
        assert job.channel_id == CHANNEL
        if job.id in self.elsewhere:
            raise Undeliverable("That channel isn't age-restricted any more.", Reach.SERVER)


async def contests_in(
    channel: Any, folder: Path, records: MemoryRecords, elsewhere: frozenset[JobId] = frozenset()
) -> DiscordContests:
    files, preferences = LocalFiles(folder), GuildPreferences(records=records, changes=some_changes())
    poster = folder / "videos/x/1.webp"
    poster.parent.mkdir(parents=True)
    poster.write_bytes(b"poster")
    nowhere: Any = SimpleNamespace(shown=_nowhere)
    return DiscordContests(
        client=channel,
        messages=nowhere,
        files=files,
        spoilers=SpoilerRules(preferences=preferences),
        venues=Venues(elsewhere),
        choices=OwnPreferences(records=records),
        languages=ServerLanguages(preferences=preferences, client=channel),
    )


async def _nowhere(_job_id: JobId) -> SimpleNamespace:
    return SimpleNamespace(result=None)


@pytest.mark.parametrize(("files", "posters"), [(True, 2), (False, 0)])
async def test_a_result_is_told_to_its_winners_as_they_wish(tmp_path: Path, files: bool, posters: int) -> None:
    channel, records = OneChannel(files=files), MemoryRecords()
    await records.write(PREFERENCES, str(MAX), MemberPreferences(notify=Notify.SILENT))
    contests = await contests_in(channel, tmp_path, records)
    assert await contests.post_result(RESULT, nonce="n") == 7
    (message,) = channel.sent
    assert len(message["files"]) == posters
    assert [each.id for each in message["allowed_mentions"].users] == [ANN]
    assert message["nonce"] == "n"


async def test_a_result_shows_no_poster_that_its_channel_may_not_have_any_more(tmp_path: Path) -> None:
    channel = OneChannel()
    contests = await contests_in(channel, tmp_path, MemoryRecords(), elsewhere=frozenset({JobId("AAAAAA")}))
    await contests.post_result(RESULT, nonce="n")
    (message,) = channel.sent
    assert [file.filename for file in message["files"]] == [poster_name(JobId("BBBBBB"))]


async def test_a_closed_channel_is_said_to_be_one(tmp_path: Path) -> None:
    contests = await contests_in(OneChannel(opens=False), tmp_path, MemoryRecords())
    with pytest.raises(Undeliverable):
        await contests.post_result(RESULT, nonce="n")
