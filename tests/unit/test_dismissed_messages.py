"""An answer whose "thinking…", or whose message, was dismissed meanwhile is sent as a new message, with its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.ui import LayoutView

from bot.ui.interactions.responses import reply, think, update

REPORT = b"one report"
UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10008, 10015


def refusal(code: int) -> discord.NotFound:
    response: Any = SimpleNamespace(status=404, reason="Not Found")
    return discord.NotFound(response, {"code": code, "message": "gone"})


class Waiting:
    """An interaction that shows "thinking…" until it is dismissed, and then `refuses` each change to it."""

    def __init__(self, refuses: int | None = UNKNOWN_MESSAGE) -> None:
        self.refuses = refuses
        self.extras = dict[str, Any]()
        self.message = None
        self.response = SimpleNamespace(is_done=self._is_done, type=None, defer=self._defer)
        self.followup = SimpleNamespace(send=self._send)
        self.edited, self.sent = list[bytes](), list[bytes]()
        self.sent_how: dict[str, Any] = {}

    def _is_done(self) -> bool:
        return self.response.type is not None

    async def _defer(self, **_: Any) -> None:
        self.response.type = discord.InteractionResponseType.deferred_channel_message

    async def edit_original_response(self, *, attachments: Sequence[discord.File], **_: Any) -> Any:
        self.edited += _uploaded(attachments)
        if self.refuses is not None:
            raise refusal(self.refuses)
        return SimpleNamespace(id=1)

    async def delete_original_response(self) -> None:
        raise refusal(UNKNOWN_MESSAGE)

    async def _send(self, *, files: Sequence[discord.File], **how: Any) -> Any:
        self.sent += _uploaded(files)
        self.sent_how = how
        return SimpleNamespace(id=2)


def _uploaded(files: Sequence[discord.File]) -> list[bytes]:
    """What Discord gets; discord.py closes the files after the request, whatever comes of it."""
    contents = [file.fp.read() for file in files]
    for file in files:
        file.close()
    return contents


@pytest.fixture(params=["in memory", "on disk"])
def upload(request: pytest.FixtureRequest, tmp_path: Path) -> discord.File:
    if request.param == "in memory":
        return discord.File(BytesIO(REPORT), "report.txt")
    (tmp_path / "report.txt").write_bytes(REPORT)
    return discord.File(tmp_path / "report.txt", "report.txt")


async def replied(interaction: Any, upload: discord.File) -> Any:
    return (await reply(interaction, content="your report", files=[upload])).id


async def updated(interaction: Any, upload: discord.File) -> Any:
    return await update(interaction, LayoutView(), attachments=[upload])


ANSWERS = pytest.mark.parametrize("answered", [replied, updated])
Answered = Callable[[Any, discord.File], Any]


@ANSWERS
async def test_a_file_is_sent_whole_in_a_new_message_to_the_asker_alone(
    upload: discord.File, answered: Answered
) -> None:
    asked: Any = Waiting()
    await think(asked, ephemeral=True)
    assert await answered(asked, upload) == 2
    assert (asked.edited, asked.sent) == ([REPORT], [REPORT])
    assert asked.sent_how["ephemeral"] is True
    assert asked.sent_how["allowed_mentions"].to_dict() == discord.AllowedMentions.none().to_dict()


@ANSWERS
async def test_a_file_that_arrived_is_sent_once_and_closed(upload: discord.File, answered: Answered) -> None:
    asked: Any = Waiting(refuses=None)
    await think(asked, ephemeral=True)
    assert await answered(asked, upload) == 1
    assert (asked.edited, asked.sent) == ([REPORT], [])
    assert upload.fp.closed is not isinstance(upload.fp, BytesIO)  # what we opened ourselves is not left open


@ANSWERS
async def test_any_other_refusal_is_told_and_closes_the_file(upload: discord.File, answered: Answered) -> None:
    asked: Any = Waiting(refuses=UNKNOWN_WEBHOOK)
    await think(asked, ephemeral=True)
    with pytest.raises(discord.NotFound):
        await answered(asked, upload)
    assert asked.sent == []
    assert upload.fp.closed is not isinstance(upload.fp, BytesIO)
