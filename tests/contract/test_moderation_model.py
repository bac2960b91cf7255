"""The moderation model, called like OpenAI's: what it finds, and that nothing else counts as an answer."""

from __future__ import annotations

import base64
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor.other_models import moderation
from bot.doctor.report import Level
from bot.domain.errors import CannotStart, Unavailable
from bot.domain.moderation.rules import WhenDown
from bot.providers.common.response import Response
from bot.providers.models import ModerationOnFirstUse
from bot.providers.openai.moderation import OpenAIModeration, read_findings
from bot.sandbox.moderation import CATEGORIES, MOUNT, ModerationHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account

JPEG = b"\xff\xd8\xff a small picture"


@dataclass
class Service:
    host: ModerationHost
    url: str

    def model(self, key: str = SANDBOX_KEY) -> OpenAIModeration:
        return OpenAIModeration(an_account(key=key, base_url=self.url), "omni-moderation-latest", seconds=2.0)


@asynccontextmanager
async def a_service() -> AsyncIterator[Service]:
    host, application = ModerationHost(), web.Application()
    application.add_subapp(MOUNT, host.application())
    async with TestServer(application) as server:
        yield Service(host, str(server.make_url(f"{MOUNT}/v1")))


async def test_it_is_given_the_text_and_the_picture_and_says_what_it_found() -> None:
    async with a_service() as service:
        model = ModerationOnFirstUse(an_account(key=SANDBOX_KEY, base_url=service.url), "omni-moderation-latest")
        found = await model.findings("a bloodbath", JPEG)
        await model.close()
    (asked,) = service.host.asked
    assert asked == {
        "model": "omni-moderation-latest",
        "input": [
            {"type": "text", "text": "a bloodbath"},
            {
                "type": "image_url",
                "image_url": {"url": f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"},
            },
        ],
    }
    assert found.keys() == set(CATEGORIES)
    assert [name for name, finding in found.items() if finding.flagged] == ["violence"]
    assert found["violence"].score == 0.97


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_service_out_of_order_has_found_nothing_and_allowed_nothing(status: int) -> None:
    async with a_service() as service:
        service.host.down = status
        with pytest.raises(Unavailable, match=f"without findings \\({status}\\)"):
            await service.model().findings("a fox", None)


async def test_neither_has_one_that_refuses_the_key_or_is_not_there() -> None:
    async with a_service() as service:
        with pytest.raises(Unavailable, match=r"without findings \(401\)"):
            await service.model(key="another").findings("a fox", None)
    with pytest.raises(Unavailable, match="no answer"):
        await service.model().findings("a fox", None)


@pytest.mark.parametrize("body", [None, [], {}, {"results": []}, {"results": [{"flagged": False}]}, {"results": "no"}])
def test_an_answer_that_says_nothing_is_none(body: object) -> None:
    with pytest.raises(Unavailable):
        read_findings(Response(status=200, headers={}, text="", body=body))


def test_odd_scores_count_as_none() -> None:
    body = {"results": [{"categories": {"hate": True, "violence": None}, "category_scores": {"hate": "high"}}]}
    found = read_findings(Response(status=200, headers={}, text="", body=body))
    assert [(name, finding.flagged, finding.score) for name, finding in found.items()] == [
        ("hate", True, 0.0),
        ("violence", False, 0.0),
    ]


@pytest.mark.parametrize(("said", "score"), [(0.4, 0.4), (10**400, 1.0), (7, 1.0), (-1, 0.0), (math.nan, 0.0)])
def test_a_score_is_between_nothing_and_one(said: float, score: float) -> None:
    body = {"results": [{"categories": {"hate": False}, "category_scores": {"hate": said}}]}
    assert read_findings(Response(status=200, headers={}, text="", body=body))["hate"].score == score


@pytest.mark.parametrize(
    ("status", "when_down", "told"),
    [
        (None, WhenDown.ALLOW, (Level.FINE, "the moderation model answers")),
        (503, WhenDown.ALLOW, (Level.WARNING, "gives an answer without findings (503)")),
        (503, WhenDown.REFUSE, (Level.FAILURE, "gives an answer without findings (503)")),
    ],
)
async def test_the_doctor_says_whether_it_answers(
    status: int | None, when_down: WhenDown, told: tuple[Level, str]
) -> None:
    async with a_service() as service:
        service.host.down = status
        (finding,) = await moderation(service.model(), when_down)
    assert finding.level is told[0]
    assert told[1] in finding.words


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(CannotStart):
        ModerationOnFirstUse(an_account(base_url="api.openai.com/v1"), "omni-moderation-latest")
