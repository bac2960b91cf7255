"""Finished files that a service lists at several locations."""

from __future__ import annotations

import pytest

from bot.domain.errors import OutOfBounds, Unavailable
from bot.providers.common.outcome import from_any
from bot.providers.common.response import Response

AWAY, BARRED = Unavailable("away"), OutOfBounds("closed", "files.example")
GONE = Response(status=404, headers={}, text="")


async def tried(*outcomes: Response | Unavailable | None) -> list[Response] | None:
    async def download(url: str) -> Response | None:
        outcome = outcomes[int(url)]
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome

    return await from_any(map(str, range(len(outcomes))), download)


@pytest.mark.parametrize("before", [[], [GONE], [AWAY], [BARRED], [BARRED, AWAY, GONE]])
async def test_one_place_that_has_it_is_enough(before: list[Response | Unavailable]) -> None:
    assert await tried(*before, None) is None


@pytest.mark.parametrize(
    ("outcomes", "raised"),
    [([AWAY, GONE], AWAY), ([BARRED, GONE], BARRED), ([BARRED, AWAY], AWAY), ([AWAY, BARRED], AWAY)],
)
async def test_what_another_try_may_cure_goes_before_what_somebody_has_to_allow(
    outcomes: list[Response | Unavailable], raised: Unavailable
) -> None:
    with pytest.raises(Unavailable) as trouble:
        await tried(*outcomes)
    assert trouble.value is raised


async def test_without_trouble_it_is_told_what_each_answered() -> None:
    assert await tried(GONE, GONE) == [GONE, GONE]
    assert await tried() == []
