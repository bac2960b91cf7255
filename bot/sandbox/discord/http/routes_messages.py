"""Channels and their messages, with the bot's token: its permissions there are computed, not assumed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.sandbox.discord.checks.faults import (
    FormBody,
    archived,
    closed_to_you,
    locked,
    missing_access,
    missing_permissions,
    no_history,
    no_mutual_servers,
    no_text_channel,
    others_message,
    thread_begun_already,
    unknown_message,
    unknown_user,
)
from bot.sandbox.discord.http.posting import Draft, Envelope, rewrite, write
from bot.sandbox.discord.http.rest import Call, Route, body_of
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import PLAIN, REPLY, Message
from bot.sandbox.discord.world.places import DM, FORUM, TEXT, THREAD, Channel
from bot.sandbox.discord.world.snowflakes import EPOCH
from bot.sandbox.discord.world.world import World


def routes() -> Sequence[Route]:
    messages, one = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
    return [
        Route(method="GET", path="/channels/{channel_id}", handler=_channel),
        Route(method="POST", path="/channels/{channel_id}/typing", handler=_typing),
        Route(method="GET", path=messages, handler=_history),
        Route(method="POST", path=messages, handler=_send, bucket="send"),
        Route(method="GET", path=one, handler=_get),
        Route(method="PATCH", path=one, handler=_edit, bucket="edit"),
        Route(method="DELETE", path=one, handler=_delete, bucket="delete"),
        Route(method="POST", path=f"{one}/threads", handler=_begin_thread),
        Route(method="POST", path="/users/@me/channels", handler=_open_dm),
    ]


def _channel(call: Call) -> Json:
    return _visible(call).to_dict()


def _typing(call: Call) -> None:
    channel = _visible(call)
    if not may.may_send(_held(call.world, channel), channel):
        raise missing_permissions()


def _history(call: Call) -> list[Json]:
    """Newest first. Without Read Message History it is empty, without an error."""
    channel = _visible(call)
    form = FormBody({key: int(value) for key, value in call.query.items() if value.isdigit()})
    most = form.number("limit", least=1, most=100)
    form.finish()
    if not _held(call.world, channel) & may.READ_MESSAGE_HISTORY:
        return []
    found = [message for message in call.world.messages.get(channel.id, {}).values() if not message.ephemeral]
    after, before = form.data.get("after", 0), form.data.get("before", 2**63)
    found = [message for message in found if after < message.id < before]
    newest = found[: most or 50] if after else found[-(most or 50) :]
    return [_readable(call.world, message) for message in reversed(newest)]


def _get(call: Call) -> Json:
    channel = _visible(call)
    if not _held(call.world, channel) & may.READ_MESSAGE_HISTORY:
        raise missing_access()
    return _readable(call.world, _common(call, channel))


def _send(call: Call) -> Json:
    world, draft = call.world, call.draft
    channel = _visible(call)
    _check_may_send(world, channel, draft)
    before = _sent_before(world, channel, draft.data)
    if before is not None:
        return before.to_dict()
    target, reference = _answered_message(world, channel, draft.data)
    envelope = Envelope(
        channel=channel,
        author=world.bot,
        type=REPLY if reference else PLAIN,
        reply_to=target,
        reference=reference,
    )
    message = write(world, draft, envelope)
    channel.archived = False
    if draft.data.get("nonce") is not None:
        world.nonces[channel.id, str(draft.data["nonce"])] = (world.clock.now(), message)
    return message.to_dict()


def _edit(call: Call) -> Json:
    channel = _visible(call)
    message = _common(call, channel)
    if message.author is not call.world.bot:
        raise others_message()
    if channel.archived:
        raise archived()
    if call.uploads and not _held(call.world, channel) & may.ATTACH_FILES:
        raise missing_permissions()
    if call.world.rules.real_buckets:
        age = call.world.clock.now() - _sent_at(message)
        call.world.limits.count_old_edit(channel.id, age)
    return rewrite(call.world, message, call.draft).to_dict()


def _delete(call: Call) -> None:
    channel = _visible(call)
    message = _common(call, channel)
    if message.author is not call.world.bot and not _held(call.world, channel) & may.MANAGE_MESSAGES:
        raise missing_permissions()
    call.world.remove(message)


def _begin_thread(call: Call) -> Json:
    """It has the id of the message that it starts from, so there is one at most."""
    world, channel = call.world, _visible(call)
    message, form = _common(call, channel), FormBody(body_of(call))
    form.required("name")
    form.text("name", most=100)
    form.finish()
    if channel.type != TEXT or not _held(world, channel) & may.CREATE_PUBLIC_THREADS:
        raise missing_permissions()
    if message.id in world.channels:
        raise thread_begun_already()
    name = str(form.data["name"])
    thread = Channel(id=message.id, name=name, type=THREAD, guild_id=channel.guild_id, parent_id=channel.id)
    return world.begin(thread).to_dict()


def _open_dm(call: Call) -> Json:
    form = FormBody(body_of(call))
    form.required("recipient_id")
    form.finish()
    user = call.world.users.get(int(form.data["recipient_id"]))
    if user is None:
        raise unknown_user()
    if user.bot:
        raise closed_to_you()
    return call.world.direct(user).to_dict()


def _visible(call: Call) -> Channel:
    channel = call.world.channel(call.ids["channel_id"])
    if not _held(call.world, channel) & may.VIEW_CHANNEL:
        raise missing_access()
    return channel


def _held(world: World, channel: Channel) -> int:
    return world.permissions(world.bot, channel)


def _common(call: Call, channel: Channel) -> Message:
    """A message of the channel; ephemeral ones can't be reached with the bot token."""
    message = call.world.message(channel.id, call.ids["message_id"])
    if message.ephemeral:
        raise unknown_message()
    return message


