"""What a refusal by fal means, where it differs from most hosts."""

from __future__ import annotations

import re

from bot.domain.errors import AccountTrouble, ProviderError
from bot.domain.messages import Term, msg
from bot.domain.ports.provider import Order
from bot.providers.common import errors
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import Response
from bot.providers.fal.status import REFUSED_CONTENT, types_in

LOCKED = re.compile(r"exhausted balance|user is locked|account is locked|top up your balance")


def account_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """Like `errors.account_trouble`; an account without credit is locked, which is a 403."""
    if response.status == 403 and LOCKED.search(response.api_error.words):
        return AccountTrouble(
            msg(
                "{service} has no credit left on the account of {setting}.",
                service=endpoint.label,
                setting=Term(endpoint.account.key_setting),
            ),
            response.retry_after,
        )
    return errors.account_trouble(response, endpoint)


def no_video(response: Response, endpoint: Endpoint, order: Order, sent_to: str) -> ProviderError:
    """The outcome of a paid request that was not answered with success. `sent_to` is an endpoint of fal's."""
    if trouble := account_trouble(response, endpoint):
        return trouble
    if REFUSED_CONTENT in types_in(response.body) and 400 <= response.status < 500:
        return errors.refused_words(endpoint)
    if response.status == 403 and not errors.is_moderation(response.api_error):
        return errors.refused_key(response, endpoint)
    if response.status == 404 and order.method is None:
        return errors.not_served(endpoint, sent_to, [])
    return errors.no_video(response, endpoint, order.method)


def no_answer(response: Response, endpoint: Endpoint) -> ProviderError:
    """What it means if a free request was not answered with success."""
    return account_trouble(response, endpoint) or errors.no_answer(response, endpoint)
