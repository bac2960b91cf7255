"""A video extended through the shipped bot: by the service, and by a new part that is joined with it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator

import av
import pytest
import pytest_asyncio

from bot.sandbox.discord.people.outcome import Form
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.services import Scene
from bot.sandbox.stage import Stage
from tests.e2e.acting import agreed, answer, create, result_of, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("each step has tests of its own; the sandbox makes films of many seconds for this"),
]

MENU = "Extend this video"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("extend"), {"LEASE_SECONDS": "4"}).running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fox(stage: Stage) -> Message:
    return await result_of(stage, await create(stage, prompt="a fox in the snow"))


async def opened(stage: Stage, message: Message, who: str = "ann") -> Form:
    outcome = await stage.person(who).uses(MENU, on=message)
    assert outcome.form is not None, await answer(stage, outcome)
    return outcome.form


def seconds(message: Message) -> float:
    """The actual length of a message's film, decoded to its end."""
    with av.open(io.BytesIO(message.file(message.media[0].filename)), "r") as film:
        last = [frame.time or 0.0 for frame in film.decode(video=0)][-1]
        rate = film.streams.video[0].average_rate
        assert film.streams.audio
        return last + float(1 / (rate or 24))


async def test_what_the_service_extends_is_one_longer_video_of_its_own(stage: Stage, fox: Message) -> None:
    form = await opened(stage, fox)
    words, model = form.fields
    assert words.label == "What happens next?"
    assert [(option["label"], option["description"]) for option in model.options] == [
        ("Sora 2 · +4 s", "about $0.40 · 8 s in all · by the service"),
        ("Sora 2 · +8 s", "about $0.80 · 12 s in all · by the service"),
        ("Sora 2 · +12 s", "about $1.20 · 16 s in all · by the service"),
        *((f"Sora 2 Pro · +{n} s", f"about ${n * 0.3:.2f} · {n + 4} s in all · joined by Kinora") for n in (4, 8, 12)),
    ]
    card = await answer(stage, await stage.person("ann").fills(form, prompt="it trots away"))
    assert re.search(r"Extends \[?\w{3}-\w{3}.* · 4 s \+ 4 s = 8 s", card.text)
    whole = await result_of(stage, card)
    assert "Sora 2 · 8 s (+4 s) · 1280x720 · $0.40" in whole.text
    assert "Extended by the service" in whole.text
    assert seconds(whole) == pytest.approx(8.0, abs=0.3)


async def test_another_model_films_on_from_the_last_frame_and_the_two_are_joined(stage: Stage, fox: Message) -> None:
    form = await opened(stage, fox)
    filled = await stage.person("ann").fills(form, prompt="an owl lands", model="Sora 2 Pro · +4 s")
    question = await answer(stage, filled)
    assert re.search(r"Extend `?\w{3}-\w{3}`? by 4 s for \*\*\$1.20\*\*\?", question.text)
    assert "4 s + 4 s = 8 s · You pay for the new part only." in question.text
    whole = await result_of(stage, await agreed(stage, "Go · $1.20", question))
    assert "Continues from the last frame, joined with the original" in whole.text
    assert "Sora 2 Pro · 8 s (+4 s) · 1280x720 · $1.20" in whole.text
    assert seconds(whole) == pytest.approx(8.0, abs=0.3)
    made = next(made for made in stage.host.created if made.prompt == "an owl lands")
    assert (made.ordered.picture is not None, made.ordered.seconds) == (True, 4)

    form = await opened(stage, whole)  # its service has only the new part, so this is joined as well
    longer = await result_of(
        stage, await answer(stage, await stage.person("ann").fills(form, prompt="they talk", model="Sora 2 · +4 s"))
    )
    assert "joined with the original" in longer.text
    assert seconds(longer) == pytest.approx(12.0, abs=0.4)


async def test_a_private_video_stays_private_when_it_is_extended(stage: Stage) -> None:
    told = await create(stage, prompt="a secret fox", private=True)
    assert told.ephemeral
    ann = stage.person("ann")
    secret = next(m for m in await _direct(stage) if "a secret fox" in m.text)
    panel = await answer(stage, await ann.clicks("More…", on=secret))  # Discord has no context menu in direct messages
    outcome = await ann.clicks("Extend…", on=panel)
    assert outcome.form is not None, await answer(stage, outcome)
    await ann.fills(outcome.form, prompt="it hides")
    longer = await _direct(stage, 2)
    assert any("it hides" in message.text and "Extended by the service" in message.text for message in longer)
    assert not any("it hides" in message.text for message in ann.sees("studio"))


async def test_what_cannot_be_extended_is_said_and_costs_nothing(stage: Stage, fox: Message) -> None:
    said = stage.person("sam").says("hello")
    assert "isn't a Kinora video" in (await answer(stage, await stage.person("ann").uses(MENU, on=said))).text
    refused = (await answer(stage, await stage.person("sam").uses(MENU, on=fox))).text
    assert "You need the role" in refused
    assert "You weren't charged." in refused


async def test_gemini_extends_its_own_video(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("gemini")
    async with quick_stage(folder, {}, scene=Scene(provider="gemini")).running() as stage:
        film = await result_of(stage, await create(stage, prompt="a hare", seconds=4))
        form = await opened(stage, film)
        filled = await stage.person("ann").fills(form, prompt="it hops", model="Gemini Omni 1.1 Flash · +3 s")
        whole = await result_of(stage, await answer(stage, filled))
        assert "Extended by the service" in whole.text
        assert seconds(whole) == pytest.approx(7.0, abs=0.3)


async def _direct(stage: Stage, films: int = 1) -> list[Message]:
    """Ann's direct messages with films, once there are so many."""
    ann = stage.person("ann")

    def found() -> list[Message]:
        there = [m for m in ann.sees("dm") if m.media]
        return there if len(there) >= films else []

    return list(await until(stage, found))
