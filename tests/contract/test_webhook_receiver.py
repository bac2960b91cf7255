"""The receiver in docs/how-to/webhooks.md accepts what Kinora sends, once, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.webhooks.deliveries import DeliveryOutcome
from bot.domain.webhooks.events import test_body as a_test_body
from bot.domain.webhooks.store import OutgoingMessage
from bot.network.webhooks import HttpWebhookSender
from tests.builders import GUILD, NOON
from tests.ports import free_port
from tests.waiting import PATIENCE

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "webhooks.md"
SECRET = "whsec_c2VjcmV0IG9mIHRoaXMgdGVzdA=="


@contextmanager
def the_receiver(folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """As in the guide, with its port."""
    [code] = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    program = folder / "receiver.py"
    program.write_text(code)
    port = free_port()
    environment = {**os.environ, "KINORA_WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen([sys.executable, program], env=environment, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            yield port, receiver
        finally:
            receiver.kill()


@pytest.mark.own_interpreter
async def test_the_receiver_of_the_guide_takes_what_is_signed_and_tells_it_once(tmp_path: Path) -> None:
    with the_receiver(tmp_path) as (port, receiver):
        url = f"http://127.0.0.1:{port}/"
        sender = HttpWebhookSender({"127.0.0.1"})
        body = a_test_body(GUILD, NOON)
        true, forged = (
            OutgoingMessage(url=url, id="msg_1", body=body, secrets=(secret,))
            for secret in (SECRET, "whsec_c29tZWJvZHkgZWxzZQ==")
        )
        while (refused := await sender.send(forged)).outcome is DeliveryOutcome.UNREACHABLE:
            assert receiver.poll() is None
        statuses = [refused.status, *[(await sender.send(true)).status for _ in range(2)]]
        await sender.close()
        receiver.kill()
        said, _ = receiver.communicate(timeout=PATIENCE)
    assert statuses == [401, 204, 204]
    assert said == f"webhook.test {{'server_id': '{GUILD}'}}\n"
