"""The menu *Animate this image*, through the shipped bot."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.discord.http.cdn import Attachment
from bot.sandbox.discord.people.outcome import Form
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, result_of, until
from tests.e2e.stages import quick_stage
from tests.sandbox.simulated_discord_spec import offences, the_spec

pytestmark = pytest.mark.asyncio(loop_scope="module")

MENU = "Animate this image"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("animate"), {"LEASE_SECONDS": "4"}).running() as running:
        yield running


def a_picture(width: int, height: int, colour: str = "#c8642a") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(picture, "PNG")
    return picture.getvalue()


@pytest.fixture(scope="module")
def tall(stage: Stage) -> Message:
    """Sam's picture of a fox, taller than wide."""
    return stage.person("sam").says("look at this", "studio", ("fox.png", a_picture(600, 900)))


async def opened(stage: Stage, message: Message) -> Form:
    outcome = await stage.person("ann").uses(MENU, on=message)
    assert outcome.form is not None, await answer(stage, outcome)
    return outcome.form


async def refusal(stage: Stage, message: Message, who: str = "ann") -> str:
    said = await answer(stage, await stage.person(who).uses(MENU, on=message))
    assert said.ephemeral
    return said.text


async def test_somebodys_picture_becomes_a_video_of_its_shape(stage: Stage, tall: Message) -> None:
    form = await opened(stage, tall)
    assert [field.label for field in form.fields] == ["What should happen?"]
    assert "Sora 2 · 4 s · 720x1280 · $0.40" in str(form.modal)
    card = await answer(stage, await stage.person("ann").fills(form, prompt="it blinks"))
    assert "cropped from 600x900 to 720x1280" in card.text
    assert "720x1280" in (await result_of(stage, card)).text
    (made,) = [made for made in stage.host.created if made.prompt == "it blinks"]
    assert made.ordered.picture is not None
    with Image.open(io.BytesIO(made.ordered.picture)) as sent:
        assert sent.size == (720, 1280)


async def test_of_several_pictures_one_is_chosen(stage: Stage) -> None:
    files = (
        ("a.png", a_picture(900, 600, "#ff0000")),
        ("notes.txt", b"hello"),
        ("b.png", a_picture(600, 900, "#0000ff")),
    )
    form = await opened(stage, stage.person("sam").says("which one?", "studio", *files))
    _, choice = form.fields
    assert [(option["label"], option["description"]) for option in choice.options] == [
        ("a.png", "Sora 2 · 4 s · 1280x720 · $0.40"),
        ("b.png", "Sora 2 · 4 s · 720x1280 · $0.40"),
    ]
    card = await answer(stage, await stage.person("ann").fills(form, prompt="it waves", picture="b.png"))
    await result_of(stage, card)
    (made,) = [made for made in stage.host.created if made.prompt == "it waves"]
    assert made.ordered.picture is not None
    with Image.open(io.BytesIO(made.ordered.picture)) as sent:
        assert sent.convert("RGB").getpixel((10, 10)) == (0, 0, 255)


async def test_a_picture_in_another_bots_gallery_is_found_and_one_from_elsewhere_is_not(stage: Stage) -> None:
    world, sam = stage.world, stage.person("sam").user
    place = world.channel("studio")
    kept = world.cdn.keep(
        Attachment(id=world.ids.next(), channel_id=place.id, filename="made.png", data=a_picture(150, 100))
    )
    media = [{"url": "attachment://made.png", "attachment_id": kept.id}, {"url": "https://elsewhere.example/b.png"}]
    gallery = {"type": 12, "id": 2, "items": [{"media": each} for each in media]}
    posted = Message(
        id=world.ids.next(),
        channel_id=place.id,
        guild_id=place.guild_id,
        author=sam,
        cdn=world.cdn,
        attachments=[kept],
        flags=1 << 15,
        components=[{"type": 17, "id": 1, "components": [gallery]}],
    )
    form = await opened(stage, world.add(posted))
    assert [field.label for field in form.fields] == ["What should happen?"]
    card = await answer(stage, await stage.person("ann").fills(form, prompt="it glows"))
    assert "from 150x100 to 1280x720" in card.text


async def test_an_open_form_outlives_a_restart(stage: Stage, tall: Message) -> None:
    form = await opened(stage, tall)
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    card = await answer(stage, await stage.person("ann").fills(form, prompt="it wakes up"))
    await result_of(stage, card)


async def test_a_form_that_was_opened_anew_for_another_picture_is_not_mistaken(stage: Stage, tall: Message) -> None:
    old = await opened(stage, tall)
    await opened(stage, stage.person("sam").says("", "studio", ("other.png", a_picture(640, 640))))
    before = len(stage.host.created)
    said = await answer(stage, await stage.person("ann").fills(old, prompt="it runs"))
    assert "since opened this form for another message" in said.text
    assert len(stage.host.created) == before


async def test_what_cannot_be_animated_is_said_before_anything_is_written(stage: Stage) -> None:
    stage.world.rules.upload_limit = 30 * 1024 * 1024
    says = stage.person("sam").says
    assert "has no image Kinora can use" in await refusal(stage, says("only words"))
    assert "has no image Kinora can use" in await refusal(stage, says("", "studio", ("drawing.svg", b"<svg/>")))
    assert "25.0 MB. The limit is 20 MB" in await refusal(
        stage, says("", "studio", ("big.png", b"\x89PNG" + b"x" * (25 * 2**20)))
    )
    assert "is a Kinora video" in await refusal(stage, await result_of(stage, await create(stage, prompt="a fox")))


async def test_a_picture_that_is_none_is_refused_after_the_words_and_costs_nothing(stage: Stage) -> None:
    form = await opened(stage, stage.person("sam").says("", "studio", ("fox.png", b"GIF? no.")))
    before = len(stage.host.created)
    said = await answer(stage, await stage.person("ann").fills(form, prompt="it flies"))
    assert said.ephemeral
    assert "isn't an image" in said.text
    assert len(stage.host.created) == before


async def test_a_stranger_is_told_which_role_it_takes(stage: Stage, tall: Message) -> None:
    assert "need the role" in await refusal(stage, tall, "sam")


async def test_all_that_was_sent_keeps_to_discords_published_schemas(stage: Stage) -> None:
    assert list(offences(the_spec(), stage.world.diary)) == []
    assert "Traceback" not in stage.keeper.log.read_text()
