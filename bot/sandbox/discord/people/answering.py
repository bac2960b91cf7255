"""The bot answers an interaction: the first answer within three seconds, then by token for fifteen minutes."""

from __future__ import annotations

from bot.sandbox.discord.checks.command_checks import STRING, check_choice_list
from bot.sandbox.discord.checks.faults import (
    FormBody,
    already_acknowledged,
    archived,
    dead_token,
    missing_permissions,
    unknown_channel,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.sandbox.discord.http.posting import Draft, Envelope, rewrite, thinking, write
from bot.sandbox.discord.people.interaction import Answer, Interaction, Kind
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.changes import Answered
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import COMMAND_ANSWER, EPHEMERAL, MENU_ANSWER, REPLY, Message, Origin
from bot.sandbox.discord.world.world import World

NEW = (Answer.MESSAGE, Answer.DEFERRED)
ON_MESSAGE = (Answer.DEFERRED_UPDATE, Answer.UPDATE)
ALLOWED: dict[Kind, tuple[Answer, ...]] = {
    Kind.COMMAND: (*NEW, Answer.MODAL),
    Kind.COMPONENT: (*NEW, *ON_MESSAGE, Answer.MODAL),
    Kind.AUTOCOMPLETE: (Answer.CHOICES,),
    Kind.MODAL: NEW,
}
MOST_CHOICES = 25


def answer(world: World, interaction_id: int, token: str, draft: Draft) -> Json:
    """Accept the first answer (`draft.data` is the whole callback) and return the result."""
    interaction = _awaiting(world, interaction_id, token)
    callback = draft.data
    allowed = ALLOWED[interaction.kind]
    if interaction.kind is Kind.MODAL and interaction.source is not None:
        allowed = (*allowed, *ON_MESSAGE)
    form = FormBody(callback)
    kind = form.one_of("type", tuple(int(each) for each in allowed))
    data = form.inside("data").data if callback.get("data") is not None else {}
    form.finish()
    inner = Draft(data=data, uploads=draft.uploads)
    _carry_out(world, interaction, Answer(kind), callback, inner)
    interaction.answer = Answer(kind)
    world.tell(Answered())
    return _report(interaction, Answer(kind))


def follow_up(world: World, application_id: int, token: str, draft: Draft) -> Message:
    """A further message. While the answer is still deferred, it fills that one."""
    interaction = holder(world, application_id, token)
    _check_place(world, interaction)
    _check_files(world, interaction, draft)
    original = interaction.original
    if original is not None and original.thinking and not original.deleted:
        return rewrite(world, original, draft)
    reference = None if original is None else _reference(original)
    ephemeral = bool(draft.flags & EPHEMERAL)
    envelope = Envelope(
        channel=interaction.channel,
        author=world.bot,
        type=REPLY if original else COMMAND_ANSWER,
        viewer=interaction.user if ephemeral else None,
        origin=_origin(interaction),
        reply_to=original,
        reference=reference,
    )
    message = write(world, draft, envelope)
    interaction.followups.append(message)
    return message


def edit(world: World, application_id: int, token: str, which: str, draft: Draft) -> Message:
    interaction = holder(world, application_id, token)
    message = _target(interaction, which)
    if interaction.channel.archived:
        raise archived()
    _check_files(world, interaction, draft)
    return rewrite(world, message, draft)


def fetch(world: World, application_id: int, token: str, which: str) -> Message:
    return _target(holder(world, application_id, token), which)


def delete(world: World, application_id: int, token: str, which: str) -> None:
    world.remove(_target(holder(world, application_id, token), which))


def holder(world: World, application_id: int, token: str) -> Interaction:
    """The interaction a token belongs to, as long as it is valid and answered."""
    found = next((each for each in world.interactions.values() if each.token == token), None)
    if found is None or application_id != world.bot.id:
        raise unknown_webhook()
    if world.clock.now() - found.created > world.rules.token_seconds:
        raise dead_token()
    if found.answer is None or found.answer is Answer.CHOICES:
        raise unknown_webhook()
    return found


def _awaiting(world: World, interaction_id: int, token: str) -> Interaction:
    interaction = world.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise unknown_interaction()
    if interaction.answer is not None:
        raise already_acknowledged()
    if interaction.dead or world.clock.now() - interaction.created > world.rules.ack_seconds:
        raise unknown_interaction()
    _check_place(world, interaction)
    return interaction


def _check_place(world: World, interaction: Interaction) -> None:
    if interaction.channel.id not in world.channels:
        raise unknown_channel()


def _carry_out(world: World, interaction: Interaction, kind: Answer, callback: Json, draft: Draft) -> None:
    match kind:
        case Answer.MESSAGE:
            interaction.original = write(world, draft, _envelope(world, interaction, draft))
        case Answer.DEFERRED:
            if draft.flags & ~EPHEMERAL:
                form = FormBody(callback).inside("data")
                form.wrong("BASE_TYPE_CHOICES", "Only EPHEMERAL may be set on a deferred answer.", "flags")
                form.finish()
            interaction.original = thinking(world, _envelope(world, interaction, draft))
        case Answer.DEFERRED_UPDATE:
            interaction.original = interaction.source
        case Answer.UPDATE:
            if interaction.source is None or interaction.source.deleted:
                raise unknown_message()
            interaction.original = rewrite(world, interaction.source, draft, drops_unlisted=True)
        case Answer.CHOICES:
            interaction.choices = _checked_choices(interaction, callback)
        case Answer.MODAL:
            check_modal(callback)
            interaction.modal = callback["data"]


def _checked_choices(interaction: Interaction, callback: Json) -> list[Json]:
    form = FormBody(callback).inside("data")
    choices = list(form.each("choices", most=MOST_CHOICES))
    check_choice_list(choices, _focused(interaction.data).get("type", STRING))
    form.finish()
    return [choice.data for choice in choices]


def _focused(data: Json) -> Json:
    """The option being typed, at any level of subcommands."""
    for option in data.get("options") or []:
        found: Json = option if option.get("focused") else _focused(option)
        if found:
            return found
    return {}


def _envelope(world: World, interaction: Interaction, draft: Draft) -> Envelope:
    source = interaction.source
    kind = REPLY if source is not None else MENU_ANSWER if interaction.menu else COMMAND_ANSWER
    return Envelope(
        channel=interaction.channel,
        author=world.bot,
        type=kind,
        viewer=interaction.user if draft.flags & EPHEMERAL else None,
        origin=_origin(interaction),
        reply_to=source,
        reference=None if source is None else _reference(source),
    )


def _origin(interaction: Interaction) -> Origin:
    return Origin(id=interaction.id, type=int(interaction.kind), user=interaction.user, name=interaction.name)


def _reference(message: Message) -> Json:
    place = {"guild_id": str(message.guild_id)} if message.guild_id else {}
    return {"type": 0, "channel_id": str(message.channel_id), "message_id": str(message.id), **place}


def _check_files(world: World, interaction: Interaction, draft: Draft) -> None:
    """Since November 2023 follow-ups and edits of answers require the bot's own permission to attach files."""
    if draft.uploads and not world.permissions(world.bot, interaction.channel) & may.ATTACH_FILES:
        raise missing_permissions()


def _target(interaction: Interaction, which: str) -> Message:
    if which == "@original":
        found = interaction.original
    else:
        mine = [*interaction.followups, *([interaction.original] if interaction.original else [])]
        found = next((each for each in mine if str(each.id) == which), None)
    if found is None or found.deleted:
        raise unknown_message()
    return found


def _report(interaction: Interaction, kind: Answer) -> Json:
    told: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    resource: Json = {"type": int(kind)}
    message = interaction.original
    if message is not None:
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.thinking,
            "response_message_ephemeral": message.ephemeral,
        }
        if kind in {Answer.MESSAGE, Answer.UPDATE}:
            resource["message"] = message.to_dict()
    return {"interaction": told, "resource": resource}
