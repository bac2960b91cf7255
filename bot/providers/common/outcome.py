"""What it means when a request is not answered, or not as it should be: decided here for every dialect.

For the money it is the whole difference: only what provably was not sent frees it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from bot.domain.errors import OutcomeUnknown, Unavailable
from bot.providers.common.response import LostError, NotSentError, Response
from bot.providers.common.transport import WrongKindError


async def send_paid(host: str, answering: Awaitable[Response]) -> Response:
    """The answer to the one request that costs money. Raises Unavailable and OutcomeUnknown."""
    try:
        return await answering
    except NotSentError as error:
        raise Unavailable(f"{host} cannot be reached ({error}). Nothing was sent or spent.") from error
    except LostError as error:
        raise OutcomeUnknown(f"The order was sent to {host} and its answer was lost ({error}).") from error


async def send_free(host: str, answering: Awaitable[Response]) -> Response:
    """The answer to a request that costs nothing. Raises Unavailable."""
    try:
        return await answering
    except (NotSentError, LostError) as error:
        raise Unavailable(f"{host} does not answer ({error}).") from error


def order_id(host: str, response: Response, remote_id: str | None) -> str:
    """The id of an order that was answered with success. Raises OutcomeUnknown when there is none."""
    if remote_id is None:
        raise OutcomeUnknown(f"{host} took the order ({response.status}) and gave no usable id.")
    return remote_id


async def download_video(host: str, arriving: Awaitable[Response | None]) -> Response | None:
    """What came of a download, as `Line.download`. Raises Unavailable when it is no video."""
    try:
        return await arriving
    except WrongKindError:
        raise Unavailable(f"{host} sent something that is not a video.") from None


def text_id(response: Response) -> str | None:
    """The id in an answer, where ids are texts; None when it has no usable one."""
    match response.body:
        case {"id": str(text)} if text.strip():
            return text
        case _:
            return None


def object_in(response: Response) -> Mapping[str, object] | None:
    """What an answer shows, if that has an id and a status."""
    body = response.body
    if not response.is_ok or not isinstance(body, dict):
        return None
    return body if isinstance(body.get("id"), str) and isinstance(body.get("status"), str) else None
