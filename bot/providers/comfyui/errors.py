"""Why ComfyUI refuses an order, in readable form: it validates before it runs anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.errors import AccountTrouble, Gone, ProviderError
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import account_trouble, could_not_answer, no_answer, refused_key
from bot.providers.common.response import Response

MOST_FAULTS = 3


def guards_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """ComfyUI itself never denies access: a proxy in front of it does, which requires another key."""
    trouble = account_trouble(response, endpoint)
    return refused_key(response, endpoint) if trouble is None and response.status == 403 else trouble


def readable(response: Response) -> Response:
    """The answer with its nodes' errors as the message: the overall message only says that there are some."""
    body = response.body
    if not isinstance(body, dict):
        return response
    faults = list(dict.fromkeys(_faults(body.get("node_errors"))))[:MOST_FAULTS]
    code, words = _error(body.get("error"))
    if not faults and not words:
        return response
    return replace(response, body={"error": {"code": code, "message": "; ".join(faults) or words}})


def is_dropped(response: Response, node: str) -> bool:
    """Whether the server accepted an order but dropped this node of it: it runs the rest."""
    match response.body:
        case {"node_errors": dict() as faulty}:
            return node in faulty
        case _:
            return False


def unanswered(response: Response, endpoint: Endpoint) -> ProviderError:
    """For a free question. A missing route says nothing about any render: the server reports that in other ways."""
    trouble = no_answer(response, endpoint)
    return could_not_answer(response, endpoint) if isinstance(trouble, Gone) else trouble


def _error(error: object) -> tuple[str, str]:
    match error:
        case {"type": str(code), "message": str(message), **rest}:
            return code, _with(message, rest.get("details"))
        case str():
            return "", error
        case _:
            return "", ""


def _faults(node_errors: object) -> Iterator[str]:
    for node in node_errors.values() if isinstance(node_errors, dict) else ():
        errors = node.get("errors") if isinstance(node, dict) else None
        for error in errors if isinstance(errors, list) else ():
            yield f"{node.get('class_type')}: {_error(error)[1]}"


def _with(message: str, details: object) -> str:
    message = message.strip().rstrip(".")
    return f"{message} ({details.strip()})" if isinstance(details, str) and details.strip() else message
