"""What the demo page receives, and what it may request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import web

from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.places import FORUM, THREAD, VOICE
from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox
from tests.sandbox.simulated_discord_bot import MP4, PNG, Studio, a_result, a_studio
from tests.waiting import PATIENCE


class Page:
    """One open page: its connection, and what it posts."""

    def __init__(self, studio: Studio, session: aiohttp.ClientSession, line: aiohttp.ClientWebSocketResponse) -> None:
        self.studio = studio
        self._session = session
        self._line = line
        self.state: dict[str, Any] = {}

    async def told(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        while True:
            news: dict[str, Any] = await self._line.receive_json(timeout=PATIENCE)
            if news["type"] == kind:
                return news

    async def posts(self, what: str, files: Mapping[str, bytes] | None = None, /, **data: Any) -> dict[str, Any]:
        data = {"as": "ann", "channel_id": str(self.studio.world.channel("studio").id), **data}
        sent: dict[str, Any] = {"json": data}
        if files is not None:
            form = aiohttp.FormData({"payload": json.dumps(data)})
            for name, content in files.items():
                form.add_field(name, content, filename=f"{name}.png")
            sent = {"data": form}
        async with self._session.post(f"{self.studio.sandbox.url}/console/{what}", **sent) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


@pytest.fixture
async def page(studio: Studio) -> AsyncIterator[Page]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{studio.sandbox.url}/console/ws") as line,
    ):
        opened = Page(studio, session, line)
        opened.state = await opened.told("state")
        yield opened


async def test_the_page_begins_with_the_whole_view(page: Page) -> None:
    state = page.state
    assert state["me"] | {"id": None} == {
        "id": None,
        "key": "ann",
        "name": "Ann",
        "avatar_color": "#eb459e",
        "role_names": ["Filmmaker"],
    }
    assert [person["key"] for person in state["people"]] == ["ann", "max", "sam", "tia", "olga"]
    assert {state["me"]["id"]} <= {person["id"] for person in state["people"]}
    assert state["guild"] == {"name": "Kinora demo", "icon_text": "KD"}
    assert [(channel["name"], channel["kind"]) for channel in state["channels"]] == [
        ("studio", "text"),
        ("lounge", "text"),
        ("read-only", "text"),
        ("storyboard", "thread"),
    ]
    assert {command["name"] for command in state["commands"]} >= {"create", "Remix this video"}
    assert "settings" not in {command["name"] for command in state["commands"]}
    assert state["withheld"] == ["settings"]
    assert state["bot"] == {"online": True, "name": "Kinora"}
    assert set(state["messages"]) == {channel["id"] for channel in state["channels"]}


async def test_channels_that_the_page_has_no_place_for_are_left_out_and_posts_of_a_forum_are_threads(
    page: Page,
) -> None:
    world = page.studio.world
    talk = admin.open_channel(world, "talk", VOICE)
    admin.open_channel(world, "films", FORUM)
    foxes = admin.open_channel(world, "foxes", THREAD, "films")
    told = [await page.told("channels") for _ in range(3)]
    before = [(each["name"], each["kind"]) for each in page.state["channels"]]
    assert [(each["name"], each["kind"]) for each in told[-1]["channels"]] == [*before, ("foxes", "thread")]
    for place in (talk, foxes):
        await page.studio.sandbox.person("ann").types("/create", channel=place, prompt="a fox")
    assert (await page.told("message"))["message"]["channel_id"] == str(foxes.id)


async def test_a_command_shows_up_as_a_message(page: Page) -> None:
    answer = await page.posts("commands", name="create", options={"prompt": "a cat", "seconds": "4"})
    news = (await page.told("message"))["message"]
    assert answer == {"ok": True, "message_id": news["id"]}
    assert news["interaction"]["user"]["username"] == "ann"
    assert news["interaction"]["name"] == "create"
    assert (news["ephemeral"], news["thinking"], news["for_me"]) == (False, False, False)
    assert news["components"][0]["components"][0]["content"].startswith("a cat any none 4")


async def test_a_picture_is_sent_along_with_a_command(page: Page) -> None:
    answer = await page.posts("commands", {"image": PNG}, name="create", options={"prompt": "a cat"})
    assert answer["ok"]
    news = (await page.told("message"))["message"]
    assert news["components"][0]["components"][0]["content"].endswith(f"640x360 {len(PNG)}")


async def test_what_does_not_fit_is_said_in_a_sentence(page: Page) -> None:
    said = "“prompt” is required: give it a value."
    assert await page.posts("commands", name="create", options={}) == {"ok": False, "error": said}
    page.studio.world.rules.ack_seconds = 0.1
    assert await page.posts("commands", name="silent") == {"ok": False, "error": "The application did not respond"}
    unknown = await page.posts("clicks", message_id="5", custom_id="x")
    assert unknown == {"ok": False, "error": "Unknown Message"}
    nobody = await page.posts("commands", **{"as": "nobody"}, name="create")
    assert nobody == {"ok": False, "error": "There is nobody called nobody."}


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("settings access", {"role": [1]}, "There is no role “[1]” on this server."),
        ("create", {"prompt": "a cat", "image": "a.png"}, "“image” needs a file."),
        (
            "create",
            {"prompt": "a cat", "size": ["Wide"]},
            "“['Wide']” is not a choice for “size”. You can choose: Wide.",
        ),
        ("moon", {}, "There is no command “moon” here."),
    ],
)
async def test_a_value_of_another_kind_is_said_in_a_sentence(
    page: Page, name: str, options: dict[str, Any], sentence: str
) -> None:
    assert await page.posts("commands", name=name, options=options, **{"as": "max"}) == {"ok": False, "error": sentence}


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("commands", []),
        ("commands", {"name": 5}),
        ("commands", {"name": "create", "options": [1]}),
        ("commands", {"name": "create", "as": ["ann"]}),
        ("commands", {"name": "create", "channel_id": None}),
        ("suggestions", {"name": "create", "focused": ["model"]}),
        ("clicks", {"message_id": None, "custom_id": "x"}),
        ("forms", {"form_id": "x"}),
        ("menus", {"message_id": "5"}),
    ],
)
async def test_a_request_of_another_shape_is_answered_as_such(page: Page, what: str, sent: Any) -> None:
    whole = {"as": "ann", "channel_id": str(page.studio.world.channel("studio").id)}
    address = f"{page.studio.sandbox.url}/console/{what}"
    async with aiohttp.ClientSession() as session:
        body = whole | sent if isinstance(sent, dict) else sent
        async with session.post(address, json=body) as response:
            assert (response.status, await response.text()) == (400, "this is not a request the console knows")


async def test_a_form_that_is_not_open_is_said_in_a_sentence(page: Page) -> None:
    assert await page.posts("forms", form_id="1") == {"ok": False, "error": "This form is not open."}


async def test_suggestions_are_given_while_typing(page: Page) -> None:
    answer = await page.posts("suggestions", name="create", options={"prompt": "a", "model": "ve"}, focused="model")
    assert answer == {"choices": [{"name": "VEO-4", "value": "veo-4"}]}


async def test_a_button_opens_a_form_and_the_form_is_sent(page: Page) -> None:
    card = await page.posts("commands", name="create", options={"prompt": "a cat"})
    opened = await page.posts("clicks", message_id=card["message_id"], custom_id="k1:remix:J1")
    assert opened["form"]["title"] == "Remix"
    fields = {"prompt": "more cats", "mood": "calm"}
    answer = await page.posts("forms", {"picture": PNG}, form_id=opened["form"]["id"], fields=fields)
    message = page.studio.world.message(page.studio.world.channel("studio").id, int(answer["message_id"]))
    assert message.text == f"more cats / [{len(PNG)}] / calm"
    foreign = await page.posts("forms", **{"as": "sam"}, form_id=opened["form"]["id"], fields=fields)
    assert foreign == {"ok": False, "error": "This form is not open."}


async def test_a_choice_in_a_select_and_a_message_menu_are_sent(page: Page) -> None:
    card = await page.posts("commands", name="length")
    chosen = await page.posts("clicks", message_id=card["message_id"], custom_id="k1:length:J1", values=["8"])
    assert chosen["ok"]
    said = await page.posts("messages", content="look")
    used = await page.posts("menus", message_id=said["message_id"], name="Remix this video")
    assert used["ok"]
    assert [message.text for message in page.studio.ann.sees()][-1] == "you mean 'look'"


async def test_others_whispers_are_not_shown(page: Page) -> None:
    await page.posts("commands", **{"as": "max"}, name="whisper")
    await page.posts("commands", name="whisper")
    news = (await page.told("message"))["message"]
    assert news["ephemeral"] is True
    assert news["interaction"]["user"]["username"] == "ann"


async def test_a_deferred_answer_thinks_until_it_is_filled_and_pings(page: Page) -> None:
    answer = await page.posts("commands", name="later")
    assert (await page.told("message"))["message"]["thinking"] is True
    page.studio.bot.go.set()
    news = (await page.told("message"))["message"]
    assert (news["id"], news["thinking"], news["for_me"]) == (answer["message_id"], False, True)
    assert (await page.told("notify"))["message_id"] == answer["message_id"]


async def test_a_video_can_be_played_in_parts(page: Page) -> None:
    view, file = a_result()
    await page.studio.place().send(view=view, file=file)
    media = (await page.told("message"))["message"]["components"][1]["items"][0]["media"]
    assert media["url"].startswith("/cdn/attachments/")
    url = page.studio.sandbox.url + media["url"]
    async with aiohttp.ClientSession() as session:
        async with session.get(url, headers={"Range": "bytes=4-7"}) as response:
            assert (response.status, await response.read()) == (206, b"ftyp")
            assert response.headers["Content-Range"] == f"bytes 4-7/{len(MP4)}"
        async with session.get(url, headers={"Range": "bytes=9999-"}) as response:
            assert response.status == 416


async def test_news_of_deletions_places_and_the_bot_arrive(page: Page) -> None:
    answer = await page.posts("commands", name="create", options={"prompt": "a cat"})
    message = page.studio.world.message(page.studio.world.channel("studio").id, int(answer["message_id"]))
    page.studio.max.deletes(message)
    assert (await page.told("gone"))["message_id"] == answer["message_id"]
    admin.deny(page.studio.world, "ann", "lounge", may.VIEW_CHANNEL)
    assert "lounge" not in {channel["name"] for channel in (await page.told("channels"))["channels"]}
    await (await page.studio.bot.create_dm(discord.Object(page.studio.ann.id))).send("hi")
    assert (await page.told("channels"))["channels"][-1]["kind"] == "dm"
    assert (await page.told("message"))["message"]["content"] == "hi"
    await page.studio.bot.close()
    assert await page.told("bot") == {"type": "bot", "online": False, "name": "Kinora"}


class DiaryKeeper:
    def __init__(self) -> None:
        self.done: list[str] = []

    async def start(self) -> None:
        self.done.append("start")

    async def stop(self) -> int:
        self.done.append("stop")
        return 0

    async def restart(self) -> None:
        self.done.append("restart")


async def test_the_page_can_start_and_stop_the_bot_where_somebody_keeps_it() -> None:
    keeper = DiaryKeeper()
    for kept, statuses in ((keeper, [200, 200, 200, 400]), (None, [404, 404, 404, 404])):
        sandbox = Sandbox(World.demo(), keeper=kept)
        await sandbox.start()
        async with aiohttp.ClientSession() as session:
            url = f"{sandbox.url}/console/bot"
            actions = ("stop", "start", "restart", "burn")
            assert [(await session.post(url, json={"action": action})).status for action in actions] == statuses
            async with session.get(f"{sandbox.url}/console/health") as response:
                assert await response.json() == {"bot": {"online": False}}
            assert (await session.get(f"{sandbox.url}/console/ws?as=nobody")).status == 404
        await sandbox.close()
    assert keeper.done == ["stop", "start", "restart"]


async def test_other_applications_are_mounted_beside() -> None:
    mounted = web.Application()

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    mounted.router.add_get("/v1/videos", hello)
    sandbox = Sandbox(World.demo(), mounts={"/video/openai": mounted})
    await sandbox.start()
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/video/openai/v1/videos") as response:
        assert await response.text() == "hello"
    await sandbox.close()


async def test_closing_says_goodbye_to_the_bot_and_to_open_pages() -> None:
    sandbox = Sandbox(World.demo())
    await sandbox.start()
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(sandbox.gateway_url) as bot,
        session.ws_connect(f"{sandbox.url}/console/ws") as page,
    ):
        codes = asyncio.gather(_closing(bot), _closing(page))
        await asyncio.sleep(0)
        await sandbox.close()
        assert list(await codes) == [1001, 1001]


async def _closing(line: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in line:
        pass
    return line.close_code
