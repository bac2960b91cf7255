"""When an order is stored but its card can't be shown, no one is told that nothing was ordered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, CardNotShown, KinoraError, Unavailable
from bot.domain.job import Job
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.jobs.ordering.quoting import Quote
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.quotes.details import QuoteDetails
from bot.ui.dialogs.ordering import OrderPlacement
from bot.ui.dialogs.quoting.questions import OpenQuestions
from bot.ui.dialogs.quoting.quotes import Quoted, QuoteDialogs, QuoteQuestion
from bot.ui.interactions.discord_errors import is_unheard
from bot.ui.interactions.responses import remove_pressed
from tests.builders import ANN, CHANNEL, GUILD, a_card, a_job, a_member

JOB = a_job()


class Stored:
    """The use case and cards of a placement that stores its order and then fails to draw or answer."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.released: list[Job] = []
        self.sought: list[Job] = []
        self.withdrawn: list[Job] = []

    async def place(self, *_: Any, **__: Any) -> Job:
        return JOB

    def release(self, job: Job) -> None:
        self.released.append(job)

    async def withdraw(self, job: Job) -> None:
        self.withdrawn.append(job)

    def seek(self, job: Job) -> None:
        self.sought.append(job)

    async def draw(self, _: Job) -> Any:
        raise self.failure


def a_placement(create: Any, cards: Any = None, thread_parents: Any = None) -> OrderPlacement:
    """`cards` draws and keeps them, and answers all other questions."""
    nothing: Any = None
    return OrderPlacement(
        create=create,
        batches=nothing,
        renderer=cards,
        batch_renderer=nothing,
        cards=cards,
        thread_parents=thread_parents,
        preferences=cards,
    )


def an_interaction() -> Any:
    return SimpleNamespace(
        id=1,
        extras={},
        guild=None,
        guild_id=None,
        channel=None,
        channel_id=CHANNEL,
        filesize_limit=0,
        type=discord.InteractionType.application_command,
    )


def down() -> discord.HTTPException:
    response: Any = SimpleNamespace(status=503, reason="x")
    return discord.DiscordServerError(response, {"code": 0, "message": "no"})


class ClosedDoor:
    """A use case that accepts an order, for a member with closed direct messages."""

    sent: tuple[Any, ...] | None = None

    async def check_room(self, *_: Any) -> None:
        return None

    screen = check_room

    async def create_dm(self, _: Any) -> ClosedDoor:
        return self

    async def send(self, *words: Any) -> None:
        self.sent = words
        response: Any = SimpleNamespace(status=403, reason="no")
        raise discord.Forbidden(response, {"code": 50007, "message": "Cannot send messages to this user"})


async def test_closed_direct_messages_are_said_before_a_price_is_asked_about() -> None:
    door: Any = ClosedDoor()
    nothing: Any = None
    placement = a_placement(door)
    interaction = an_interaction()
    interaction.guild_id, interaction.user, interaction.client = 1, None, door
    quote: Any = SimpleNamespace(private=True, price=Usd.of(2))
    with pytest.raises(BadRequest, match="can't send you direct messages"):
        await QuoteDialogs(placement=placement, quotes=nothing, questions=OpenQuestions()).order(
            interaction, a_member(), quote, is_dear=True
        )
    assert door.sent == (), "nobody is written to"


def said_no(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="no")
    return discord.HTTPException(response, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("failure", "kind", "says"),
    [
        pytest.param(said_no(400, 50278), BadRequest, "can't send you direct messages", id="no server in common"),
        pytest.param(said_no(400, 40003), Unavailable, "didn't open your direct messages", id="opened too fast"),
        pytest.param(down(), Unavailable, "Try again in a minute. You weren't charged", id="an outage"),
    ],
)
async def test_direct_messages_that_do_not_even_open_cost_nothing_and_are_said(
    failure: Exception, kind: type[KinoraError], says: str
) -> None:
    class Shut:
        async def create_dm(self, _: Any) -> None:
            raise failure

    interaction = an_interaction()
    interaction.guild_id, interaction.user, interaction.client = 1, None, Shut()
    nothing: Any = None
    quote: Any = SimpleNamespace(private=True, price=Usd.of(2))
    with pytest.raises(kind, match=says):
        await a_placement(nothing).place(interaction, a_member(), quote)


@pytest.mark.parametrize("failure", [down(), RuntimeError("a fault of our own")])
async def test_what_is_stored_is_said_to_be_ordered_when_its_card_fails(failure: Exception) -> None:
    stored: Any = Stored(failure)
    placement = a_placement(stored, stored)
    quote: Any = SimpleNamespace(private=False)
    with pytest.raises(CardNotShown) as told:
        await placement.place(an_interaction(), a_member(), quote)
    assert f"{JOB.id[:3]}-{JOB.id[3:]} was ordered" in told.value.sentence
    assert "don't order it again" in told.value.sentence
    assert stored.released == [JOB], "work on it goes on"


def refused(code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=400, reason="x")
    return discord.HTTPException(response, {"code": code, "message": "no"})


