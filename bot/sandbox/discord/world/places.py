"""The people, servers, roles and channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.data_classes import value_object
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.snowflakes import EPOCH

TEXT, DM, VOICE, THREAD, FORUM = 0, 1, 2, 11, 15
LISTED = {TEXT, VOICE, FORUM}  # among the channels of a server


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    """An account. `key` is its short name in tests and on the page."""

    id: int
    key: str
    name: str
    note: str = ""
    avatar_color: str = "#5865f2"
    bot: bool = False
    dms_open: bool = True
    locale: str = "en-US"  # their app's language

    def to_dict(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.key if not self.bot else self.name,
            "global_name": None if self.bot else self.name,
            "discriminator": "0000" if self.bot else "0",
            "avatar": None,
            "bot": self.bot,
            "system": False,
            "public_flags": 0,
            "flags": 0,
            "banner": None,
            "accent_color": None,
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 0
    bot_id: int | None = None  # the bot that it was created for
    color: int = 0

    @property
    def managed(self) -> bool:
        return self.bot_id is not None

    def to_dict(self) -> Json:
        tags = {} if self.bot_id is None else {"tags": {"bot_id": str(self.bot_id)}}
        return tags | {
            "id": str(self.id),
            "name": self.name,
            "color": self.color,
            "colors": {"primary_color": self.color, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": self.position,
            "permissions": str(self.permissions),
            "managed": self.managed,
            "mentionable": True,
            "flags": 0,
        }


@value_object
class Overwrite:
    """What a channel allows or denies to a role (`member` false) or to one member."""

    id: int
    member: bool
    allow: int = 0
    deny: int = 0

    def to_dict(self) -> Json:
        return {"id": str(self.id), "type": int(self.member), "allow": str(self.allow), "deny": str(self.deny)}


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A channel of a server, a thread or a post of a forum (`parent_id`), or a direct message (`recipient`)."""

    id: int
    name: str
    type: int = TEXT
    guild_id: int | None = None
    parent_id: int | None = None
    topic: str = ""
    position: int = 0
    nsfw: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    recipient: User | None = None
    last_message_id: int | None = None

    def to_dict(self) -> Json:
        shared = {"id": str(self.id), "type": self.type, "last_message_id": _text(self.last_message_id), "flags": 0}
        if self.type == DM:
            return {**shared, "recipients": [self.recipient.to_dict()] if self.recipient else []}
        shared |= {"guild_id": _text(self.guild_id), "name": self.name, "rate_limit_per_user": 0}
        shared |= {"parent_id": _text(self.parent_id)}
        return {**shared, **(self._as_thread() if self.type == THREAD else self._as_text())}

    def _as_text(self) -> Json:
        return {
            "position": self.position,
            "permission_overwrites": [overwrite.to_dict() for overwrite in self.overwrites.values()],
            "nsfw": self.nsfw,
            "topic": self.topic,
            **({"bitrate": 64000, "user_limit": 0, "rtc_region": None} if self.type == VOICE else {}),
        }

    def _as_thread(self) -> Json:
        return {
            "owner_id": str(self.id),
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": self.archived,
                "locked": self.locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": made_at(self.id),
                "create_timestamp": made_at(self.id),
            },
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    """A server. Its @everyone role has the server's own id."""

    id: int
    name: str
    owner_id: int
    icon_text: str = ""
    premium_tier: int = 0
    preferred_locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)  # user id -> role ids, without @everyone
    came: dict[int, float] = field(default_factory=dict)  # user id -> Unix seconds, of those who came later

    def role(self, name: str) -> Role:
        return next(role for role in self.roles.values() if role.name == name)

    def to_dict(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": str(self.owner_id),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [role.to_dict() for role in self.roles.values()],
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": self.premium_tier,
            "premium_subscription_count": (0, 2, 7, 14)[self.premium_tier],
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.preferred_locale,
            "nsfw_level": 0,
        }

    def as_created(self, channels: Iterable[Channel], me: User) -> Json:
        """GUILD_CREATE: the whole server, as a bot without the members intent receives it."""
        here = list(channels)
        return {
            **self.to_dict(),
            "joined_at": self._joined_at(me),
            "large": False,
            "member_count": len(self.members),
            "members": [self.member(me)] if me.id in self.members else [],
            "channels": [channel.to_dict() for channel in here if channel.type in LISTED],
            "threads": [channel.to_dict() for channel in here if channel.type == THREAD and not channel.archived],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def member(self, user: User) -> Json:
        return {
            "user": user.to_dict(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in sorted(self.members[user.id])],
            "joined_at": self._joined_at(user),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }

    def _joined_at(self, user: User) -> str:
        came = self.came.get(user.id)
        return made_at(self.id) if came is None else datetime.fromtimestamp(came, UTC).isoformat()


def made_at(snowflake: int) -> str:
    return datetime.fromtimestamp(((snowflake >> 22) + EPOCH) / 1000, UTC).isoformat()


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
