"""A menu of a message with a video lets its user see that video, just as its buttons do."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotFound
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.ui.interactions.lookup import JobLookup
from tests.builders import GUILD, SAM, a_done_job
from tests.scripted import MemoryRecords

JOB = a_done_job(channel_id=66)  # not visible to Sam
KINORA, ANOTHER_BOT = 1, 2


def sams(message: Any = None) -> Any:
    """An interaction of Sam's, through this message."""

    async def fetch_member(user_id: int) -> Any:
        rights = discord.Permissions.none()
        return SimpleNamespace(id=user_id, display_name="Sam", _roles=(), guild_permissions=rights, guild=server)

    server = SimpleNamespace(
        id=GUILD, fetch_member=fetch_member, get_channel_or_thread=lambda _: None, unavailable=False, roles=()
    )
    client = SimpleNamespace(user=KINORA, get_guild=lambda _: server)
    return SimpleNamespace(user=SimpleNamespace(id=SAM), guild_id=None, client=client, message=message)


def shows(job: Job, author: int = KINORA) -> Any:
    return SimpleNamespace(author=author, components=[SimpleNamespace(custom_id=f"k1:remix:{job.id}")])


def a_lookup(*jobs: Job) -> JobLookup:
    async def find(job_id: str) -> Job | None:
        return next((job for job in jobs if job.id == job_id), None)

    async def check(_: Member, job: Job) -> Job:
        return job

    browse: Any = SimpleNamespace(find=find, private_videos=SimpleNamespace(check=check))
    records: Any = MemoryRecords()
    return JobLookup(browse=browse, records=records)


async def sends_form(lookup: JobLookup, job: Job) -> Job:
    """The video of a form that no button opened."""
    got: list[Job] = []

    async def sent(_: Any, found: Job, __: Member, ___: Mapping[str, str]) -> None:
        got.append(found)

    await lookup.forms(sent)(sams(), job.id, {})
    return got[0]


async def test_the_menu_of_a_message_counts_as_seeing_its_video_until_its_form_is_sent() -> None:
    lookup = a_lookup(JOB)
    job, member = await lookup.on_message(sams(), shows(JOB))
    assert (job, member.shown) == (JOB, frozenset({JOB.id}))
    assert await sends_form(lookup, JOB) == JOB


async def test_a_form_about_a_video_that_was_not_shown_is_about_none() -> None:
    another = a_done_job(channel_id=66, id=JobId("R4M48P"))
    lookup = a_lookup(JOB, another)
    with pytest.raises(NotFound):
        await sends_form(lookup, JOB)
    await lookup.on_message(sams(), shows(another))
    with pytest.raises(NotFound):
        await sends_form(lookup, JOB)


async def test_another_bots_buttons_show_nothing() -> None:
    with pytest.raises(BadRequest, match="isn't a Kinora video"):
        await a_lookup(JOB).on_message(sams(), shows(JOB, author=ANOTHER_BOT))