@pytest.mark.parametrize("code", [10062, 40060, 50083, 160005])
async def test_what_its_member_never_hears_of_is_withdrawn(code: int) -> None:
    """Too late, answered by another bot with our token, or ordered in an archived or locked thread."""
    stored: Any = Stored(refused(code))
    placement = a_placement(stored, stored)
    quote: Any = SimpleNamespace(private=False)
    with pytest.raises(discord.HTTPException):
        await placement.place(an_interaction(), a_member(), quote)
    assert (stored.withdrawn, stored.released) == ([JOB], [])


@pytest.mark.parametrize("code", [10015, 50027])
async def test_a_card_that_the_interaction_takes_no_more_comes_as_a_message_of_its_own(code: int) -> None:
    """discord-api-docs#7220: a token can be invalid although it is new."""
    remembered: list[Any] = []

    class Renderer(Stored):
        async def draw(self, _: Job) -> Any:
            return SimpleNamespace(as_message=dict)

        async def remember(self, _: Sequence[Job], message: Any, __: Any) -> None:
            remembered.append(message)

        def get_partial_messageable(self, channel_id: int) -> Any:
            async def send(**_: Any) -> int:
                return channel_id

            return SimpleNamespace(send=send)

    async def refuse(**_: Any) -> None:
        raise refused(code)

    stored: Any = Renderer(RuntimeError())
    placement = a_placement(stored, stored, thread_parents=stored)
    interaction = an_interaction()
    quote: Any = SimpleNamespace(private=False)
    interaction.client = stored
    interaction.response = SimpleNamespace(is_done=lambda: False, send_message=refuse)
    await placement.place(interaction, a_member(), quote)
    assert (remembered, stored.released) == ([JOB.channel_id], [JOB])


def test_an_answer_that_was_taken_and_lost_is_no_other_bots() -> None:
    assert not is_unheard(refused(40060), lost=True)


class Orders(Stored):
    """Records who orders."""

    def __init__(self) -> None:
        super().__init__(RuntimeError("no card"))
        self.members: list[Member] = []

    async def quote_today(self, _: Member, quote: Quote) -> Quote:
        return quote

    async def place(self, *given: Any, **_: Any) -> Job:
        self.members.append(given[0])
        return JOB


def a_price_question(orders: Any) -> Any:
    """The button that accepts it. Ann had role 7 when she was asked."""
    placement = a_placement(orders, orders, thread_parents=orders)
    quote = Quote(request=JOB.request, card=a_card(), price=Usd.of(2))
    left = Remainder(scope=Scope.SERVER, left=Usd.of(3), cap=Usd.of(25))
    details = QuoteDetails(quote=quote, times=RenderTimes((), None), left=left)
    dialogs = QuoteDialogs(placement=placement, quotes=orders, questions=OpenQuestions())
    question = QuoteQuestion(dialogs, Quoted(member=a_member(), details=details), None, None)
    return next(item for item in question.walk_children() if isinstance(item, discord.ui.Button))


def a_press(*roles: int) -> Any:
    """Ann presses it, with her current roles."""
    client = discord.Client(intents=discord.Intents.none())
    guild: Any = SimpleNamespace(id=GUILD, filesize_limit=0, unavailable=False, roles=())
    data: Any = {"user": {"id": ANN, "username": "ann", "discriminator": "0", "avatar": None}, "flags": 0}
    data |= {"roles": list(map(str, roles)), "joined_at": None}

    async def done(*_: Any, **__: Any) -> None:
        return None

    pressed = an_interaction()
    pressed.guild_id, pressed.guild, pressed.client = GUILD, guild, client
    pressed.user = discord.Member(data=data, guild=guild, state=client._connection)
    pressed.permissions, pressed.type = discord.Permissions.none(), discord.InteractionType.component
    pressed.response = SimpleNamespace(is_done=lambda: True, type=None)
    pressed.followup = SimpleNamespace(send=done)
    pressed.delete_original_response = pressed.edit_original_response = done
    return pressed


async def test_a_yes_counts_for_the_roles_that_a_member_has_when_they_say_it() -> None:
    orders = Orders()
    await a_price_question(orders).callback(a_press())
    assert [member.roles for member in orders.members] == [frozenset()]


async def test_two_presses_at_one_moment_are_one_yes() -> None:
    orders = Orders()
    button = a_price_question(orders)
    await asyncio.gather(button.callback(a_press(7)), button.callback(a_press(7)))
    assert len(orders.members) == 1


@pytest.mark.parametrize("lost", [aiohttp.ServerDisconnectedError(), ConnectionResetError(104, "reset")])
async def test_a_question_goes_also_when_discords_first_answer_to_that_is_lost(lost: Exception) -> None:
    """It would remain with its price, as if it could still be accepted."""
    answers = [lost, None]

    async def delete_original_response() -> None:
        if answer := answers.pop(0):
            raise answer

    pressed: Any = SimpleNamespace(delete_original_response=delete_original_response)
    await remove_pressed(pressed)
    assert answers == []
