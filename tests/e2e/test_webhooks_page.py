"""A manager sets up a webhook, tests it, and their receiver is notified of a video."""

from __future__ import annotations

import json
import re
from pathlib import Path

from standardwebhooks import Webhook

from tests.e2e.acting import answer, create, result_of, the_form
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full
from tests.waiting import comes_true

pytestmark = only_in_full("the walk is long, and its rules have tests of their own")

SETTINGS = {"KEYS_SECRET": "a-secret-of-at-least-32-characters"}


async def test_a_webhook_is_added_tested_called_and_removed(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, SETTINGS).running() as stage:
        heard = stage.receiver.received
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings open"))
        page = await answer(stage, await max_.picks("Webhooks", on=page))
        assert "No webhook is set up." in page.text
        form = the_form(await max_.clicks("Add a webhook…", on=page))
        refused = await answer(stage, await max_.fills(form, address="http://intranet.example/"))
        assert "intranet.example has to be called over https. Nothing was changed." in refused.text
        form = the_form(await max_.clicks("Add a webhook…", on=page))
        page = await answer(stage, await max_.fills(form, address=f"{stage.url}/receiver"))
        secret = re.findall("whsec_[A-Za-z0-9+/=]+", page.text)[0]
        page = await answer(stage, await max_.clicks("Send a test", on=page))
        assert "The test was taken (204)." in page.text
        assert secret not in page.text
        await result_of(stage, await create(stage, "ann", prompt="a fox in the snow"), "ann")
        await comes_true(lambda: len(heard) == 2)
        told = [Webhook(secret).verify(body, headers) for _, headers, body in reversed(heard)]
        assert [each["type"] for each in told] == ["webhook.test", "video.completed"]
        assert told[1]["data"]["prompt"] == "a fox in the snow"
        assert told[1]["data"]["message_url"].startswith("https://discord.com/channels/")
        page = await answer(stage, await max_.clicks("New secret", on=page))
        page = await answer(stage, await max_.clicks("Send a test", on=page))
        _, headers, body = heard[0]
        assert Webhook(secret).verify(body, headers) == json.loads(body)
        page = await answer(stage, await max_.clicks("Remove…", on=page))
        page = await answer(stage, await max_.clicks("Remove it", on=page))
        assert "The webhook was removed" in page.text
        log = stage.keeper.log.read_text()
        assert (secret in log, "Traceback" in log) == (False, False)
