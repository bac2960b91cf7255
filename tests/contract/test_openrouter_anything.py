"""Whatever OpenRouter answers, the adapter reports something Kinora understands, and never more than the host did."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.video.trouble import Operation, Say
from tests.contract.openrouter_services import Service, an_openrouter
from tests.contract.strategies import EXAMPLES, OPENROUTER, anything, codes, pages, shaped

bodies = st.one_of(shaped(OPENROUTER), anything, pages)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with an_openrouter() as service:
        yield service


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_a_list_of_models_holds_it_is_names_or_none(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.MODELS, Say(status=status, body=body))
    served = await service.provider.served()
    if served is not None:
        assert isinstance(body, dict)
        assert set(served) <= {row.get("id") for row in body["data"] if isinstance(row, dict)}
