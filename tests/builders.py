"""Values for tests: everything has a sensible default, so that a test only states what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.access.members import Member
from bot.domain.accounts import Account
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Phase, Queued
from bot.domain.video import RemixMethod, Size, StoredVideo, VideoRequest

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WIDE, TALL = Size(1280, 720), Size(720, 1280)
GUILD, CHANNEL, ANN, MAX, SAM = 10, 20, 101, 102, 103


def a_card(**changes: Any) -> ModelCard:
    card = ModelCard(
        id="sora-2",
        label="Sora 2",
        provider="openai",
        remote="sora-2",
        seconds=(4, 8, 12),
        sizes=(WIDE, TALL),
        per_second={WIDE: Usd.of("0.10"), TALL: Usd.of("0.10")},
        takes_picture=True,
        remix=(RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT),
    )
    return replace(card, **changes)


def a_catalogue(*cards: ModelCard) -> Catalogue:
    by_id: Mapping[str, ModelCard] = {card.id: card for card in cards or (a_card(),)}
    return Catalogue(by_id, {})


def a_request(**changes: Any) -> VideoRequest:
    return replace(VideoRequest(prompt="a fox in the snow", model="sora-2", seconds=4, size=WIDE), **changes)


def a_video(**changes: Any) -> StoredVideo:
    video = StoredVideo(
        video="videos/x/1.mp4",
        poster="videos/x/1.webp",
        sheet="videos/x/1.jpg",
        bytes=1000,
        sha256="0" * 64,
        size=WIDE,
        seconds=4.0,
        has_sound=True,
    )
    return replace(video, **changes)


def a_job(phase: Phase | None = None, **changes: Any) -> Job:
    request = changes.pop("request", None) or a_request()
    job = Job(
        id=new_id(),
        request=request,
        account="openai",
        owner_id=ANN,
        guild_id=GUILD,
        channel_id=CHANNEL,
        private=False,
        quote=Usd.of("0.40"),
        cost=None,
        phase=phase or Queued(),
        created_at=NOON,
    )
    return replace(job, **changes)


def a_done_job(**changes: Any) -> Job:
    done = Done(video=a_video(), remote_id="video_1", finished_at=NOON)
    return replace(a_job(done), **{"cost": Usd.of("0.40"), "id": JobId("K7Q4FD"), **changes})


@dataclass(frozen=True, kw_only=True)
class KnownChannels:
    """The ChannelRights of a member who sees some channels and moderates some."""

    seen: frozenset[int] = frozenset({CHANNEL})
    moderated: frozenset[int] = frozenset()

    def sees(self, channel_id: int) -> bool:
        return channel_id in self.seen

    def moderates(self, channel_id: int) -> bool:
        return channel_id in self.moderated

    def readable(self) -> frozenset[int]:
        return self.seen


A_MODERATOR = KnownChannels(moderated=frozenset({CHANNEL}))


def a_member(**changes: Any) -> Member:
    member = Member(id=ANN, guild_id=GUILD, name="Ann", roles=frozenset({7}), manages=False, channels=KnownChannels())
    return replace(member, **changes)


def an_account(dialect: str = "openai", *, name: str | None = None, **changes: Any) -> Account:
    """As the settings create it for that dialect."""
    prefix = dialect.upper()
    account = Account(
        name=name or dialect,
        dialect=dialect,
        key="k",
        base_url="https://api.example.com/v1",
        key_setting=f"{prefix}_API_KEY",
        url_setting=f"{prefix}_BASE_URL",
        server_setting=f"{prefix}_SERVER",
    )
    return replace(account, **changes)
