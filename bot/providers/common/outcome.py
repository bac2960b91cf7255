"""What a missing or unusable answer to a request means: decided here for every dialect.

For the money this makes all the difference: only what was provably not sent releases it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from bot.domain.errors import Gone, OutcomeUnknown, OutOfBounds, Unavailable, Withheld
from bot.domain.messages import Message, Term, msg
from bot.providers.common.endings import blocked
from bot.providers.common.errors import is_moderation
from bot.providers.common.file_kinds import WrongKindError
from bot.providers.common.response import LostError, NotSentError, Response

WITHHELD = frozenset({400, 403, 422, 451})  # if their text is about moderation
USABLE_ID = re.compile("[^\0-\x1f\x7f\ud800-\udfff]{1,1000}")


async def send_paid(service: Message, answering: Awaitable[Response]) -> Response:
    """The answer to the one request that costs money. Raises Unavailable and OutcomeUnknown."""
    try:
        return await answering
    except NotSentError as error:
        raise Unavailable(
            msg(
                "{service} can't be reached ({trouble}).",
                service=service,
                trouble=Term(str(error)),
            )
        ) from error
    except LostError as error:
        raise OutcomeUnknown(
            msg(
                "{service} was sent the order, but its reply was lost ({trouble}).",
                service=service,
                trouble=Term(str(error)),
            )
        ) from error


async def send_free(service: Message, answering: Awaitable[Response]) -> Response:
    """The answer to a request that costs nothing. Raises Unavailable."""
    try:
        return await answering
    except (NotSentError, LostError) as error:
        raise not_responding(service, str(error)) from error


@asynccontextmanager
async def preparing(service: Message, seconds: float) -> AsyncIterator[None]:
    """Wraps all queries and uploads before the request that costs money.

    They may not take long, and a process that was suspended meanwhile stops here: by then the order may have been
    looked for, found absent, and its money released. Raises Unavailable.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise not_responding(service, f"no answer within {seconds:g} s") from None


def not_responding(service: Message, trouble: str) -> Unavailable:
    """`trouble` is what the network reports, or a timeout."""
    return Unavailable(msg("{service} isn't responding ({trouble}).", service=service, trouble=Term(trouble)))


def order_id(service: Message, response: Response, remote_id: str | None) -> str:
    """The id in a successful answer to an order. Raises OutcomeUnknown if there is none."""
    if remote_id is None:
        raise OutcomeUnknown(
            msg(
                "{service} accepted the order ({status}) but returned no usable id.",
                service=service,
                status=Term(str(response.status)),
            )
        )
    return remote_id


async def download_video(service: Message, arriving: Awaitable[Response | None]) -> Response | None:
    """The result of a download, like `Downloads.save`. Raises Unavailable if it is no video."""
    try:
        return await arriving
    except WrongKindError:
        raise Unavailable(msg("{service} sent a file that isn't a video.", service=service)) from None


async def from_any(
    places: Iterable[str], download: Callable[[str], Awaitable[Response | None]]
) -> list[Response] | None:
    """None once one place has delivered the file; otherwise what each has answered.

    Raises Unavailable if one of the others may still deliver it, and OutOfBounds only if none of them may.
    """
    refusals, trouble = list[Response](), None
    for place in places:
        try:
            refusal = await download(place)
        except Unavailable as error:
            if trouble is None or isinstance(trouble, OutOfBounds):
                trouble = error
            continue
        if refusal is None:
            return None
        refusals.append(refusal)
    if trouble is not None:
        raise trouble
    return refusals


def is_usable_id(text: str) -> bool:
    """Whether an id can be stored, logged and used: no lone surrogates, no control characters, not too long."""
    return USABLE_ID.fullmatch(text) is not None and bool(text.strip())


def text_id(response: Response) -> str | None:
    """The id in an answer, for services whose ids are texts; None if it has no usable one."""
    match response.body:
        case {"id": str(text)} if is_usable_id(text):
            return text
        case _:
            return None


def object_in(response: Response) -> Mapping[str, object] | None:
    """The object in an answer, if it has an id and a status."""
    body = response.body
    if not response.is_ok or not isinstance(body, dict):
        return None
    return body if isinstance(body.get("id"), str) and isinstance(body.get("status"), str) else None


def not_handed_out(service: Message, response: Response | None) -> Unavailable | Withheld:
    """The file of a finished video was not delivered."""
    if response is None:
        return Unavailable(msg("{service} isn't handing out the finished file.", service=service))
    if response.status in WITHHELD and response.body is not None and is_moderation(response.api_error):
        return Withheld(blocked())
    return Unavailable(
        msg(
            "{service} isn't handing out the finished file ({status}).",
            service=service,
            status=Term(str(response.status)),
        ),
        response.retry_after,
    )


def not_done(service: Message, retry_after: float | None) -> Unavailable:
    """A video that was reported as finished is not."""
    return Unavailable(msg("{service} hasn't finished this video after all.", service=service), retry_after)


def file_gone(service: Message) -> Gone:
    return Gone(msg("{service} no longer has this video's file.", service=service))


def unwritable(error: OSError) -> Unavailable:
    reason = Term(str(error.strerror))
    return Unavailable(msg("The file couldn't be written to disk: {reason}.", reason=reason))
