"""What can be ordered, and another model if one fails: always confirmed first, on the shipped bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.trouble import Operation, Say
from tests.e2e.acting import agreed, answer, card_says, create, result_of, until
from tests.e2e.stages import patient
from tests.extent import only_in_full
from tests.sandbox.simulated_discord_spec import offences, the_spec

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("the walk is long, and its rules have tests of their own"),
]

MODELS = """
[models."wan-2.2"]
enabled = true
remote = "sora-2"
seconds = [4, 8]
[models."wan-2.2".price]
"1280x720" = "0.05"

[[models.sora-2-pro.retired]]
hosts = ["127.0.0.1"]
since = 2099-12-01
instead = "It ends then."

[models.sora-1]
label = "Sora 1"
provider = "openai"
remote = "sora-1"
seconds = [4]
sizes = ["1280x720"]
[[models.sora-1.retired]]
hosts = ["127.0.0.1"]
since = 2025-01-02
instead = "Sora 2 took its place."
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("models")
    (folder / "models.toml").write_text(MODELS)
    settings = {
        "POLL_MAX_SECONDS": "0.5",
        "MAX_CONCURRENT_JOBS": "1",
        "MODELS_FILE": str(folder / "models.toml"),
    }
    stage = patient(Stage(folder, settings=settings))
    stage.host = VideoHost(render_seconds=0.5, frame_rate=4, sound=False)
    async with stage.running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broken(stage: Stage) -> Message:
    """The card of the last of three consecutive videos that Sora 2 failed at, while it continues to fail."""
    stage.host.render_seconds = 0.5
    cards = [await create(stage, prompt=f"a [breaks] fox {number}") for number in range(3)]
    for card in cards:
        await card_says(stage, card, "**Failed.**")
    return cards[-1]


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


async def models(stage: Stage, who: str = "ann", **options: str) -> Message:
    return await answer(stage, await stage.person(who).types("/models", **options))


async def pressed(stage: Stage, button: str, on: Message) -> Message:
    return await answer(stage, await stage.person("ann").clicks(button, on=on))


def paid(stage: Stage, prompt: str) -> list[str]:
    return [made.prompt for made in stage.host.created if made.prompt == prompt]


async def test_anybody_sees_what_can_be_ordered_and_for_how_much(stage: Stage) -> None:
    page = await models(stage, "sam")
    assert page.ephemeral
    assert "**Sora 2** · `sora-2` · 4 s for **$0.40** ($0.10/s)" in page.text
    assert "4, 8 or 12 s · 1280x720, 720x1280 · image input" in page.text
    assert "Typically 2 min · 🟢 Working" in page.text
    assert "**closes 1 Dec 2099**" in page.text
    assert "`sora-1` closed on 2 Jan 2025. Sora 2 took its place." in page.text
    assert page.text.index("Wan 2.2") < page.text.index("sora-1")
    assert labels(page) == []


async def test_one_model_in_full_and_its_suggestions(stage: Stage) -> None:
    choices = await stage.person("ann").suggests("/models", "model", "pro")
    assert choices == [{"name": "Sora 2 Pro", "value": "sora-2-pro"}]
    sheet = await models(stage, model="sora-2-pro")
    assert "4 s for **$1.20** ($0.30/s) · price checked 19 Sep 2026" in sheet.text
    assert "$0.30/s: 1280x720, 720x1280\n$0.50/s: 1792x1024, 1024x1792" in sheet.text
    assert "Change the scene: edit of the original → " in sheet.text
    closed = await models(stage, model="sora-1")
    assert "closed on 2 January 2025" in closed.text
    unknown = await models(stage, model="sora-9")
    assert "no model called “sora-9”" in unknown.text


async def test_a_failure_of_the_services_offers_another_model(stage: Stage, broken: Message) -> None:
    assert labels(broken) == ["Edit the prompt", "Run again", "Dismiss", "Another model"]
    asked = await pressed(stage, "Another model", broken)
    assert asked.ephemeral
    assert labels(asked) == ["Wan 2.2 · $0.20", "Sora 2 Pro · $1.20", "No"]
    await stage.person("ann").clicks("No", on=asked)
    await until(stage, lambda: "You weren't charged" in asked.text)
    stage.host.trouble.next(Operation.CREATE, Say(status=400, body={"error": {"message": "not today"}}))
    card = await agreed(stage, "Wan 2.2 · $0.20", await pressed(stage, "Another model", broken))
    await card_says(stage, card, "**Failed.**")
    assert "-# Wan 2.2 · 4 s · 1280x720\n" in card.text
    assert labels(card) == ["Edit the prompt", "Run again", "Dismiss"]
    assert "**Failed.**" in broken.text


async def test_someone_without_the_role_is_offered_nothing(stage: Stage, broken: Message) -> None:
    refused = await answer(stage, await stage.person("sam").clicks("Another model", on=broken))
    assert "need the role" in refused.text


