"""The one request that costs money, for a new video and for each way to remix one."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.domain.errors import Unsupported
from bot.domain.provider import Order
from bot.domain.video import Rung
from bot.providers.line import Call

RAW = {"headers": {"X-Stainless-Raw-Response": "true"}}  # what `with_raw_response` does, for a route of our own


async def paid_call(order: Order) -> Call:
    """The call that sends an order. Raises Unsupported when what the rung works from is missing."""
    match order:
        case Order(rung=Rung.NATIVE, source_id=str(source), prompt=prompt):
            return lambda client: client.videos.with_raw_response.remix(source, prompt=prompt)
        case Order(rung=Rung.EDIT, source_id=str(source), prompt=prompt):
            # The SDK's own `videos.edit` refuses the id it documents (3.54: "Expected entry at `video` to be bytes").
            body = {"prompt": prompt, "video": {"id": source}}
            return lambda client: client.post("/videos/edits", cast_to=object, body=body, options=RAW)
        case Order(rung=Rung.NATIVE | Rung.EDIT | Rung.EXTEND):
            raise Unsupported("The source of this remix is not known at the video service.")
        case _:
            fields = await create_fields(order)
            return lambda client: client.videos.with_raw_response.create(**fields)


async def create_fields(order: Order) -> dict[str, Any]:
    """What a creation sends, always as a form: vLLM-Omni takes nothing else."""
    fields: dict[str, Any] = {"prompt": order.prompt, "seconds": str(order.seconds), "size": str(order.size)}
    if order.card.remote:  # a server with a single model mostly wants none named
        fields["model"] = order.card.remote
    if order.rung is Rung.SOURCE:
        fields["input_reference"] = ("source.mp4", await source_of(order), "video/mp4")
    elif order.picture is not None:
        fields["input_reference"] = ("reference.png", order.picture, "image/png")
    return fields


async def source_of(order: Order) -> bytes:
    if order.source_file is None:
        raise Unsupported("There is no file of the video to be remixed.")
    try:
        return await asyncio.to_thread(order.source_file.read_bytes)
    except OSError as error:
        raise Unsupported(f"The file of the video to be remixed cannot be read: {error.strerror}.") from error
