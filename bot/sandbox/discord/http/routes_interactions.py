"""Answers to interactions: the callback and the webhook of the interaction's token. Neither needs the bot's token."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.discord.http.rest import Call, Route
from bot.sandbox.discord.people import answering
from bot.sandbox.discord.world.clock import Json


def routes() -> Sequence[Route]:
    hook = "/webhooks/{application_id}/{token}"
    return [
        Route(method="POST", path="/interactions/{interaction_id}/{token}/callback", handler=_callback, open=True),
        Route(method="POST", path=hook, handler=_follow_up, open=True),
        Route(method="GET", path=f"{hook}/messages/{{which}}", handler=_get, open=True),
        Route(method="PATCH", path=f"{hook}/messages/{{which}}", handler=_edit, open=True),
        Route(method="DELETE", path=f"{hook}/messages/{{which}}", handler=_delete, open=True),
    ]


def _callback(call: Call) -> Json | None:
    told = answering.answer(call.world, call.ids["interaction_id"], call.words["token"], call.draft)
    return told if call.query.get("with_response") in {"1", "true", "True"} else None


def _follow_up(call: Call) -> Json:
    return answering.follow_up(call.world, call.ids["application_id"], call.words["token"], call.draft).to_dict()


def _get(call: Call) -> Json:
    return answering.fetch(call.world, call.ids["application_id"], call.words["token"], call.words["which"]).to_dict()


def _edit(call: Call) -> Json:
    ids, words = call.ids, call.words
    return answering.edit(call.world, ids["application_id"], words["token"], words["which"], call.draft).to_dict()


def _delete(call: Call) -> None:
    answering.delete(call.world, call.ids["application_id"], call.words["token"], call.words["which"])
