"""The real discord.py with the simulated Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.sandbox.discord.people.outcome import NO_RESPONSE, CannotDo
from tests.sandbox.simulated_discord_bot import MP4, PNG, RemixButton, Studio, a_card, a_result, a_studio, another_bot
from tests.sandbox.simulated_discord_spec import offences, the_spec
from tests.waiting import comes_true


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


async def test_the_bot_knows_its_servers_and_channels(studio: Studio) -> None:
    assert {guild.name for guild in studio.bot.guilds} == {"Kinora demo", "Other server"}
    home = discord.utils.get(studio.bot.guilds, name="Kinora demo")
    assert home is not None
    assert [channel.name for channel in home.text_channels] == ["studio", "lounge", "read-only", "staff"]
    assert [thread.name for thread in home.threads] == ["storyboard"]
    assert home.me.name == "Kinora"
    assert {role.name for role in home.roles} == {"@everyone", "Kinora", "Filmmaker", "Manager", "Trial"}


async def test_a_command_is_answered_with_a_card(studio: Studio) -> None:
    outcome = await studio.ann.types("/create", prompt="a cat", size="Wide", seconds=4)
    assert outcome.failed is None
    assert outcome.message is not None
    assert outcome.message.text == "a cat any 1280x720 4 no picture"
    assert [button.label for button in outcome.message.buttons] == ["Remix", "Cancel"]
    assert studio.sam.sees("studio") == [outcome.message]
    shown = outcome.message.to_dict()
    assert shown["interaction_metadata"]["name"] == "create"
    assert shown["attachments"] == []


async def test_a_picture_comes_with_a_command(studio: Studio) -> None:
    outcome = await studio.ann.types("/create", prompt="a cat", image=PNG)
    assert outcome.message is not None
    assert outcome.message.text.endswith(f"640x360 {len(PNG)}")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "“prompt” is required"),
        ({"prompt": "a"}, "3 to 100 characters"),
        ({"prompt": "a cat", "seconds": 3}, "“seconds” must be at least 4."),
        ({"prompt": "a cat", "seconds": 13}, "“seconds” may be at most 12."),
        ({"prompt": "a cat", "seconds": "many"}, "“seconds” must be a whole number; “many” is not one."),
        ({"prompt": "a cat", "seconds": 4.5}, "“seconds” must be a whole number; “4.5” is not one."),
        ({"prompt": "a cat", "size": "Tall"}, "“Tall” is not a choice for “size”. You can choose: "),
        ({"prompt": "a cat", "colour": "red"}, "This command takes no option called “colour”. You can use: prompt, "),
        ({"prompt": "a cat", "image": b"\x89PNG" + b"0" * (20 * 1024 * 1024)}, "too large"),
    ],
)
async def test_discords_app_does_not_send_what_does_not_fit(
    studio: Studio, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CannotDo, match=sentence):
        await studio.ann.types("/create", **options)
    assert studio.bot.seen == []


@pytest.mark.parametrize(
    ("line", "options", "sentence"),
    [
        ("/silent", {"tone": "calm"}, "This command takes no option called “tone”. It takes no options at all."),
        ("/settings", {}, "“settings” is the beginning of several commands: add access or open."),
        ("/settings moon", {}, "“settings” has no part called “moon”."),
        ("/moon", {}, "There is no command “moon” here."),
    ],
)
async def test_a_command_that_cannot_be_sent_is_explained(
    studio: Studio, line: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CannotDo, match=f"^{sentence}"):
        await studio.max.types(line, **options)
    assert studio.bot.seen == []


async def test_suggestions_come_while_typing(studio: Studio) -> None:
    choices = await studio.ann.suggests("/create", "model", "so")
    assert choices == [{"name": "SORA-2", "value": "sora-2"}, {"name": "SORA-2-PRO", "value": "sora-2-pro"}]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("8", 8), (8, 8), ("-", "-"), ("8 s", "8 s"), ("4.5", "4.5"), ("99", 99), ("", ""), (None, "nothing")],
)
async def test_while_typing_a_number_is_one_once_it_reads_as_one(studio: Studio, typed: Any, sent: Any) -> None:
    await studio.ann.suggests("/create", "model", "so", seconds=typed)
    assert given_last(studio) == {"model": "so"} | ({} if sent == "nothing" else {"seconds": sent})


async def test_while_typing_what_is_not_chosen_yet_is_not_sent(studio: Studio) -> None:
    await studio.ann.suggests("/create", "model", "so", prompt="a", size="Wi")
    assert given_last(studio) == {"prompt": "a", "model": "so"}


def given_last(studio: Studio) -> dict[str, Any]:
    """The options that the bot received last."""
    data: Any = studio.bot.seen[-1].data
    return {option["name"]: option["value"] for option in data["options"]}


async def test_a_button_opens_a_form_and_its_answer_is_a_new_card(studio: Studio) -> None:
    card = (await studio.ann.types("/create", prompt="a cat")).message
    assert card is not None
    opened = await studio.sam.clicks("Remix", on=card)
    assert opened.form is not None
    assert opened.form.title == "Remix"
    assert opened.form.text == "Say what to change."
    assert opened.form.field("your words").value == "as before"
    answer = await studio.sam.fills(opened.form, your_words="with a hat", picture=("hat.png", PNG), mood="wild")
    assert answer.message is not None
    assert answer.message.text == f"with a hat / [{len(PNG)}] / wild"
    assert answer.message.reply_to is card


async def test_a_form_keeps_what_stands_in_it(studio: Studio) -> None:
    card = (await studio.ann.types("/create", prompt="a cat")).message
    assert card is not None
    opened = await studio.ann.clicks("k1:remix:", on=card)
    assert opened.form is not None
    with pytest.raises(CannotDo, match="0 to 50"):
        await studio.ann.fills(opened.form, prompt="x" * 51)
    with pytest.raises(CannotDo, match="required"):
        await studio.ann.fills(opened.form, prompt="")
    answer = await studio.ann.fills(opened.form)
    assert answer.message is not None
    assert answer.message.text == "as before / [] / None"


async def test_a_button_may_change_its_own_card(studio: Studio) -> None:
    card = (await studio.ann.types("/create", prompt="a cat")).message
    assert card is not None
    outcome = await studio.ann.clicks("Cancel", on=card)
    assert outcome.message is card
    assert card.text == "Cancelled"
    assert card.buttons == []
    assert card.edited


async def test_a_disabled_button_and_a_link_are_not_sent(studio: Studio) -> None:
    dead: discord.ui.Button[discord.ui.LayoutView] = discord.ui.Button(label="Dead", custom_id="dead", disabled=True)
    link: discord.ui.Button[discord.ui.LayoutView] = discord.ui.Button(label="Site", url="https://example.org/x")
    sent = await studio.place().send(view=a_card("words", dead, link))
    message = studio.world.message(studio.world.channel("studio").id, sent.id)
    for label in ("Dead", "Site"):
        with pytest.raises(CannotDo):
            await studio.ann.clicks(label, on=message)
    assert message.button("Site").url == "https://example.org/x"


async def test_choosing_in_a_select_is_told_to_the_bot(studio: Studio) -> None:
    asked = (await studio.ann.types("/length")).message
    assert asked is not None
    answer = await studio.ann.picks("8 seconds", on=asked)
    assert answer.message is not None
    assert answer.message.text == "chose ['8']"
    with pytest.raises(CannotDo):
        await studio.ann.picks(["4", "8"], on=asked)


async def test_ephemeral_answers_are_seen_by_one_person_only(studio: Studio) -> None:
    outcome = await studio.ann.types("/whisper")
    assert outcome.message is not None
    assert outcome.message.ephemeral
    await studio.world.until(lambda: outcome.followups)
    assert [message.text for message in studio.ann.sees("studio")] == ["only you", "and this"]
    assert studio.max.sees("studio") == []
    with pytest.raises(discord.NotFound) as caught:
        await studio.place().get_partial_message(outcome.message.id).edit(content="changed")
    assert caught.value.code == 10008


async def test_a_deferred_answer_is_filled_in_later(studio: Studio) -> None:
    outcome = await studio.ann.types("/later")
    assert outcome.deferred
    assert outcome.message is not None
    assert outcome.message.thinking
    studio.bot.go.set()
    message = await outcome.settled()
    assert message is not None
    assert message.text == f"done, <@{studio.ann.id}>"
    assert not message.edited
    assert not message.thinking


async def test_a_private_deferred_answer_stays_private(studio: Studio) -> None:
    studio.bot.go.set()
    outcome = await studio.ann.types("/later", private=True)
    message = await outcome.settled()
    assert message is not None
    assert message.ephemeral
    assert studio.sam.sees("studio") == []


async def test_a_silent_bot_did_not_respond(studio: Studio) -> None:
    studio.world.rules.ack_seconds = 0.1
    outcome = await studio.ann.types("/silent")
    assert outcome.failed == NO_RESPONSE
    assert outcome.message is None
    (heard,) = await comes_true(lambda: studio.bot.seen)
    with pytest.raises(discord.NotFound) as caught:
        await heard.response.send_message("too late")
    assert caught.value.code == 10062


async def test_a_message_menu_carries_the_message(studio: Studio) -> None:
    said = studio.sam.says("look at this", "studio", ("cat.png", PNG))
    outcome = await studio.ann.uses("Remix this video", on=said)
    assert outcome.message is not None
    assert outcome.message.text == "you mean 'look at this'"
    assert said.media[0].width == 640


async def test_a_subcommand_takes_a_role_and_is_kept_from_those_without_the_right(studio: Studio) -> None:
    outcome = await studio.max.types("/settings access", role="Filmmaker")
    assert outcome.message is not None
    assert outcome.message.text == "granted Filmmaker"
    with pytest.raises(CannotDo, match="may not use"):
        await studio.ann.types("/settings access", role="Filmmaker")
    with pytest.raises(CannotDo, match="may not use"):
        await studio.max.types("/settings access", channel="dm", role="Filmmaker")


async def test_roles_and_rights_come_with_an_interaction(studio: Studio) -> None:
    await studio.max.types("/whisper", channel="read-only")
    asked = studio.bot.seen[-1]
    assert asked.permissions.manage_guild
    assert not asked.app_permissions.send_messages
    assert asked.app_permissions.view_channel
    assert isinstance(asked.user, discord.Member)
    assert [role.name for role in asked.user.roles] == ["@everyone", "Manager"]
    assert asked.filesize_limit == 20 * 1024 * 1024


async def test_commands_work_in_threads_and_in_direct_messages(studio: Studio) -> None:
    in_thread = await studio.ann.types("/create", channel="storyboard", prompt="a cat")
    assert in_thread.message is not None
    assert isinstance(studio.bot.seen[-1].channel, discord.Thread)
    alone = await studio.ann.types("/create", channel="dm", prompt="a dog")
    assert alone.message is not None
    assert studio.ann.sees("dm") == [alone.message]
    assert studio.bot.seen[-1].guild is None
    assert studio.bot.seen[-1].user.id == studio.ann.id


async def test_the_bot_writes_direct_messages_unless_they_are_closed(studio: Studio) -> None:
    channel = await studio.bot.create_dm(discord.Object(studio.ann.id))
    await channel.send("hello")
    assert [message.text for message in studio.ann.sees("dm")] == ["hello"]
    studio.ann.user.dms_open = False
    with pytest.raises(discord.Forbidden) as caught:
        await channel.send("again")
    assert caught.value.code == 50007


async def test_a_video_is_posted_in_a_gallery_and_can_be_fetched(studio: Studio) -> None:
    view, file = a_result()
    target = (await studio.ann.types("/create", prompt="a cat")).message
    assert target is not None
    sent = await studio.place().send(
        view=view,
        file=file,
        reference=discord.MessageReference(message_id=target.id, channel_id=target.channel_id),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    message = studio.ann.sees("studio")[-1]
    assert message.id == sent.id
    assert message.reply_to is target
    assert message.notified == []
    (video,) = message.media
    assert (video.filename, video.content_type) == ("cat.mp4", "video/mp4")
    assert message.file("cat.mp4") == MP4
    assert await studio.bot.http.get_from_cdn(video.url) == MP4
    (gallery,) = [each for each in sent.components if isinstance(each, discord.MediaGalleryComponent)]
    assert gallery.items[0].media.attachment_id == message.attachments[0].id


async def test_an_unsigned_or_old_file_link_is_dead(studio: Studio) -> None:
    view, file = a_result()
    await studio.place().send(view=view, file=file)
    url = studio.ann.sees("studio")[-1].media[0].url
    with pytest.raises(discord.NotFound):
        await studio.bot.http.get_from_cdn(url.partition("?")[0])
    studio.world.clock.skip(25 * 3600)
    with pytest.raises(discord.NotFound):
        await studio.bot.http.get_from_cdn(url)


async def test_a_button_still_works_after_the_bot_came_back(studio: Studio) -> None:
    sent = await studio.place().send(view=a_card("words", RemixButton("J7")))
    message = studio.world.message(studio.world.channel("studio").id, sent.id)
    await studio.bot.close()
    await studio.world.until(lambda: not studio.world.gateway.online)
    async with another_bot(studio.sandbox):
        opened = await studio.ann.clicks("Remix", on=message)
        assert opened.form is not None


async def test_what_the_library_sends_is_what_the_published_schemas_allow(studio: Studio) -> None:
    spec = the_spec()
    card = (await studio.ann.types("/create", prompt="a cat")).message
    assert card is not None
    opened = await studio.ann.clicks("Remix", on=card)
    assert opened.form is not None
    await studio.ann.fills(opened.form)
    await studio.ann.clicks("Cancel", on=card)
    await studio.ann.suggests("/create", "model", "s")
    studio.bot.go.set()
    await (await studio.ann.types("/later")).settled()
    view, file = a_result()
    sent = await studio.place().send(view=view, file=file)
    await studio.place().get_partial_message(sent.id).edit(view=a_card("gone"), attachments=[])
    bodies = [exchange for exchange in studio.world.diary if exchange.body is not None]
    assert len(bodies) >= 9
    assert list(offences(spec, bodies)) == []


async def test_schemas_do_catch_a_bad_request(studio: Studio) -> None:
    spec = the_spec()
    with pytest.raises(discord.HTTPException):
        await studio.bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=studio.place().id),
            json={"flags": 1 << 15, "components": [{"type": 10, "content": ""}, {"type": 14, "spacing": 3}]},
        )
    assert len(list(offences(spec, studio.world.diary))) == 2
