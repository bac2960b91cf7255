"""The one paid request, for a new video and for each remix method."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Message, Model, Term, msg
from bot.domain.models.abilities import LARGEST_SEED, Ability
from bot.domain.ports.provider import Order
from bot.domain.video import BY_ID, RemixMethod
from bot.network.drive import DRIVE
from bot.providers.common.adapter import check_options
from bot.providers.common.endings import SOURCE_UNKNOWN
from bot.providers.common.file_kinds import data_uri
from bot.providers.openai.ids import Kept, is_address
from bot.providers.openai.server_profiles import Carried, ServerProfile
from bot.providers.openai.transport import SdkCall

RAW = {"headers": {"X-Stainless-Raw-Response": "true"}}  # what `with_raw_response` does, for our own request

# LiteLLM sends an order up to three times if the answer of the service behind it is lost, and each is paid (seen with
# 1.108.7), unless it is told not to. Others ignore this.
ONCE = {"x-litellm-num-retries": "0"}


async def paid_call(order: Order, profile: ServerProfile, service: Message) -> SdkCall:
    """The call that sends an order. Raises Unsupported if this server, or what the method needs, is missing.

    Raises Refused if the order names no model where one is needed. Nothing has been sent at that point.
    """
    if order.method is not None and order.method not in profile.methods:
        raise Unsupported(msg("{service} can't remix this way.", service=service))
    check_options(order, profile.options, service)
    if order.method in BY_ID:
        return by_id(order)
    if profile.needs_model and not order.card.remote:
        raise Refused(
            msg(
                "{service} has several models, so {model} needs {field} in the catalogue.",
                service=service,
                model=Model(order.card.label),
                field=Term("`remote`"),
            )
        )
    fields, extra = await create_fields(order, profile), {**profile.extra, **option_fields(order, profile)}
    if profile.as_form or any(isinstance(value, tuple) for value in fields.values()):
        written = {name: as_text(value) for name, value in extra.items()}
        return lambda client: client.videos.with_raw_response.create(**fields, extra_body=written, extra_headers=ONCE)
    return partial(post, "/videos", {**fields, **extra})


def by_id(order: Order) -> SdkCall:
    """A remix of a video that the host still has."""
    if order.source_id is None or is_address(order.source_id):
        raise Unsupported(SOURCE_UNKNOWN)
    source, prompt = Kept.of(order.source_id).id, order.prompt
    if order.method is RemixMethod.NATIVE:
        return lambda client: client.videos.with_raw_response.remix(source, prompt=prompt, extra_headers=ONCE)
    # The SDK's own `videos.edit` and `extend` refuse the id they document (3.54: "Expected entry at `video` to be
    # bytes").
    body: dict[str, Any] = {"prompt": prompt, "video": {"id": source}}
    if order.method is RemixMethod.EXTEND:
        return partial(post, "/videos/extensions", body | {"seconds": str(order.seconds)})
    return partial(post, "/videos/edits", body)


async def post(path: str, body: dict[str, Any], client: Any) -> Any:
    options = {"headers": RAW["headers"] | ONCE}
    return await client.post(path, cast_to=object, body=body, options=options)


async def create_fields(order: Order, profile: ServerProfile) -> dict[str, Any]:
    """The fields of a creation, for a form (files are tuples) or for JSON."""
    seconds = order.seconds if profile.counts_seconds else str(order.seconds)
    fields: dict[str, Any] = {"prompt": order.prompt, "seconds": seconds, "size": str(order.size)}
    if order.card.remote:  # a server with a single model usually wants none to be named
        fields["model"] = order.card.remote
    if order.method is RemixMethod.SOURCE:
        fields["input_reference"] = ("source.mp4", await source_of(order), "video/mp4")
    elif order.picture is not None:
        fields["input_reference"] = carried(order.picture, profile.picture)
    return fields


def option_fields(order: Order, profile: ServerProfile) -> dict[str, Any]:
    """The options that were chosen, under the server's own names."""
    options = order.options
    seed = secrets.randbelow(LARGEST_SEED) if options.seed is None and profile.repeats else options.seed
    values = {
        Ability.SOUND: options.sound,
        Ability.SEED: seed,
        Ability.NEGATIVE_PROMPT: options.negative_prompt or None,
    }
    named = {profile.options[option]: value for option, value in values.items() if value is not None}
    return {profile.options_in: named} if profile.options_in and named else named


def as_text(value: object) -> str:
    """As written in a form."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def carried(picture: bytes, how: Carried) -> object:
    if how is Carried.FILE:
        return ("reference.png", picture, "image/png")
    return data_uri(picture)


async def source_of(order: Order) -> bytes:
    if order.source_file is None:
        raise Unsupported(msg("The original video's file is missing."))
    try:
        return await DRIVE.run(order.source_file.read_bytes)
    except OSError as error:
        reason = Term(str(error.strerror))
        unreadable = msg("The original video's file can't be read: {reason}.", reason=reason)
        raise Unsupported(unreadable) from error
