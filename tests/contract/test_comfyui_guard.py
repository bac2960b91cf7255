"""A ComfyUI behind a guard that rejects an order: reported to the bot's host, not to the member."""

from __future__ import annotations

import pytest

from bot.domain.errors import AccountTrouble
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.comfyui_services import SMALL, Service, a_comfyui, an_order
from tests.contract.video_services import a_picture


async def checked_and_ordered(service: Service) -> None:
    await service.provider.check()
    await service.provider.submit(an_order(picture=a_picture(SMALL)))


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.UPLOAD, Operation.HEALTH])
async def test_what_a_guard_turns_away_waits_until_its_key_is_right(operation: Operation) -> None:
    async with a_comfyui() as service:
        service.host.trouble.next(operation, Say(status=403, body="<html>Forbidden</html>"))
        with pytest.raises(AccountTrouble, match="rejected the key in COMFYUI_API_KEY"):
            await checked_and_ordered(service)
        assert service.host.created == ()
