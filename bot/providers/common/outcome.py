"""What it means when a request is not answered, or not as it should be: decided here for every dialect.

For the money it is the whole difference: only what provably was not sent frees it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from bot.domain.errors import Gone, OutcomeUnknown, Unavailable
from bot.domain.messages import Term, msg
from bot.providers.common.file_kinds import WrongKindError
from bot.providers.common.response import LostError, NotSentError, Response


async def send_paid(host: str, answering: Awaitable[Response]) -> Response:
    """The answer to the one request that costs money. Raises Unavailable and OutcomeUnknown."""
    try:
        return await answering
    except NotSentError as error:
        raise Unavailable(
            msg(
                "{host} cannot be reached ({trouble}). Nothing was sent or spent.",
                host=Term(host),
                trouble=Term(str(error)),
            )
        ) from error
    except LostError as error:
        raise OutcomeUnknown(
            msg(
                "The order was sent to {host} and its answer was lost ({trouble}).",
                host=Term(host),
                trouble=Term(str(error)),
            )
        ) from error


async def send_free(host: str, answering: Awaitable[Response]) -> Response:
    """The answer to a request that costs nothing. Raises Unavailable."""
    try:
        return await answering
    except (NotSentError, LostError) as error:
        raise Unavailable(
            msg("{host} does not answer ({trouble}).", host=Term(host), trouble=Term(str(error)))
        ) from error


def order_id(host: str, response: Response, remote_id: str | None) -> str:
    """The id of an order that was answered with success. Raises OutcomeUnknown when there is none."""
    if remote_id is None:
        raise OutcomeUnknown(
            msg(
                "{host} took the order ({status}) and gave no usable id.",
                host=Term(host),
                status=Term(str(response.status)),
            )
        )
    return remote_id


async def download_video(host: str, arriving: Awaitable[Response | None]) -> Response | None:
    """What came of a download, as `Downloads.save`. Raises Unavailable when it is no video."""
    try:
        return await arriving
    except WrongKindError:
        raise Unavailable(msg("{host} sent something that is not a video.", host=Term(host))) from None


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


def not_handed_out(host: str, response: Response | None) -> Unavailable:
    """A finished video whose file was not given."""
    if response is None:
        return Unavailable(msg("{host} does not hand out the finished file.", host=Term(host)))
    return Unavailable(
        msg(
            "{host} does not hand out the finished file ({status}).", host=Term(host), status=Term(str(response.status))
        ),
        response.retry_after,
    )


def not_done(host: str, retry_after: float | None) -> Unavailable:
    """A video that was said to be finished, and is not."""
    return Unavailable(msg("{host} is not done with this video after all.", host=Term(host)), retry_after)


def file_gone(host: str) -> Gone:
    return Gone(msg("{host} no longer has the file of this video.", host=Term(host)))


def unwritable(error: OSError) -> Unavailable:
    reason = Term(str(error.strerror))
    return Unavailable(msg("The file could not be written to disk: {reason}.", reason=reason))
