"""Turns the body of a request into a message that people see, new or edited."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.data_classes import value_object
from bot.sandbox.discord.checks.components import media_holders, media_key, numbered, walk
from bot.sandbox.discord.checks.faults import Fault, FormBody, empty_message, too_large
from bot.sandbox.discord.checks.message_checks import check_classic, check_v2
from bot.sandbox.discord.http.cdn import Attachment, safe_name
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.mentions import allowed_in, mentioned
from bot.sandbox.discord.world.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    PLAIN,
    SILENT,
    SUPPRESS_EMBEDS,
    Message,
    Origin,
)
from bot.sandbox.discord.world.places import DM, Channel, User
from bot.sandbox.discord.world.world import World

MOST_FILES = 10
SETTABLE = SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2


@value_object
class Upload:
    filename: str
    data: bytes


@value_object
class Draft:
    """A request body: the JSON, and the uploaded files by number."""

    data: Json
    uploads: Mapping[int, Upload] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        form = FormBody(self.data)
        flags = form.number("flags", least=0, most=2**31 - 1)
        form.finish()
        return flags or 0


@value_object
class Envelope:
    """The properties of a new message besides its content."""

    channel: Channel
    author: User
    type: int = PLAIN
    viewer: User | None = None
    origin: Origin | None = None
    reply_to: Message | None = None
    reference: Json | None = None


def write(world: World, draft: Draft, envelope: Envelope) -> Message:
    """Check a draft and add it as a new message."""
    attachments = _attached(world, draft, envelope.channel, kept=[], ephemeral=envelope.viewer is not None)
    v2 = bool(draft.flags & COMPONENTS_V2)
    _check(draft.data, attachments, attachments, v2=v2)
    message = _blank(world, envelope, draft.flags & SETTABLE)
    message.nonce = draft.data.get("nonce")
    _put(message, draft.data, attachments)
    _address(world, message, draft.data, notify=True)
    _keep(world, attachments)
    return world.add(message)


def thinking(world: World, envelope: Envelope) -> Message:
    """The empty message of a deferred answer."""
    return world.add(_blank(world, envelope, LOADING))


def _blank(world: World, envelope: Envelope, flags: int) -> Message:
    return Message(
        id=world.ids.next(),
        channel_id=envelope.channel.id,
        guild_id=envelope.channel.guild_id,
        author=envelope.author,
        cdn=world.cdn,
        type=envelope.type,
        flags=flags | (EPHEMERAL if envelope.viewer else 0),
        viewer_id=envelope.viewer.id if envelope.viewer else None,
        origin=envelope.origin,
        reply_to=envelope.reply_to,
        reference=envelope.reference,
    )


def rewrite(world: World, message: Message, draft: Draft, *, drops_unlisted: bool = False) -> Message:
    """Edit a message. Without the key `attachments` all files stay, unless `drops_unlisted` (callback type 7)."""
    channel = world.channels[message.channel_id]
    kept = [] if drops_unlisted and "attachments" not in draft.data else message.attachments
    attachments = _attached(world, draft, channel, kept=kept, ephemeral=message.ephemeral)
    v2 = message.is_v2 or bool(draft.flags & COMPONENTS_V2)
    # existing components may refer to a file that is being removed; new ones may not
    referable = attachments if "components" in draft.data else [*attachments, *message.attachments]
    _check({**_standing(message, draft.data), **draft.data}, attachments, referable, v2=v2)
    first_words = message.thinking
    replaced = SUPPRESS_EMBEDS if "flags" in draft.data else 0
    message.flags = message.flags & ~(LOADING | replaced) | draft.flags & (SUPPRESS_EMBEDS | COMPONENTS_V2)
    gone = [each for each in message.attachments if each not in attachments]
    _put(message, draft.data, attachments)
    _address(world, message, draft.data, notify=first_words)
    _keep(world, attachments)
    for each in gone:
        world.cdn.drop(each)
    if not first_words:
        message.edited_timestamp = world.clock.stamp()
    world.changed(message)
    if first_words:
        world.ping(message)
    return message


def _standing(message: Message, data: Json) -> Json:
    """The parts of an edited message that stay, as they would have been sent."""
    standing: Json = {"content": message.content, "embeds": message.embeds, "components": message.components}
    return {key: value for key, value in standing.items() if key not in data}


def _check(data: Json, attachments: Sequence[Attachment], referable: Sequence[Attachment], *, v2: bool) -> None:
    if len(attachments) > MOST_FILES:
        raise Fault(400, 30015, f"Maximum number of attachments in a message reached ({MOST_FILES})")
    if v2:
        if not data.get("components"):
            raise empty_message()
        check_v2(data, {each.filename for each in referable})
        return
    check_classic(data)
    if not (data.get("content") or "").strip() and not any((data.get("embeds"), data.get("components"), attachments)):
        raise empty_message()


def _attached(
    world: World, draft: Draft, channel: Channel, *, kept: Sequence[Attachment], ephemeral: bool
) -> list[Attachment]:
    """The files a message has after the request: kept ones and new ones."""
    if any(len(upload.data) > upload_limit(world, channel) for upload in draft.uploads.values()):
        raise too_large()
    form = FormBody(draft.data)
    listed = list(form.each("attachments", most=MOST_FILES)) if draft.data.get("attachments") is not None else None
    described = {str(each.data.get("id")): each for each in listed or []}
    staying = [each for each in kept if listed is None or str(each.id) in described]
    for number, entry in described.items():
        if number not in {str(each.id) for each in staying} and not _is_upload(number, draft):
            entry.wrong("ATTACHMENT_NOT_FOUND", f"No file and no attachment has the id {number}", "id")
    form.finish()
    fresh = [
        Attachment(
            id=world.ids.next(),
            channel_id=channel.id,
            filename=safe_name(_told(described, number, "filename") or upload.filename),
            data=upload.data,
            description=_told(described, number, "description"),
            ephemeral=ephemeral,
        )
        for number, upload in sorted(draft.uploads.items())
    ]
    return [*staying, *fresh]


def _is_upload(number: str, draft: Draft) -> bool:
    return number.isdigit() and int(number) in draft.uploads


def _told(described: Mapping[str, FormBody], number: int, key: str) -> str | None:
    entry = described.get(str(number))
    told = entry.data.get(key) if entry else None
    return told if isinstance(told, str) else None


def upload_limit(world: World, channel: Channel) -> int:
    """Bytes for each file there."""
    guild = world.guilds.get(channel.guild_id or 0)
    return world.rules.upload_limit_of(guild.premium_tier if guild else 0)


def _put(message: Message, data: Json, attachments: list[Attachment]) -> None:
    message.attachments = attachments
    if "content" in data:
        message.content = data["content"] or ""
    if "embeds" in data:
        message.embeds = [{"type": "rich", **embed} for embed in data["embeds"] or []]
    if "components" in data:
        message.components = numbered(_bound(data["components"] or [], attachments))


def _bound(components: list[Json], attachments: Sequence[Attachment]) -> list[Json]:
    """The tree with `attachment://name` resolved to the newest file of that name."""
    tree = copy.deepcopy(components)
    by_name = {each.filename: each.id for each in attachments}
    for component in walk(tree):
        for holder in media_holders(component):
            media = holder[media_key(component)]
            scheme, _, name = media["url"].partition("://")
            if scheme == "attachment":
                media["attachment_id"] = by_name[name]
    return tree


def _keep(world: World, attachments: Sequence[Attachment]) -> None:
    for attachment in attachments:
        world.cdn.keep(attachment)


def _address(world: World, message: Message, data: Json, *, notify: bool) -> None:
    """Set whom the message mentions; with `notify`, also who is notified. An edit never notifies."""
    allowed = allowed_in(data)
    found = mentioned(message.text, allowed)
    message.mentions = [world.users[each] for each in found.users if each in world.users]
    message.mention_roles = found.roles
    everyone = found.everyone and world.permissions(message.author, message.channel_id) & may.MENTION_EVERYONE
    message.mention_everyone = bool(everyone)
    reached = [*message.mentions]
    if message.reply_to is not None and allowed.replied and message.type != PLAIN:
        reached.append(message.reply_to.author)
    if found.roles:
        reached += world.members(message.guild_id, found.roles)
    if everyone:
        reached += world.members(message.guild_id)
    if notify:
        pinged = dict.fromkeys(user.id for user in reached if _reaches(world, message, user))
        message.notified = list(pinged)


def _reaches(world: World, message: Message, user: User) -> bool:
    if user.bot or user is message.author or not message.can_be_seen_by(user.id):
        return False
    channel = world.channels[message.channel_id]
    return channel.type == DM or bool(world.permissions(user, channel) & may.VIEW_CHANNEL)
