"""A limited number of interactions run at once; the others are told to wait, and served in order."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.ui.interactions.admission import STATE
from bot.ui.interactions.error_handler import ReportingTree
from bot.ui.interactions.responses import FOR_ALL, begin, reply
from bot.ui.interactions.turns import AT_ONCE, Turns, turns
from bot.wiring.cogs.commands import commands_only


class Crowd:
    """Members who each keep their turn until released."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.served: list[int] = []
        self.all_served = asyncio.Event()
        self.may_go = [asyncio.Event() for _ in range(4)]

    async def member(self, number: int) -> None:
        await self.turns.wait()
        self.served.append(number)
        if len(self.served) == len(self.may_go):
            self.all_served.set()
        await self.may_go[number].wait()

    async def come(self) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.member(number)) for number in range(len(self.may_go))]
        await asyncio.sleep(0)
        return tasks

    async def goes(self, task: asyncio.Task[None], number: int) -> None:
        self.may_go[number].set()
        await task
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_the_next_in_line_is_served_when_somebody_goes() -> None:
    crowd = Crowd(Turns(at_once=2, longest=60.0))
    first, *_, last = tasks = await crowd.come()
    assert crowd.served == [0, 1]
    await crowd.goes(first, 0)
    assert crowd.served == [0, 1, 2]
    for number, task in enumerate(tasks):
        await crowd.goes(task, number)
    assert crowd.served == [0, 1, 2, 3]
    assert last.done()
    assert not crowd.turns.are_taken


async def test_who_leaves_the_line_holds_nobody_up() -> None:
    crowd = Crowd(Turns(at_once=1, longest=60.0))
    tasks = await crowd.come()
    tasks[1].cancel()
    crowd.may_go[0].set()  # their turn comes just as they leave
    await asyncio.wait({tasks[0], tasks[1]})
    await crowd.goes(tasks[2], 2)
    assert crowd.served == [0, 2, 3]
    tasks[3].cancel()
    await asyncio.wait(tasks)


async def test_who_takes_long_waits_for_something_else_and_holds_nobody_up() -> None:
    crowd = Crowd(Turns(at_once=1, longest=0.0))
    tasks = await crowd.come()
    await crowd.all_served.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert not crowd.turns.are_taken


async def test_who_waits_for_a_busy_loop_keeps_the_turn() -> None:
    crowd = Crowd(Turns(at_once=1, longest=0.1))
    tasks = await crowd.come()
    time.sleep(0.2)  # noqa: ASYNC251 - stands for a long computation
    await asyncio.sleep(0)
    assert crowd.served == [0]
    await crowd.all_served.wait()  # one by one, whenever the loop is responsive
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_who_cannot_wait_is_served_at_once_and_the_others_later() -> None:
    crowd = Crowd(Turns(at_once=1, longest=60.0))
    tasks = await crowd.come()
    suggesting = asyncio.create_task(_suggested(crowd.turns))
    await asyncio.sleep(0)
    await crowd.goes(tasks[0], 0)
    assert crowd.served == [0]
    suggesting.cancel()
    await asyncio.wait({suggesting})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert crowd.served == [0, 1]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _suggested(turns: Turns) -> None:
    turns.take()
    await asyncio.Event().wait()


class Discord:
    """What it receives first from commands."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.may_answer = asyncio.Event()

    def command(self, *, for_all: bool) -> Any:
        response = SimpleNamespace(is_done=lambda: False)

        async def defer(*, thinking: bool, ephemeral: bool) -> None:
            assert thinking
            response.is_done, response.type = (lambda: True), discord.InteractionResponseType.deferred_channel_message
            await self.told.put("thinking, for the asker" if ephemeral else "thinking, for all")

        async def send_message(content: str, **_: Any) -> Any:
            await self.told.put(content)
            return SimpleNamespace(resource=None)

        async def shown(**_: Any) -> None: ...

        response.defer, response.send_message = defer, send_message
        return SimpleNamespace(
            type=discord.InteractionType.application_command,
            command=SimpleNamespace(extras={FOR_ALL: True} if for_all else {}),
            namespace=SimpleNamespace(),
            extras={},
            response=response,
            original_response=shown,
            edit_original_response=shown,
        )

    async def used(self, *, for_all: bool = False) -> None:
        interaction = self.command(for_all=for_all)
        await begin(interaction)
        await self.may_answer.wait()
        await reply(interaction, content="the answer", ephemeral=not for_all)


async def test_only_who_comes_when_all_turns_are_taken_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.ui.interactions.responses.SOON", 60.0)  # for busy machines
    discord_ = Discord()
    async with asyncio.TaskGroup() as commands:
        for _ in range(AT_ONCE + 1):
            commands.create_task(discord_.used())
        commands.create_task(discord_.used(for_all=True))
        assert [await discord_.told.get() for _ in range(2)] == ["thinking, for the asker", "thinking, for all"]
        discord_.may_answer.set()
    assert [discord_.told.get_nowait() for _ in range(AT_ONCE)] == ["the answer"] * AT_ONCE
    assert discord_.told.empty()


async def test_an_answer_that_takes_longer_than_usual_is_told_to_wait_once_all_turns_are_taken() -> None:
    discord_ = Discord()
    async with asyncio.TaskGroup() as commands:
        for _ in range(AT_ONCE):
            commands.create_task(discord_.used())
        assert [await discord_.told.get() for _ in range(AT_ONCE)] == ["thinking, for the asker"] * AT_ONCE
        discord_.may_answer.set()
    assert discord_.told.empty()


async def test_a_command_that_opens_a_form_waits_for_no_turn_and_nothing_is_said_before_the_form() -> None:
    """After a "thinking…", Discord accepts no form."""
    bot, discord_ = await commands_only(), Discord()
    assert isinstance(bot.tree, ReportingTree)
    [start] = [each for each in bot.tree.walk_commands() if each.qualified_name == "contest start"]
    interaction = discord_.command(for_all=False)
    interaction.command, interaction.extras = start, {STATE: True}
    interaction.locale, interaction.data = "en-US", {"type": 1, "options": [{"name": "start", "type": 1}]}
    for _ in range(AT_ONCE):
        turns().take()
    assert await bot.tree.interaction_check(interaction)
    await asyncio.sleep(0.01)
    assert discord_.told.empty()
    await reply(interaction, content="the form")
    assert discord_.told.get_nowait() == "the form"
