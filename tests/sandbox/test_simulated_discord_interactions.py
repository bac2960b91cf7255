"""The rules for answers: in time, once, of the right kind, and by token for 15 minutes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox.discord.people.interaction import Interaction
from bot.sandbox.discord.people.outcome import NO_RESPONSE, CannotDo, Form
from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from tests.sandbox.simulated_discord_bot import MP4, PNG
from tests.sandbox.simulated_discord_raw import Raw, button, gallery, row, text, v2

CARD = v2(text("card"), row(button(label="Remix", custom_id="k1:remix:1")))
FORM: dict[str, Any] = {
    "title": "Remix",
    "custom_id": "f1",
    "components": [{"type": 18, "label": "Words", "component": {"type": 4, "custom_id": "words", "style": 2}}],
}


async def a_card(raw: Raw) -> Interaction:
    """Ann typed /create and got a card with a button."""
    asked, typing = await raw.asks()
    assert (await raw.answer(asked, {"type": 4, "data": CARD})).status == 200
    await typing
    return asked


async def a_click(raw: Raw, asked: Interaction) -> Interaction:
    assert asked.original is not None
    clicked, typing = await raw.asked(asyncio.create_task(raw.ann.clicks("Remix", on=asked.original)))
    typing.add_done_callback(lambda done: done.cancelled() or done.exception())
    return clicked


async def test_the_first_answer_tells_what_came_of_it(raw: Raw) -> None:
    asked, typing = await raw.asks()
    reply = await raw.answer(asked, {"type": 4, "data": CARD})
    outcome = await typing
    assert outcome.message is not None
    assert reply.body["interaction"] == {
        "id": str(asked.id),
        "type": 2,
        "response_message_id": str(outcome.message.id),
        "response_message_loading": False,
        "response_message_ephemeral": False,
    }
    assert reply.body["resource"]["type"] == 4
    assert reply.body["resource"]["message"]["id"] == str(outcome.message.id)


async def test_without_being_asked_nothing_is_told(raw: Raw) -> None:
    asked, typing = await raw.asks()
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    reply = await raw.call("POST", path, {"type": 4, "data": CARD}, token=None)
    await typing
    assert (reply.status, reply.body) == (204, None)


async def test_who_waits_for_an_interaction_learns_of_it_at_once(raw: Raw) -> None:
    waiting = asyncio.create_task(raw.world.until(lambda: list(raw.world.interactions.values())))
    await asyncio.sleep(0)
    typing = asyncio.create_task(raw.ann.types("/create", prompt="a cat"))
    (asked,) = await waiting
    assert (await raw.answer(asked, {"type": 4, "data": CARD})).status == 200
    await typing


async def test_a_second_answer_is_refused(raw: Raw) -> None:
    asked = await a_card(raw)
    reply = await raw.answer(asked, {"type": 4, "data": CARD})
    assert (reply.status, reply.code) == (400, 40060)


async def test_an_answer_after_three_seconds_finds_nothing(raw: Raw) -> None:
    raw.world.rules.ack_seconds = 0.05
    asked, typing = await raw.asks()
    assert (await typing).failed == NO_RESPONSE
    late = await raw.answer(asked, {"type": 4, "data": CARD})
    assert (late.status, late.code) == (404, 10062)


async def test_a_wrong_token_or_id_finds_nothing(raw: Raw) -> None:
    asked, typing = await raw.asks()
    wrong = await raw.call("POST", f"/interactions/{asked.id}/wrong/callback", {"type": 5}, token=None)
    assert wrong.code == 10062
    wrong = await raw.call("POST", f"/interactions/5/{asked.token}/callback", {"type": 5}, token=None)
    assert wrong.code == 10062
    typing.cancel()


async def test_a_refused_answer_may_be_corrected(raw: Raw) -> None:
    asked, typing = await raw.asks()
    refused = await raw.answer(asked, {"type": 4, "data": v2(text(""))})
    assert (refused.status, refused.code) == (400, 50035)
    assert (await raw.answer(asked, {"type": 4, "data": CARD})).status == 200
    assert (await typing).message is not None


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 12])
async def test_a_command_takes_only_messages_and_forms(raw: Raw, kind: int) -> None:
    asked, typing = await raw.asks()
    reply = await raw.answer(asked, {"type": kind, "data": CARD})
    assert reply.faults("type") == ["BASE_TYPE_CHOICES"]
    typing.cancel()


async def test_the_token_dies_after_fifteen_minutes(raw: Raw) -> None:
    raw.world.clock.stop()
    asked = await a_card(raw)
    raw.world.clock.skip(899)
    assert (await raw.hook("PATCH", asked, "/messages/@original", v2(text("x")))).status == 200
    raw.world.clock.skip(2)
    for method, rest, body in [
        ("PATCH", "/messages/@original", v2(text("x"))),
        ("GET", "/messages/@original", None),
        ("DELETE", "/messages/@original", None),
        ("POST", "", v2(text("x"))),
    ]:
        reply = await raw.hook(method, asked, rest, body)
        assert (reply.status, reply.code) == (401, 50027)
    assert asked.original is not None
    assert (await raw.edit(asked.original.id, v2(text("by bot token")))).status == 200


async def test_a_token_is_good_for_nothing_before_the_answer(raw: Raw) -> None:
    asked, typing = await raw.asks()
    reply = await raw.hook("POST", asked, "", v2(text("x")))
    assert (reply.status, reply.code) == (404, 10015)
    assert (await raw.call("POST", f"/webhooks/{raw.app}/wrong", v2(text("x")), token=None)).code == 10015
    typing.cancel()


async def test_answers_and_followups_can_be_read_edited_and_deleted(raw: Raw) -> None:
    asked = await a_card(raw)
    followup = await raw.hook("POST", asked, "?wait=true", v2(text("more")))
    assert followup.body["message_reference"]["message_id"] == str(asked.original and asked.original.id)
    for which in ("@original", followup.body["id"]):
        assert (await raw.hook("PATCH", asked, f"/messages/{which}", v2(text("new")))).status == 200
        assert (await raw.hook("GET", asked, f"/messages/{which}")).body["components"][0]["content"] == "new"
        assert (await raw.hook("DELETE", asked, f"/messages/{which}")).status == 204
        gone = await raw.hook("PATCH", asked, f"/messages/{which}", v2(text("new")))
        assert (gone.status, gone.code) == (404, 10008)
    assert raw.ann.sees("studio") == []


async def test_a_token_does_not_reach_other_messages(raw: Raw) -> None:
    other = (await raw.send(v2(text("other")))).body["id"]
    asked = await a_card(raw)
    assert (await raw.hook("PATCH", asked, f"/messages/{other}", v2(text("x")))).code == 10008


async def test_ephemeral_messages_are_out_of_the_bot_tokens_reach(raw: Raw) -> None:
    asked, typing = await raw.asks()
    await raw.answer(asked, {"type": 4, "data": {"content": "psst", "flags": 64}})
    message = (await typing).message
    assert message is not None
    path = f"/channels/{raw.studio}/messages/{message.id}"
    for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        reply = await raw.call(method, path, body)
        assert (reply.status, reply.code) == (404, 10008)
    assert (await raw.call("GET", f"/channels/{raw.studio}/messages")).body == []
    assert (await raw.hook("PATCH", asked, "/messages/@original", {"content": "louder"})).status == 200
    assert message.text == "louder"


async def test_a_deferred_answer_takes_one_flag(raw: Raw) -> None:
    asked, typing = await raw.asks()
    refused = await raw.answer(asked, {"type": 5, "data": {"flags": 1 << 15}})
    assert refused.faults("data", "flags") == ["BASE_TYPE_CHOICES"]
    reply = await raw.answer(asked, {"type": 5, "data": {"flags": 64}})
    assert reply.body["interaction"]["response_message_loading"] is True
    outcome = await typing
    assert outcome.message is not None
    assert (outcome.message.thinking, outcome.message.ephemeral) == (True, True)


async def test_a_followup_fills_a_deferred_answer(raw: Raw) -> None:
    asked, typing = await raw.asks()
    await raw.answer(asked, {"type": 5})
    outcome = await typing
    await raw.hook("POST", asked, "", v2(text(f"done <@{raw.ann.id}>")))
    message = await outcome.settled()
    assert message is not None
    assert (message.text, message.notified) == (f"done <@{raw.ann.id}>", [raw.ann.id])
    assert raw.ann.sees("studio") == [message]


async def test_an_update_drops_files_that_are_not_listed_again(raw: Raw) -> None:
    asked, typing = await raw.asks()
    body = {"type": 4, "data": v2(gallery("attachment://a.mp4"), row(button(label="Remix")))}
    await raw.answer(asked, body, files={"a.mp4": MP4})
    message = (await typing).message
    assert message is not None
    clicked = await a_click(raw, asked)
    refused = await raw.answer(clicked, {"type": 7, "data": v2(gallery("attachment://a.mp4"))})
    assert refused.faults("components", 0, "items", 0, "media", "url") == [
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    ]
    assert (await raw.answer(clicked, {"type": 7, "data": v2(text("x"))})).status == 200
    assert message.attachments == []


async def test_a_deferred_update_leaves_the_message_and_lets_it_be_edited(raw: Raw) -> None:
    asked = await a_card(raw)
    clicked = await a_click(raw, asked)
    assert (await raw.answer(clicked, {"type": 6})).status == 200
    assert (await raw.hook("PATCH", clicked, "/messages/@original", v2(text("later")))).status == 200
    assert asked.original is not None
    assert asked.original.text == "later"


async def test_a_form_must_be_the_first_answer_and_cannot_answer_a_form(raw: Raw) -> None:
    asked, typing = await raw.asks()
    await raw.answer(asked, {"type": 5})
    assert (await raw.answer(asked, {"type": 9, "data": FORM})).code == 40060
    await typing
    asked, typing = await raw.asks()
    await raw.answer(asked, {"type": 9, "data": FORM})
    form = (await typing).form
    assert form is not None
    submitted, filling = await raw.asked(asyncio.create_task(raw.ann.fills(form, words="x")))
    assert submitted.data["components"] == [
        {"id": 0, "type": 18, "component": {"type": 4, "custom_id": "words", "id": 0, "value": "x"}}
    ]
    assert (await raw.answer(submitted, {"type": 9, "data": FORM})).faults("type") == ["BASE_TYPE_CHOICES"]
    assert (await raw.answer(submitted, {"type": 7, "data": CARD})).faults("type") == ["BASE_TYPE_CHOICES"]
    assert (await raw.answer(submitted, {"type": 4, "data": CARD})).status == 200
    await filling


async def test_a_form_from_a_button_may_update_its_message(raw: Raw) -> None:
    asked = await a_card(raw)
    clicked = await a_click(raw, asked)
    await raw.answer(clicked, {"type": 9, "data": FORM})
    filling = asyncio.create_task(raw.ann.fills(Form(clicked, FORM), words="x"))
    submitted, filling = await raw.asked(filling)
    assert (await raw.answer(submitted, {"type": 7, "data": v2(text("filled"))})).status == 200
    assert (await filling).message is asked.original
    assert asked.original is not None
    assert asked.original.text == "filled"


async def test_a_click_on_a_card_of_a_removed_bot_just_fails(raw: Raw) -> None:
    asked = await a_card(raw)
    assert asked.original is not None
    raw.world.rules.ack_seconds = 0.05
    admin.remove_bot(raw.world)
    assert (await raw.ann.clicks("Remix", on=asked.original)).failed == NO_RESPONSE
    with pytest.raises(CannotDo, match="no command"):
        await raw.ann.types("/create")


async def test_answers_in_a_deleted_channel_find_none(raw: Raw) -> None:
    asked = await a_card(raw)
    late, typing = await raw.asks()
    admin.delete_channel(raw.world, "studio")
    assert (await raw.answer(late, {"type": 4, "data": CARD})).code == 10003
    assert (await raw.hook("POST", asked, "", CARD)).code == 10003
    assert (await raw.hook("PATCH", asked, "/messages/@original", CARD)).code == 10008
    typing.cancel()


async def test_every_kind_of_option_is_sent_as_discord_does(raw: Raw) -> None:
    kinds = dict(enumerate(["text", "whole", "truth", "who", "where", "role", "anyone", "part", "file"], start=3))
    options = [{"type": kind, "name": name, "description": "x"} for kind, name in kinds.items()]
    raw.world.commands.overwrite(0, [{"name": "all", "description": "x", "options": options}])
    given: dict[str, Any] = {
        "text": "words",
        "whole": "3",
        "truth": "true",
        "who": "max",
        "where": "lounge",
        "role": "Manager",
    }
    more: dict[str, Any] = {"anyone": "sam", "part": "1.5", "file": ("my cat.png", PNG)}
    asked, typing = await raw.asked(asyncio.create_task(raw.ann.types("/all", **given, **more)))
    sent = {option["name"]: option["value"] for option in asked.data["options"]}
    resolved = asked.data["resolved"]
    assert (sent["text"], sent["whole"], sent["truth"], sent["part"]) == ("words", 3, True, 1.5)
    assert resolved["users"][sent["who"]]["username"] == "max"
    assert resolved["members"][sent["who"]]["roles"] == [sent["role"]]
    assert resolved["channels"][sent["where"]]["name"] == "lounge"
    assert resolved["users"][sent["anyone"]]["username"] == "sam"
    picture = resolved["attachments"][sent["file"]]
    assert (picture["filename"], picture["ephemeral"], picture["width"]) == ("my_cat.png", True, 640)
    typing.cancel()
    for wrong in ({"who": "nobody"}, {"where": "nowhere"}, {"role": "none"}, {"truth": "perhaps"}, {"anyone": "x"}):
        with pytest.raises(CannotDo):
            await raw.ann.types("/all", **wrong)


BAD_FORMS: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    ("a long title", {"title": "x" * 46}, ("title",), "BASE_TYPE_BAD_LENGTH"),
    ("a long custom_id", {"custom_id": "x" * 101}, ("custom_id",), "BASE_TYPE_BAD_LENGTH"),
    ("no fields", {"components": []}, ("components",), "BASE_TYPE_BAD_LENGTH"),
    (
        "six fields",
        {"components": [{"type": 10, "content": "x"}] * 6},
        ("components",),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ("a button", {"components": [button()]}, ("components", 0, "type"), "UNION_TYPE_CHOICES"),
    (
        "a button in a label",
        {"components": [{"type": 18, "label": "x", "component": button()}]},
        ("components", 0, "component", "type"),
        "UNION_TYPE_CHOICES",
    ),
    (
        "a long label",
        {"components": [{"type": 18, "label": "x" * 46, "component": {"type": 4, "custom_id": "a", "style": 1}}]},
        ("components", 0, "label"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        "an empty label",
        {"components": [{"type": 18, "label": "x"}]},
        ("components", 0, "component"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        "twice the same id",
        {"components": [{"type": 18, "label": "x", "component": {"type": 4, "custom_id": "a", "style": 1}}] * 2},
        ("components", 1, "component", "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        "a long placeholder",
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 4, "custom_id": "a", "style": 1, "placeholder": "x" * 101},
                }
            ]
        },
        ("components", 0, "component", "placeholder"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "a value longer than allowed",
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 4, "custom_id": "a", "style": 1, "max_length": 3, "value": "four"},
                }
            ]
        },
        ("components", 0, "component", "value"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "one radio button",
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 21, "custom_id": "a", "options": [{"label": "x", "value": "y"}]},
                }
            ]
        },
        ("components", 0, "component", "options"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        "eleven files",
        {"components": [{"type": 18, "label": "x", "component": {"type": 19, "custom_id": "a", "max_values": 11}}]},
        ("components", 0, "component", "max_values"),
        "NUMBER_TYPE_MAX",
    ),
]


@pytest.mark.parametrize(
    ("change", "path", "fault"), [each[1:] for each in BAD_FORMS], ids=[each[0] for each in BAD_FORMS]
)
async def test_a_bad_form_is_not_opened(
    raw: Raw, change: dict[str, Any], path: tuple[str | int, ...], fault: str
) -> None:
    asked, typing = await raw.asks()
    reply = await raw.answer(asked, {"type": 9, "data": {**FORM, **change}})
    assert (reply.status, reply.code) == (400, 50035)
    assert reply.faults("data", *path) == [fault]
    typing.cancel()


@pytest.mark.parametrize(
    ("choices", "path", "fault"),
    [
        ([{"name": str(n), "value": str(n)} for n in range(26)], ("choices",), "BASE_TYPE_MAX_LENGTH"),
        ([{"name": "x" * 101, "value": "x"}], ("choices", 0, "name"), "BASE_TYPE_BAD_LENGTH"),
        ([{"name": "", "value": "x"}], ("choices", 0, "name"), "BASE_TYPE_BAD_LENGTH"),
        ([{"name": "x", "value": "x" * 101}], ("choices", 0, "value"), "BASE_TYPE_BAD_LENGTH"),
        ([{"name": "x", "value": 5}], ("choices", 0, "value"), "STRING_TYPE_CONVERT"),
    ],
)
async def test_bad_suggestions_are_refused(
    raw: Raw, choices: list[dict[str, Any]], path: tuple[str | int, ...], fault: str
) -> None:
    typing = asyncio.create_task(raw.ann.suggests("/create", "model", "x"))
    await asyncio.sleep(0)
    (asked,) = raw.world.interactions.values()
    assert asked.data["options"] == [{"name": "model", "type": 3, "value": "x", "focused": True}]
    assert (await raw.answer(asked, {"type": 4, "data": CARD})).faults("type") == ["BASE_TYPE_CHOICES"]
    assert (await raw.answer(asked, {"type": 5})).faults("type") == ["BASE_TYPE_CHOICES"]
    reply = await raw.answer(asked, {"type": 8, "data": {"choices": choices}})
    assert reply.faults("data", *path) == [fault]
    assert (await raw.answer(asked, {"type": 8, "data": {"choices": [{"name": "X", "value": "x"}]}})).status == 200
    assert await typing == [{"name": "X", "value": "x"}]


async def test_answers_appear_where_the_bot_may_not_write_but_later_files_do_not(raw: Raw) -> None:
    admin.deny(raw.world, raw.world.bot, "studio", may.VIEW_CHANNEL)
    asked = await a_card(raw)
    assert [message.text for message in raw.ann.sees("studio")] == ["card"]
    assert (await raw.send({"content": "x"})).code == 50001
    late = await raw.hook(
        "PATCH", asked, "/messages/@original", v2(gallery("attachment://a.mp4")), files={"a.mp4": MP4}
    )
    assert (late.status, late.code) == (403, 50013)
    assert (await raw.hook("PATCH", asked, "/messages/@original", v2(text("words do")))).status == 200


async def test_an_answer_may_not_be_larger_than_the_limit_it_was_told(raw: Raw) -> None:
    raw.world.rules.upload_limit = 100
    asked, typing = await raw.asks()
    body = {"type": 4, "data": v2(gallery("attachment://a.mp4"))}
    reply = await raw.answer(asked, body, files={"a.mp4": MP4})
    assert (reply.status, reply.code) == (413, 40005)
    typing.cancel()
