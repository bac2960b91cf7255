"""Which messages the simulated Discord accepts with the bot's token, and how it rejects the rest."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from tests.sandbox.simulated_discord_bot import MP4, PNG
from tests.sandbox.simulated_discord_raw import V2, Raw, button, gallery, latest, row, text, v2

THUMBNAIL = {"type": 11, "media": {"url": "attachment://cat.png"}}
LOUD = "x" * 4000


async def test_a_wrong_token_is_turned_away(raw: Raw) -> None:
    for token in ("wrong", None):
        reply = await raw.call("GET", "/users/@me", token=token)
        assert (reply.status, reply.body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_unknown_paths_and_bad_ids_are_named(raw: Raw) -> None:
    assert (await raw.call("GET", "/nothing")).body == {"message": "404: Not Found", "code": 0}
    reply = await raw.call("GET", "/channels/abc")
    assert (reply.status, reply.code) == (400, 50035)
    assert reply.faults("channel_id") == ["NUMBER_TYPE_COERCE"]
    assert (await raw.call("GET", "/channels/123456789012345678")).code == 10003
    assert (await raw.call("GET", f"/channels/{raw.studio}/messages/123456789012345678")).code == 10008


async def test_answers_are_exactly_json(raw: Raw) -> None:
    reply = await raw.call("GET", "/users/@me")
    assert reply.headers["Content-Type"] == "application/json"


async def test_a_body_that_is_not_json_is_refused(raw: Raw) -> None:
    url = f"{raw.sandbox.api_base}/channels/{raw.studio}/messages"
    async with aiohttp.ClientSession(headers={"Authorization": "Bot sandbox-token"}) as session:
        for data, code in (("{", 50109), ("[]", 50035)):
            async with session.post(url, data=data, headers={"Content-Type": "application/json"}) as response:
                assert (response.status, json.loads(await response.text())["code"]) == (400, code)


WRONG: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    ("a text too long", v2(text("x" * 4001)), ("components", 0, "content"), "BASE_TYPE_BAD_LENGTH"),
    ("an empty text", v2(text("")), ("components", 0, "content"), "BASE_TYPE_BAD_LENGTH"),
    ("texts too long together", v2(text(LOUD), text("y")), ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    ("41 components", v2(*[text("x")] * 41), ("components",), "BASE_TYPE_BAD_LENGTH"),
    (
        "content beside components",
        v2(text("x"), content="y"),
        ("content",),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    (
        "embeds beside components",
        v2(text("x"), embeds=[{"title": "y"}]),
        ("embeds",),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    ("a text without the flag", {"components": [text("x")]}, ("components", 0, "type"), "UNION_TYPE_CHOICES"),
    ("a bare button", v2(button()), ("components", 0, "type"), "UNION_TYPE_CHOICES"),
    (
        "a container in a container",
        v2({"type": 17, "components": [{"type": 17, "components": [text("x")]}]}),
        ("components", 0, "components", 0, "type"),
        "UNION_TYPE_CHOICES",
    ),
    (
        "six buttons",
        v2(row(*[button(custom_id=str(n)) for n in range(6)])),
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ("an empty row", v2(row()), ("components", 0, "components"), "BASE_TYPE_BAD_LENGTH"),
    (
        "a long label",
        v2(row(button(label="x" * 81))),
        ("components", 0, "components", 0, "label"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "a long custom_id",
        v2(row(button(custom_id="x" * 101))),
        ("components", 0, "components", 0, "custom_id"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        "an empty custom_id",
        v2(row(button(custom_id=""))),
        ("components", 0, "components", 0, "custom_id"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        "no custom_id",
        v2(row({"type": 2, "style": 1, "label": "x"})),
        ("components", 0, "components", 0, "custom_id"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        "no label",
        v2(row({"type": 2, "style": 1, "custom_id": "x"})),
        ("components", 0, "components", 0, "label"),
        "BUTTON_COMPONENT_MISSING_LABEL",
    ),
    ("a bad style", v2(row(button(style=9))), ("components", 0, "components", 0, "style"), "BASE_TYPE_CHOICES"),
    (
        "twice the same custom_id",
        v2(row(button(), button())),
        ("components", 0, "components", 1, "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        "a long link",
        v2(row({"type": 2, "style": 5, "label": "x", "url": "https://e.org/" + "x" * 500})),
        ("components", 0, "components", 0, "url"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "a link to a file",
        v2(row({"type": 2, "style": 5, "label": "x", "url": "file:///etc"})),
        ("components", 0, "components", 0, "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        "a link with a custom_id",
        v2(row({"type": 2, "style": 5, "label": "x", "url": "https://e.org", "custom_id": "y"})),
        ("components", 0, "components", 0),
        "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE",
    ),
    (
        "a section without accessory",
        v2({"type": 9, "components": [text("x")]}),
        ("components", 0, "accessory"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        "a section of four texts",
        v2({"type": 9, "components": [text("x")] * 4, "accessory": button()}),
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ("an empty gallery", v2(gallery()), ("components", 0, "items"), "BASE_TYPE_BAD_LENGTH"),
    ("eleven pictures", v2(gallery(*["https://e.org/x.png"] * 11)), ("components", 0, "items"), "BASE_TYPE_BAD_LENGTH"),
    (
        "a file nobody sent",
        v2(gallery("attachment://cat.mp4")),
        ("components", 0, "items", 0, "media", "url"),
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    (
        "a picture by ftp",
        v2(gallery("ftp://e.org/x.png")),
        ("components", 0, "items", 0, "media", "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        "a file by link",
        v2({"type": 13, "file": {"url": "https://e.org/x.pdf"}}),
        ("components", 0, "file", "url"),
        "UNFURLED_MEDIA_ITEM_ATTACHMENT_REFERENCE_REQUIRED",
    ),
    ("a wide separator", v2({"type": 14, "spacing": 3}), ("components", 0, "spacing"), "NUMBER_TYPE_MAX"),
    (
        "no colour",
        v2({"type": 17, "accent_color": 1 << 24, "components": [text("x")]}),
        ("components", 0, "accent_color"),
        "NUMBER_TYPE_MAX",
    ),
    (
        "26 options",
        v2(row({"type": 3, "custom_id": "x", "options": [{"label": "x", "value": str(n)} for n in range(26)]})),
        ("components", 0, "components", 0, "options"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        "the same option twice",
        v2(row({"type": 3, "custom_id": "x", "options": [{"label": "x", "value": "y"}] * 2})),
        ("components", 0, "components", 0, "options", 1, "value"),
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    (
        "a select beside a button",
        v2(row({"type": 8, "custom_id": "x"}, button())),
        ("components", 0),
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    ("long content", {"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
    ("a number as content", {"content": 5}, ("content",), "STRING_TYPE_CONVERT"),
    ("a long nonce", {"content": "x", "nonce": "x" * 26, "enforce_nonce": True}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
    (
        "all users and one",
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ("allowed_mentions",),
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    (
        "a reply to nothing",
        {"content": "x", "message_reference": {"message_id": "5"}},
        ("message_reference",),
        "REPLIES_UNKNOWN_MESSAGE",
    ),
    (
        "a reply elsewhere",
        {"content": "x", "message_reference": {"message_id": "5", "channel_id": "6"}},
        ("message_reference",),
        "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL",
    ),
    (
        "a file that was not sent",
        {"content": "x", "attachments": [{"id": "0", "filename": "a.png"}]},
        ("attachments", 0, "id"),
        "ATTACHMENT_NOT_FOUND",
    ),
]


@pytest.mark.parametrize(("body", "path", "fault"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
async def test_a_bad_body_is_refused_at_its_place(
    raw: Raw, body: dict[str, Any], path: tuple[str | int, ...], fault: str
) -> None:
    reply = await raw.send(body)
    assert (reply.status, reply.code) == (400, 50035)
    assert fault in reply.faults(*path)
    assert raw.world.seen_by("max", "studio") == []


async def test_forty_components_count_with_those_inside(raw: Raw) -> None:
    sections = [
        {"type": 9, "components": [text("x")], "accessory": button(custom_id=f"b{number}")} for number in range(13)
    ]
    card = {"type": 17, "components": sections}  # 1 + 13 * 3
    assert (await raw.send(v2(card))).status == 200
    reply = await raw.send(v2(card, text("one more")))
    assert reply.faults("components") == ["COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"]


async def test_too_many_bytes_of_text_break_the_real_thing_too(raw: Raw) -> None:
    assert (await raw.send(v2(text("€" * 3386)))).status == 200
    reply = await raw.send(v2(text("€" * 3387)))
    assert (reply.status, reply.body) == (500, {"message": "500: Internal Server Error", "code": 0})


async def test_an_empty_message_is_refused(raw: Raw) -> None:
    for body in ({}, {"content": " "}, {"flags": V2}, {"flags": V2, "components": []}):
        assert (await raw.send(body)).code == 50006


async def test_a_thumbnail_is_a_picture(raw: Raw) -> None:
    section = {"type": 9, "components": [text("x")], "accessory": THUMBNAIL}
    assert (await raw.send(v2(section), files={"cat.png": PNG})).status == 200
    assert latest(raw).thumbnails[0].width == 640
    video = {"type": 9, "components": [text("x")], "accessory": {"type": 11, "media": {"url": "attachment://a.mp4"}}}
    reply = await raw.send(v2(video), files={"a.mp4": MP4})
    assert reply.faults("components", 0, "accessory", "media", "url") == ["UNFURLED_MEDIA_ITEM_INVALID_TYPE"]


async def test_media_of_a_card_carry_their_attachment(raw: Raw) -> None:
    files = {"cat clip.mp4": MP4, "notes.txt": b"hello"}
    body = v2(gallery("attachment://cat_clip.mp4"), {"type": 13, "file": {"url": "attachment://notes.txt"}})
    reply = await raw.send(body, files=files)
    assert reply.body["attachments"] == []
    media = reply.body["components"][0]["items"][0]["media"]
    assert media["content_type"] == "video/mp4"
    assert media["attachment_id"] == str(latest(raw).attachments[0].id)
    assert media["url"].startswith(f"{raw.sandbox.url}/cdn/attachments/")
    assert reply.body["components"][1] | {"file": None} == {
        "id": 2,
        "type": 13,
        "name": "notes.txt",
        "size": 5,
        "file": None,
    }


async def test_a_file_above_the_limit_is_too_large(raw: Raw) -> None:
    raw.world.rules.upload_limit = 1000
    reply = await raw.send({"content": "x"}, files={"a.mp4": b"0" * 1001})
    assert (reply.status, reply.code) == (413, 40005)
    assert (await raw.send({"content": "x"}, files={"a.mp4": b"0" * 1000, "b.mp4": b"0" * 1000})).status == 200
    raw.world.guild().premium_tier = 2
    assert (await raw.send({"content": "x"}, files={"a.mp4": b"0" * 1001})).status == 200


async def test_eleven_files_are_too_many(raw: Raw) -> None:
    reply = await raw.send({"content": "x"}, files={f"{number}.png": PNG for number in range(11)})
    assert (reply.status, reply.code) == (400, 30015)


async def test_without_allowed_mentions_everybody_named_is_pinged(raw: Raw) -> None:
    ann, max_ = raw.ann.id, raw.world.user("max").id
    role = raw.world.guild().role("Filmmaker").id
    await raw.send(v2(text(f"<@{max_}> and <@&{role}>, not `<@1>` @everyone")))
    assert latest(raw).notified == [max_, ann]
    assert latest(raw).mention_everyone is False  # the bot lacks that permission


async def test_allowed_mentions_decide_who_is_pinged(raw: Raw) -> None:
    ann, max_ = raw.ann.id, raw.world.user("max").id
    words = f"<@{ann}> <@{max_}>"
    await raw.send({"content": words, "allowed_mentions": {"parse": []}})
    assert latest(raw).notified == []
    await raw.send({"content": words, "allowed_mentions": {"users": [str(ann)]}})
    assert (latest(raw).notified, [user.key for user in latest(raw).mentions]) == ([ann], ["ann"])
    admin.allow(raw.world, raw.world.bot, "studio", may.MENTION_EVERYONE)
    await raw.send({"content": "@everyone"})
    assert set(latest(raw).notified) == {ann, max_, *(raw.world.user(key).id for key in ("sam", "tia"))}


async def test_a_reply_pings_its_author_unless_told_otherwise(raw: Raw) -> None:
    said = raw.ann.says("hello")
    reference = {"message_id": str(said.id)}
    await raw.send({"content": "hi", "message_reference": reference})
    assert (latest(raw).notified, latest(raw).reply_to) == ([raw.ann.id], said)
    await raw.send({"content": "hi", "message_reference": reference, "allowed_mentions": {"replied_user": False}})
    assert latest(raw).notified == []


async def test_a_reply_to_nothing_may_be_allowed(raw: Raw) -> None:
    reference = {"message_id": "5", "fail_if_not_exists": False}
    assert (await raw.send({"content": "hi", "message_reference": reference})).status == 200
    assert latest(raw).reply_to is None


async def test_an_edit_mentions_anew_but_pings_nobody(raw: Raw) -> None:
    sent = await raw.send(v2(text("quiet")))
    await raw.edit(sent.body["id"], v2(text(f"<@{raw.ann.id}>")))
    assert ([user.key for user in latest(raw).mentions], latest(raw).notified) == (["ann"], [])


async def test_an_enforced_nonce_is_sent_once(raw: Raw) -> None:
    body = {"content": "once", "nonce": "job-r", "enforce_nonce": True}
    first, second = await raw.send(body), await raw.send({**body, "content": "twice"})
    assert second.body["id"] == first.body["id"]
    assert [message.text for message in raw.world.seen_by("ann", "studio")] == ["once"]
    assert (await raw.send(body, channel="lounge")).body["id"] != first.body["id"]
    raw.world.clock.skip(301)
    assert (await raw.send(body)).body["id"] != first.body["id"]


async def test_a_message_that_was_deleted_is_not_made_again_by_its_nonce(raw: Raw) -> None:
    body = {"content": "once", "nonce": "job-r", "enforce_nonce": True}
    await raw.send(body)
    raw.world.remove(latest(raw))
    again = await raw.send(body)
    assert (again.status, again.body["code"]) == (404, 10008)


async def test_a_patch_without_attachments_keeps_them(raw: Raw) -> None:
    sent = await raw.send(v2(gallery("attachment://a.mp4"), text("x")), files={"a.mp4": MP4})
    edited = await raw.edit(sent.body["id"], v2(text("y"), gallery("attachment://a.mp4")))
    assert edited.status == 200
    assert latest(raw).file("a.mp4") == MP4
    assert latest(raw).edited


async def test_a_patch_with_attachments_is_the_whole_list(raw: Raw) -> None:
    sent = await raw.send({"content": "x"}, files={"a.png": PNG, "b.png": PNG})
    kept = sent.body["attachments"][0]["id"]
    body = {"attachments": [{"id": kept}, {"id": 0, "filename": "c.png", "description": "new"}]}
    edited = await raw.edit(sent.body["id"], body, files={"ignored.png": PNG})
    assert [(each["filename"], each.get("description")) for each in edited.body["attachments"]] == [
        ("a.png", None),
        ("c.png", "new"),
    ]
    reply = await raw.edit(sent.body["id"], {"attachments": [{"id": "5"}]})
    assert reply.faults("attachments", 0, "id") == ["ATTACHMENT_NOT_FOUND"]
    cleared = await raw.edit(sent.body["id"], {"attachments": []})
    assert cleared.body["attachments"] == []


async def test_a_card_cannot_refer_to_a_dropped_file(raw: Raw) -> None:
    sent = await raw.send(v2(gallery("attachment://a.mp4")), files={"a.mp4": MP4})
    reply = await raw.edit(sent.body["id"], v2(gallery("attachment://a.mp4"), attachments=[]))
    assert reply.faults("components", 0, "items", 0, "media", "url") == [
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    ]


async def test_words_become_a_card_only_when_they_are_cleared(raw: Raw) -> None:
    sent = await raw.send({"content": "words"})
    refused = await raw.edit(sent.body["id"], v2(text("card")))
    assert refused.faults("content") == ["MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"]
    assert (await raw.edit(sent.body["id"], v2(text("card"), content=None, embeds=[]))).status == 200
    again = await raw.edit(sent.body["id"], {"flags": 0, "components": [text("still a card")]})
    assert again.body["flags"] & V2


async def test_only_own_messages_can_be_edited(raw: Raw) -> None:
    said = raw.ann.says("mine")
    assert (await raw.edit(said.id, {"content": "yours"})).code == 50005
    path = f"/channels/{raw.studio}/messages/{said.id}"
    assert (await raw.call("DELETE", path)).code == 50013
    admin.allow(raw.world, raw.world.bot, "studio", may.MANAGE_MESSAGES)
    assert (await raw.call("DELETE", path)).status == 204
    assert (await raw.call("GET", path)).code == 10008


async def test_others_words_are_hidden_without_the_intent(raw: Raw) -> None:
    raw.ann.says("secret", "studio", ("a.png", PNG))
    await raw.send({"content": "mine"})
    reply = await raw.call("GET", f"/channels/{raw.studio}/messages")
    assert [(each["content"], each["attachments"]) for each in reply.body] == [("mine", []), ("", [])]


async def test_history_is_paged(raw: Raw) -> None:
    sent = [(await raw.send({"content": str(number)})).body["id"] for number in range(6)]

    async def page(query: str) -> list[str]:
        return [each["content"] for each in (await raw.call("GET", f"/channels/{raw.studio}/messages{query}")).body]

    assert await page("?limit=2") == ["5", "4"]
    assert await page(f"?after={sent[0]}&limit=2") == ["2", "1"]
    assert await page(f"?before={sent[2]}") == ["1", "0"]
    assert (await raw.call("GET", f"/channels/{raw.studio}/messages?limit=101")).code == 50035


async def test_rights_are_computed_from_roles_and_overwrites(raw: Raw) -> None:
    refused = await raw.send({"content": "x"}, channel="read-only")
    assert (refused.status, refused.code) == (403, 50013)
    assert (await raw.call("GET", f"/channels/{raw.world.channel('read-only').id}")).status == 200
    admin.deny(raw.world, raw.world.bot, "lounge", may.VIEW_CHANNEL)
    assert (await raw.send({"content": "x"}, channel="lounge")).code == 50001
    admin.deny(raw.world, raw.world.bot, "studio", may.ATTACH_FILES)
    assert (await raw.send({"content": "x"})).status == 200
    assert (await raw.send({"content": "x"}, files={"a.png": PNG})).code == 50013
    assert (await raw.edit(latest(raw).id, {"content": "x"}, files={"a.png": PNG})).code == 50013


async def test_replying_needs_the_history(raw: Raw) -> None:
    said = raw.ann.says("hello")
    admin.deny(raw.world, raw.world.bot, "studio", may.READ_MESSAGE_HISTORY)
    reply = await raw.send({"content": "x", "message_reference": {"message_id": str(said.id)}})
    assert (reply.status, reply.code) == (403, 160002)
    assert (await raw.call("GET", f"/channels/{raw.studio}/messages")).body == []


async def test_threads_have_their_own_right_to_send(raw: Raw) -> None:
    admin.deny(raw.world, raw.world.bot, "studio", may.SEND_MESSAGES)
    assert (await raw.send({"content": "x"}, channel="storyboard")).status == 200
    admin.deny(raw.world, raw.world.bot, "studio", may.SEND_MESSAGES_IN_THREADS)
    assert (await raw.send({"content": "x"}, channel="storyboard")).code == 50013


async def test_an_archived_thread_wakes_when_written_to_but_not_when_edited(raw: Raw) -> None:
    sent = await raw.send({"content": "x"}, channel="storyboard")
    admin.archive(raw.world, "storyboard")
    path = f"/channels/{raw.world.channel('storyboard').id}/messages/{sent.body['id']}"
    assert (await raw.call("PATCH", path, {"content": "y"})).code == 50083
    assert (await raw.send({"content": "z"}, channel="storyboard")).status == 200
    assert (await raw.call("PATCH", path, {"content": "y"})).status == 200
    admin.archive(raw.world, "storyboard", locked=True)
    assert (await raw.send({"content": "z"}, channel="storyboard")).code == 160005


async def test_a_deleted_channel_and_a_server_left_behind(raw: Raw) -> None:
    lounge = raw.world.channel("lounge").id
    admin.delete_channel(raw.world, "lounge")
    assert (await raw.call("POST", f"/channels/{lounge}/messages", {"content": "x"})).code == 10003
    admin.remove_bot(raw.world)
    assert (await raw.send({"content": "x"})).code == 50001
    assert (await raw.call("GET", f"/guilds/{raw.world.guild().id}")).code == 50001
    admin.invite_bot(raw.world)
    assert (await raw.send({"content": "x"})).status == 200


async def test_closed_direct_messages_are_refused(raw: Raw) -> None:
    opened = await raw.call("POST", "/users/@me/channels", {"recipient_id": str(raw.ann.id)})
    assert opened.body["recipients"][0]["username"] == "ann"
    path = f"/channels/{opened.body['id']}/messages"
    raw.ann.user.dms_open = False
    reply = await raw.call("POST", path, {"content": "x"})
    assert (reply.status, reply.code) == (403, 50007)
    raw.ann.user.dms_open = True
    assert (await raw.call("POST", path, {"content": "x"})).status == 200
    assert (await raw.call("POST", "/users/@me/channels", {"recipient_id": "5"})).code == 10013


async def test_a_message_begins_one_thread_where_the_bot_may_begin_any(raw: Raw) -> None:
    sent = await raw.call("POST", f"/channels/{raw.studio}/messages", v2(text("x")))
    at = f"/channels/{raw.studio}/messages/{sent.body['id']}/threads"
    assert (await raw.call("POST", at, {"name": "x" * 101})).code == 50035
    admin.deny(raw.world, "kinora", "studio", may.CREATE_PUBLIC_THREADS)
    assert (await raw.call("POST", at, {"name": "a fox"})).code == 50013
    admin.allow(raw.world, "kinora", "studio", may.CREATE_PUBLIC_THREADS)
    begun = await raw.call("POST", at, {"name": "a fox"})
    assert (begun.body["id"], begun.body["parent_id"]) == (sent.body["id"], str(raw.studio))
    assert (await raw.call("POST", at, {"name": "a fox"})).code == 160004
    inside = await raw.call("POST", f"/channels/{begun.body['id']}/messages", v2(text("x")))
    nested = f"/channels/{begun.body['id']}/messages/{inside.body['id']}/threads"
    assert (await raw.call("POST", nested, {"name": "a fox"})).code == 50013