def _readable(world: World, message: Message) -> Json:
    """Other authors' content is hidden from a bot without the message content intent."""
    shown = message.to_dict()
    if message.author is world.bot or message.guild_id is None or world.bot in message.mentions:
        return shown
    return shown | {"content": "", "embeds": [], "components": [], "attachments": []}


def _check_may_send(world: World, channel: Channel, draft: Draft) -> None:
    if channel.type == FORUM:
        raise no_text_channel()
    held = _held(world, channel)
    if channel.type == DM and channel.recipient is not None:
        pair = {world.bot.id, channel.recipient.id}
        if not any(pair <= set(guild.members) for guild in world.guilds.values()):
            raise no_mutual_servers()
        if not channel.recipient.dms_open:
            raise closed_to_you()
    if not may.may_send(held, channel):
        raise missing_permissions()
    if channel.locked and not held & may.MANAGE_THREADS:
        raise locked()
    if draft.uploads and not held & may.ATTACH_FILES:
        raise missing_permissions()


def _sent_before(world: World, channel: Channel, data: Json) -> Message | None:
    """The message for an enforced nonce, while that is remembered. If it was deleted, it is not created again."""
    form = FormBody(data)
    nonce: Any = data.get("nonce")
    if isinstance(nonce, str):
        form.text("nonce", most=25)
    form.finish()
    if nonce is None or not data.get("enforce_nonce"):
        return None
    when, message = world.nonces.get((channel.id, str(nonce)), (0.0, None))
    if message is None or world.clock.now() - when > world.rules.nonce_seconds:
        return None
    if message.deleted:
        raise unknown_message()
    return message


def _answered_message(world: World, channel: Channel, data: Json) -> tuple[Message | None, Json | None]:
    given = data.get("message_reference")
    if given is None:
        return None, None
    form = FormBody(data).inside("message_reference")
    form.required("message_id")
    form.finish()
    if not _held(world, channel) & may.READ_MESSAGE_HISTORY:
        raise no_history()
    if int(form.data.get("channel_id") or channel.id) != channel.id:
        form.wrong("REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL", "Cannot reply to a message in a different channel")
        form.finish()
    target = world.messages.get(channel.id, {}).get(int(form.data["message_id"]))
    if target is None or target.ephemeral:
        if form.data.get("fail_if_not_exists", True):
            form.wrong("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            form.finish()
        return None, None
    place = {"guild_id": str(channel.guild_id)} if channel.guild_id else {}
    return target, {"type": 0, "channel_id": str(channel.id), "message_id": str(target.id), **place}


def _sent_at(message: Message) -> float:
    return ((message.id >> 22) + EPOCH) / 1000
