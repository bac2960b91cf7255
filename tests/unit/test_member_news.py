"""What members are told in direct messages: in their server's language, and in a channel if these are closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.guild import GuildOptions
from bot.domain.messages import Foreign, Message, msg
from bot.domain.texts.languages import reading
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.ui.cards.languages import ServerLanguages
from bot.ui.publish.direct.messages import DiscordDirectMessages
from bot.ui.publish.member_news import DiscordMemberNews
from tests.builders import ANN, CHANNEL, GUILD
from tests.changes import some_changes
from tests.scripted import MemoryRecords

STAYS = msg("Managers looked at your appeal: you stay blocked.")
MORE = msg("> {prompt}", prompt=Foreign("a hound"))


def closed() -> discord.Forbidden:
    response: Any = SimpleNamespace(status=403, reason="Forbidden")
    return discord.Forbidden(response, {"code": 50007, "message": "Cannot send messages to this user"})


@dataclass
class Inboxes:
    """Replaces discord.py's client: Ann's direct messages, which may be in `trouble`, and one channel."""

    trouble: Exception | None = None
    direct: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)

    def get_guild(self, _: int) -> Any:
        return SimpleNamespace(unavailable=False, preferred_locale="en-US")

    async def create_dm(self, who: discord.Object) -> Any:
        assert who.id == ANN

        async def send(words: str, **_: Any) -> None:
            if self.trouble is not None:
                raise self.trouble
            self.direct.append(words)

        return SimpleNamespace(send=send)

    def get_partial_messageable(self, channel_id: int) -> Any:
        assert channel_id == CHANNEL

        async def send(words: str, **_: Any) -> None:
            self.public.append(words)

        return SimpleNamespace(send=send)


async def direct_messages(inboxes: Inboxes, language: str = "de") -> DiscordDirectMessages:
    records = MemoryRecords()
    await records.write(OPTIONS, str(GUILD), GuildOptions(language=language))
    preferences, client = GuildPreferences(records=records, changes=some_changes()), _as_client(inboxes)
    return DiscordDirectMessages(client=client, languages=ServerLanguages(preferences=preferences, client=client))


def _as_client(inboxes: Any) -> Any:
    return inboxes


async def news(inboxes: Inboxes) -> DiscordMemberNews:
    return DiscordMemberNews(direct_messages=await direct_messages(inboxes))


async def test_a_member_reads_the_language_of_the_server_and_not_of_the_manager_who_decided() -> None:
    inboxes = Inboxes()
    with reading("ja"):
        await (await news(inboxes)).tell(ANN, None, STAYS, guild_id=GUILD)
    assert inboxes.direct == ["Manager haben deinen Einspruch geprüft: Du bleibst gesperrt."]


async def test_who_takes_no_direct_messages_is_told_in_the_channel_without_what_is_private() -> None:
    inboxes = Inboxes(trouble=closed())
    await (await news(inboxes)).tell(ANN, CHANNEL, STAYS, MORE, guild_id=GUILD)
    assert inboxes.direct == []
    (said,) = inboxes.public
    assert said.startswith(f"<@{ANN}>")
    assert "bleibst gesperrt" in said
    assert "hound" not in said


async def test_who_can_be_told_nowhere_stops_nobody() -> None:
    inboxes = Inboxes(trouble=closed())
    await (await news(inboxes)).tell(ANN, None, STAYS, guild_id=GUILD)
    assert (inboxes.direct, inboxes.public) == ([], [])


@pytest.mark.parametrize(("trouble", "error"), [(closed(), Undeliverable), (OSError("no way there"), Unavailable)])
async def test_a_direct_message_says_why_it_could_not_be_sent(trouble: Exception, error: type[Exception]) -> None:
    with pytest.raises(error):
        await (await direct_messages(Inboxes(trouble))).tell(ANN, STAYS, guild_id=GUILD)


async def test_a_long_direct_message_is_cut_to_what_discord_takes() -> None:
    inboxes = Inboxes()
    await (await direct_messages(inboxes)).tell(ANN, Message("fox " * 1000), guild_id=GUILD)
    assert [len(each) for each in inboxes.direct] == [2000]
