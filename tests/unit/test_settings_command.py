"""/settings: the meaning of its options, and the messages about changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import BadRequest
from bot.domain.guild import AccessPolicy, ChannelUse, GuildOptions, GuildSettings
from bot.domain.money.amounts import entered_usd
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.guild import RulesChange
from bot.ui.dialogs.settings_forms import DOLLARS, needed
from bot.ui.text.phrases.settings.rules import channel_changed, how_videos_are_shown, rules_changed
from bot.ui.text.render import render
from cogs.settings.settings import Decision, decided

GUILD = 42  # @everyone is the role with the server's id
ROLE = 7


def test_granting_the_role_everyone_opens_the_server() -> None:
    assert decided(GUILD, None, GUILD, None) == Decision(opening=AccessPolicy.EVERYONE)
    assert decided(GUILD, AccessPolicy.EVERYONE, GUILD, None) == Decision(opening=AccessPolicy.EVERYONE)


def test_revoking_the_role_everyone_closes_it() -> None:
    assert decided(GUILD, None, ROLE, GUILD) == Decision(opening=AccessPolicy.GRANTED, grant=ROLE)


def test_another_role_is_granted_and_revoked_as_it_is() -> None:
    assert decided(GUILD, None, ROLE, 8) == Decision(grant=ROLE, revoke=8)


@pytest.mark.parametrize(
    ("opening", "grant", "revoke"), [(AccessPolicy.GRANTED, GUILD, None), (None, GUILD, GUILD)], ids=str
)
def test_options_that_contradict_one_another_are_asked_about(
    opening: AccessPolicy | None, grant: int | None, revoke: int | None
) -> None:
    with pytest.raises(BadRequest, match="Choose one"):
        decided(GUILD, opening, grant, revoke)


def test_a_role_cannot_be_granted_and_revoked_at_once() -> None:
    with pytest.raises(BadRequest, match="can't be granted and revoked at once"):
        decided(GUILD, None, 7, 7)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("abc", "“abc” isn't an amount. Write it like 25 or 12.50."),
        ("12,345", "“12,345” could mean 12.345 or 12345. Write it with two decimals or with none."),
        ("0.12345678", "“0.12345678” has more than two decimals."),
        ("1,2345", "“1,2345” has more than two decimals."),
        ("99999999", "“99999999” isn't between $0.00 and $1,000,000.00."),
        ("9" * 30, f"“{'9' * 30}” isn't between $0.00 and $1,000,000.00."),  # more digits than decimal contexts keep
        (f"{'9' * 27}.5", f"“{'9' * 27}.5” isn't between $0.00 and $1,000,000.00."),
    ],
)
def test_an_amount_that_is_refused_changes_nothing(typed: str, reason: str) -> None:
    with pytest.raises(BadRequest) as refused:
        entered_usd(typed)
    assert refused.value.sentence == f"{reason} Nothing was changed."


def test_a_field_of_a_form_that_only_has_spaces_is_refused_as_what_it_says() -> None:
    with pytest.raises(BadRequest) as refused:
        entered_usd(needed({DOLLARS: "  "}, DOLLARS))
    assert refused.value.sentence == "“  ” isn't an amount. Write it like 25 or 12.50. Nothing was changed."


def test_a_form_without_the_field_is_from_another_version() -> None:
    with pytest.raises(BadRequest, match="This form is from another version of the bot"):
        needed({}, DOLLARS)


def test_an_amount_may_have_more_zeros_than_cents() -> None:
    assert entered_usd("12,5000") == Usd.of("12.50")


RULES = GuildSettings(guild_id=GUILD, opening=AccessPolicy.EVERYONE, roles=frozenset({1, 2}), monthly_budget=Usd.of(25))


def test_it_says_what_a_change_did() -> None:
    after = replace(RULES, opening=AccessPolicy.GRANTED, roles=frozenset({2, 3}), monthly_budget=Usd.of(40))
    assert [render(each) for each in rules_changed(RulesChange(before=RULES, after=after))] == [
        "**Budget:** $25.00 → $40.00",
        "**Access:** everyone → granted roles",
        "**Granted:** <@&3>",
        "**Revoked:** <@&1>",
    ]
    assert render(channel_changed(ChannelUse.NOTICES, None, 9)) == "**Notices:** off → <#9>"
    assert render(channel_changed(ChannelUse.NOTICES, 9, None)) == "**Notices:** <#9> → off"
    assert render(channel_changed(ChannelUse.LOG, None, 9)) == "**Log:** off → <#9>"
    moved = render(channel_changed(ChannelUse.RESULTS, None, 9))
    assert moved == "**Videos are posted:** where they are ordered → <#9>"


def test_it_says_so_when_a_change_did_nothing() -> None:
    unchanged = "**Nothing changed.** It was already set like this."
    assert [render(each) for each in rules_changed(RulesChange(before=RULES, after=RULES))] == [unchanged]
    assert render(channel_changed(ChannelUse.NOTICES, None, None)) == f"{unchanged}\n**Notices:** off"
    shown = render(how_videos_are_shown(GuildOptions(), unchanged=True))
    assert shown.startswith(f"{unchanged}\n**Cards of finished videos** are removed")
