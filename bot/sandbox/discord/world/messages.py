"""A message: what was sent, and how it looks to readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.data_classes import value_object
from bot.sandbox.discord.checks.components import (
    BUTTON,
    FILE,
    SELECTS,
    THUMBNAIL,
    Button,
    Media,
    Select,
    button_of,
    media_holders,
    media_key,
    select_of,
    texts,
    walk,
)
from bot.sandbox.discord.checks.pictures import kind_of
from bot.sandbox.discord.http.cdn import Attachment, Cdn
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.places import User, made_at

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SILENT, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 12, 1 << 15
PLAIN, REPLY, COMMAND_ANSWER, MENU_ANSWER = 0, 19, 20, 23


@value_object
class Origin:
    """The interaction a message answers: "Ann used /create"."""

    id: int
    type: int
    user: User
    name: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message, changed in place when it is edited. `viewer_id` is set if only one person sees it."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    cdn: Cdn
    type: int = PLAIN
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    edited_timestamp: str | None = None
    reference: Json | None = None
    reply_to: Message | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    notified: list[int] = field(default_factory=list)  # ids of the people who were actually notified
    viewer_id: int | None = None
    origin: Origin | None = None
    nonce: str | int | None = None
    deleted: bool = False

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)

    @property
    def ephemeral(self) -> bool:
        return self.viewer_id is not None

    @property
    def thinking(self) -> bool:
        """A deferred answer that was not filled in yet."""
        return bool(self.flags & LOADING)

    @property
    def edited(self) -> bool:
        return self.edited_timestamp is not None

    @property
    def text(self) -> str:
        """All its text: content, then text displays, in order."""
        return "\n".join(part for part in [self.content, *texts(self.components)] if part)

    @property
    def buttons(self) -> list[Button]:
        return [button_of(each) for each in walk(self.components) if each["type"] == BUTTON]

    @property
    def selects(self) -> list[Select]:
        return [select_of(each) for each in walk(self.components) if each["type"] in SELECTS]

    @property
    def media(self) -> list[Media]:
        """Visible pictures, videos and files, without thumbnails."""
        shown = [each for each in walk(self.components) if each["type"] != THUMBNAIL]
        plain = [] if self.is_v2 else [self.cdn.to_dict(attachment) for attachment in self.attachments]
        return [_media_of(each) for each in plain] + self._media_in(shown)

    @property
    def thumbnails(self) -> list[Media]:
        return self._media_in([each for each in walk(self.components) if each["type"] == THUMBNAIL])

    def file(self, name: str) -> bytes:
        """The bytes of an attached file. KeyError names what there is."""
        for attachment in self.attachments:
            if attachment.filename == name:
                return attachment.data
        raise KeyError(f"no {name} among {[attachment.filename for attachment in self.attachments]}")

    def button(self, wanted: str) -> Button:
        """By label, or by the beginning of its custom_id. LookupError names what there is."""
        for button in self.buttons:
            if wanted in {button.label, button.custom_id}:
                return button
        for button in self.buttons:
            if (button.custom_id or "").startswith(wanted):
                return button
        labels = ", ".join(button.label or "one without words" for button in self.buttons) or "none"
        raise LookupError(f"This message has no button “{wanted}”. Its buttons: {labels}.")

    def can_be_seen_by(self, user_id: int) -> bool:
        return self.viewer_id is None or self.viewer_id == user_id

    def to_dict(self, *, relative: bool = False) -> Json:
        """As the API returns it. `relative` links are for a page on the same host."""
        shown = {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "type": self.type,
            "author": self.author.to_dict(),
            "content": self.content,
            "timestamp": made_at(self.id),
            "edited_timestamp": self.edited_timestamp,
            "tts": False,
            "pinned": False,
            "flags": self.flags,
            "mentions": [user.to_dict() for user in self.mentions],
            "mention_roles": [str(role) for role in self.mention_roles],
            "mention_everyone": self.mention_everyone,
            "embeds": self.embeds,
            "attachments": []
            if self.is_v2
            else [self.cdn.to_dict(each, relative=relative) for each in self.attachments],
            "components": [self._shown(each, relative=relative) for each in self.components],
        }
        return shown | self._links(relative=relative)

    def _links(self, *, relative: bool) -> Json:
        links: Json = {}
        if self.nonce is not None:
            links["nonce"] = self.nonce
        if self.reference is not None:
            links["message_reference"] = self.reference
            target = self.reply_to
            links["referenced_message"] = (
                None if target is None or target.deleted else target.summary(relative=relative)
            )
        if self.author.bot and self.origin is not None:
            links |= {"application_id": str(self.author.id), "webhook_id": str(self.author.id)}
            links["interaction_metadata"] = self._metadata(self.origin)
        return links

    def _metadata(self, origin: Origin) -> Json:
        owners = {"0": str(self.guild_id)} if self.guild_id else {"0": "0"}
        named = {"name": origin.name} if origin.name else {}
        return {
            "id": str(origin.id),
            "type": origin.type,
            "user": origin.user.to_dict(),
            "authorizing_integration_owners": owners,
            **named,
        }

    def summary(self, *, relative: bool = False) -> Json:
        """The message without the message that it refers to."""
        return {key: value for key, value in self.to_dict(relative=relative).items() if key != "referenced_message"}

    def _shown(self, component: Json, *, relative: bool) -> Json:
        copy = dict(component)
        if "components" in copy:
            copy["components"] = [self._shown(child, relative=relative) for child in copy["components"]]
        if "accessory" in copy:
            copy["accessory"] = self._shown(copy["accessory"], relative=relative)
        if "items" in copy:
            copy["items"] = [
                {**item, "media": self._resolved(item["media"], relative=relative)} for item in copy["items"]
            ]
        if "media" in copy:
            copy["media"] = self._resolved(copy["media"], relative=relative)
        if copy["type"] == FILE:
            copy["file"] = self._resolved(component["file"], relative=relative)
            attachment = self._attached(component["file"])
            copy |= {"name": attachment.filename, "size": len(attachment.data)} if attachment else {}
        return copy

    def _resolved(self, media: Json, *, relative: bool) -> Json:
        attachment = self._attached(media)
        if attachment is not None:
            described = self.cdn.to_dict(attachment, relative=relative)
            kept = ("url", "proxy_url", "content_type", "width", "height")
            found = {key: described[key] for key in kept if key in described}
            return {**found, "attachment_id": str(attachment.id), "loading_state": 2, "flags": 0}
        if media["url"].startswith("attachment://"):  # a later edit removed it
            return {"url": "", "proxy_url": "", "loading_state": 3, "flags": 0}
        kind = kind_of(media["url"].partition("?")[0])
        return {"url": media["url"], "proxy_url": media["url"], "content_type": kind, "loading_state": 2, "flags": 0}

    def _attached(self, media: Json) -> Attachment | None:
        return next((each for each in self.attachments if each.id == media.get("attachment_id")), None)

    def _media_in(self, components: Sequence[Json]) -> list[Media]:
        found = []
        for component in components:
            for holder in media_holders(component):
                resolved = self._resolved(holder[media_key(component)], relative=False)
                found.append(_media_of({**resolved, **_own_words(holder)}))
        return found


def _own_words(holder: Json) -> Json:
    return {key: holder[key] for key in ("description", "spoiler") if holder.get(key)}


def _media_of(data: Json) -> Media:
    return Media(
        filename=data["url"].partition("?")[0].rpartition("/")[2],
        url=data["url"],
        content_type=data.get("content_type", ""),
        width=data.get("width"),
        height=data.get("height"),
        description=data.get("description"),
        spoiler=bool(data.get("spoiler")),
    )
