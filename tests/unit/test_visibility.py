"""What is revealed of videos whose channel the reader can't see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from discord.ui import TextDisplay

from bot.domain.access.members import Member
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.access.rules import may_see
from bot.domain.errors import BadRequest, NotFound
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.jobs.ordering.quoting import Quote, Quoting
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.ui.screens.lists import StatusList
from tests.builders import MAX, SAM, KnownChannels, a_catalogue, a_done_job, a_job, a_member, a_request
from tests.tiers import ScriptedGuilds, an_authorization
from tests.workbench import Bench, a_bench

SECRET = 66
SOMEONE = a_member(id=SAM)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def status(bench: Bench, member: Member) -> str:
    """The text of /status."""
    view = StatusList(await bench.browse.overview(member, 10))
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, TextDisplay))


def a_secret() -> Job:
    return a_job(channel_id=SECRET, request=a_request(prompt="the surprise party"))


async def test_status_counts_a_video_in_a_hidden_channel_and_says_no_word_of_it(bench: Bench) -> None:
    secret = await bench.order(a_secret())
    await bench.order(a_job(request=a_request(prompt="a fox for all")))
    said = await status(bench, SOMEONE)
    assert "a video in another channel" in said
    assert "a fox for all" in said
    assert "2 queued" in said
    for word in ("surprise", secret, f"{secret[:3]}-{secret[3:]}"):
        assert word not in said


@pytest.mark.parametrize(
    "member",
    [a_member(), a_member(id=MAX, manages=True), a_member(id=SAM, channels=KnownChannels(seen=frozenset({SECRET})))],
)
async def test_status_names_it_to_its_owner_to_managers_and_to_who_sees_the_channel(
    bench: Bench, member: Member
) -> None:
    await bench.order(a_secret())
    said = await status(bench, member)
    assert "the surprise party" in said
    assert "another channel" not in said


async def test_a_typed_id_of_a_video_in_a_hidden_channel_is_no_video(bench: Bench) -> None:
    secret = await bench.order(a_secret())
    with pytest.raises(NotFound, match="no video with that id"):
        await bench.browse.named(SOMEONE, secret)
    assert (await bench.browse.named(a_member(), secret)).id == secret


async def test_a_remix_of_what_somebody_cannot_see_is_not_made_again_by_them() -> None:
    source = a_done_job(channel_id=SECRET)
    with pytest.raises(NotFound, match="can't see the original"):
        await quoted_again(source)


async def test_a_remix_of_what_was_erased_says_that_its_original_is_gone() -> None:
    with pytest.raises(BadRequest, match="The original of this remix was deleted"):
        await quoted_again(a_done_job(owner_id=ERASED_MEMBER, deleted=True))


@pytest.mark.parametrize("member", [a_member(), a_member(id=SAM), a_member(id=MAX, manages=True)])
def test_an_erased_order_is_seen_by_nobody(member: Member) -> None:
    erased = a_done_job(owner_id=ERASED_MEMBER, deleted=True)
    assert not may_see(replace(member, shown=frozenset({erased.id})), erased)


async def quoted_again(source: Job) -> Quote:
    """A remix of it, for someone else."""
    remix = a_job(request=a_request(source=source.id))
    jobs = {job.id: job for job in (source, remix)}

    async def get(job_id: JobId) -> Job | None:
        return jobs.get(job_id)

    nothing: Any = None
    queries: Any = SimpleNamespace(get=get)
    create = CreateVideo(
        queue=nothing,
        queries=queries,
        authorization=await an_authorization(guilds=ScriptedGuilds(opening=AccessPolicy.EVERYONE)),
        quoting=Quoting(a_catalogue(), nothing, nothing, nothing),
        health=nothing,
        events=nothing,
        clock=nothing,
        confirmation=nothing,
        private_videos=PrivateVideos(preferences=nothing),
        allowances=nothing,
        screening=nothing,
    )
    return await create.quote_again(SOMEONE, remix.id)