@pytest.mark.usefixtures("broken")
async def test_a_failing_model_is_seen_in_lists(stage: Stage) -> None:
    assert "🔴 failed 3 times in a row here, last <t:" in (await models(stage)).text
    names = [choice["name"] for choice in await stage.person("ann").suggests("/create", "model", "", prompt="x")]
    assert names == [
        "Sora 2 · 4 s · $0.40 · failing",
        "Sora 2 Pro · 4 s · $1.20 · closes 1 Dec",
        "Wan 2.2 · 4 s · $0.20",
    ]


@pytest.mark.usefixtures("broken")
async def test_an_order_of_a_failing_model_is_asked_about_first(stage: Stage) -> None:
    before = len(stage.host.created)
    asked = await create(stage, prompt="a calm sea")
    assert asked.ephemeral
    assert "**Sora 2** has failed 3 times in a row here, last <t:" in asked.text
    assert labels(asked) == ["Make it anyway · $0.40", "With Wan 2.2 · $0.20", "With Sora 2 Pro · $1.20", "Edit", "No"]
    assert len(stage.host.created) == before
    film = await result_of(stage, await agreed(stage, "With Wan 2.2 · $0.20", asked))
    assert "Wan 2.2 · 4 s · 1280x720 · $0.20" in film.text
    assert len(stage.host.created) == before + 1


async def test_trying_again_is_asked_about_as_well(stage: Stage, broken: Message) -> None:
    asked = await pressed(stage, "Run again", broken)
    assert labels(asked)[0] == "Make it anyway · $0.40"
    await stage.person("ann").clicks("No", on=asked)
    await until(stage, lambda: "You weren't charged" in asked.text)


@pytest.mark.usefixtures("broken")
async def test_what_waits_for_a_failing_model_can_be_taken_by_another(stage: Stage) -> None:
    stage.host.render_seconds = 8.0
    hog = await create(stage, prompt="the one before", model="wan-2.2")
    await card_says(stage, hog, "**Rendering**")
    asked = await create(stage, prompt="waits in line")
    card = await agreed(stage, "Make it anyway · $0.40", asked)
    await card_says(stage, card, "Sora 2 has failed 3 times in a row here")
    assert labels(card) == ["Cancel", "Another model"]
    refused = await answer(stage, await stage.person("max").clicks("Another model", on=card))
    assert "Only the member who ordered this video" in refused.text
    question = await pressed(stage, "Another model", card)
    assert "waiting order is cancelled, free of charge" in question.text
    stage.host.render_seconds = 0.5
    instead = await agreed(stage, "Wan 2.2 · $0.20", question)
    await card_says(stage, card, "**Cancelled.**")
    assert "You weren't charged." in card.text
    await result_of(stage, instead)
    assert len(paid(stage, "waits in line")) == 1
    costs = await answer(stage, await stage.person("max").types("/costs", scope="server", period="all"))
    assert "more is reserved" not in costs.text


@pytest.mark.usefixtures("broken")
async def test_health_survives_a_restart_and_a_success_ends_the_trouble(stage: Stage) -> None:
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    asked = await create(stage, prompt="the trial")
    await result_of(stage, await agreed(stage, "Make it anyway · $0.40", asked))
    card = await create(stage, prompt="as if nothing had been")
    assert not card.ephemeral
    await result_of(stage, card)
    assert "🔴" not in (await models(stage)).text


MANY = """
[models.many-{number:02}]
label = "Model number {number} of a host that gives its models very long labels, with *stars* and <brackets>"
provider = "openai"
remote = "many"
seconds = [{number}, 5, 10]
sizes = ["1280x720", "720x1280", "1024x1024", "1920x1080", "1080x1920"]
remix = ["frame", "reprompt"]
"""


async def leafed(stage: Stage, page: Message) -> None:
    before = page.text
    outcome = await stage.person("sam").clicks("More", on=page)
    assert outcome.failed is None
    await until(stage, lambda: page.text != before)


async def test_sixty_models_are_leafed_through_also_after_a_restart(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text("".join(MANY.format(number=number) for number in range(1, 61)))
    async with patient(Stage(tmp_path, settings={"MODELS_FILE": str(own)})).running() as stage:
        page = await models(stage, "sam")
        assert "sora-2-pro" in page.text
        seen = re.findall(r"`(many-\d+)`", page.text)
        while "More" in labels(page):
            await leafed(stage, page)
            seen += re.findall(r"`(many-\d+)`", page.text)
        assert seen == [f"many-{number:02}" for number in range(1, 61)]
        await stage.keeper.restart()
        await until(stage, lambda: stage.world.gateway.online)
        await stage.person("sam").clicks("Back", on=page)
        await until(stage, lambda: "More" in labels(page))


async def test_all_that_was_sent_keeps_to_discords_published_schemas(stage: Stage) -> None:
    assert list(offences(the_spec(), stage.world.diary)) == []


async def test_the_log_holds_no_traceback(stage: Stage) -> None:
    assert "Traceback" not in stage.keeper.log.read_text()
