"""Money, ids, sizes, model cards and access: the rules on which everything else depends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.members import NO_CHANNELS
from bot.domain.access.rules import check_is_in_a_tier, check_may_end, check_may_make, check_may_see, may_see
from bot.domain.access.tiers import Tiers
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.ids import new_id, shown, typed
from bot.domain.models.card import Retirement
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.texts.numbers import whole_number
from bot.domain.video import Size, VideoRequest
from bot.ui.text.render import render
from tests.builders import (
    A_MODERATOR,
    CHANNEL,
    GUILD,
    MAX,
    SAM,
    TALL,
    KnownChannels,
    a_card,
    a_catalogue,
    a_job,
    a_member,
    a_request,
)
from tests.tiers import a_tier


@pytest.mark.parametrize(
    ("dollars", "said"),
    [("0.40", "$0.40"), ("1234.5", "$1,234.50"), ("0.0034", "$0.0034"), ("0", "$0.00"), ("-2", "-$2.00")],
)
def test_money_is_said_in_cents_and_finer_only_where_it_is(dollars: str, said: str) -> None:
    assert str(Usd.of(dollars)) == said


def test_money_finer_than_a_micro_dollar_is_refused() -> None:
    with pytest.raises(ValueError, match="finer"):
        Usd.of("0.0000001")


@given(st.integers(-(10**15), 10**15))
def test_money_survives_its_own_words(micros: int) -> None:
    assert Usd.of(str(Usd(micros)).replace("$", "").replace(",", "")) == Usd(micros)


def test_an_id_can_be_said_and_typed_back() -> None:
    for _ in range(100):
        job_id = new_id()
        assert typed(shown(job_id)) == typed(f" #{job_id.lower()} ") == job_id


@pytest.mark.parametrize("text", ["Ｋ７Ｑ－４ＦＤ", "k7q–4fd", "\u202eK7Q-4FD\u200b"])
def test_an_id_is_known_in_every_width_and_with_what_nobody_sees(text: str) -> None:
    assert typed(text) == "K7Q4FD"


def test_a_whole_number_is_read_in_the_digits_of_every_script() -> None:
    assert [whole_number(typed) for typed in ("8", " ８ ", "٨", "007")] == [8, 8, 8, 7]
    assert [whole_number(typed) for typed in ("", "-1", "1e3", "½", "9" * 5_000)] == [None] * 5


def test_a_size_is_read_in_every_width() -> None:
    assert Size.of("１２８０ｘ７２０") == Size.of("1280×720") == Size(1280, 720)
    assert Size.of("1280 x 720") == Size.of("1280 × 720 px") == Size(1280, 720)


@pytest.mark.parametrize("text", ["", "K7Q", "K7Q-4F0", "K7Q4FDD", "fox in snow", "<@1>"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert typed(text) is None


@pytest.mark.parametrize("text", ["1280", "x720", "0x0", "1280*720", "-1x5", "999999x1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a size"):
        Size.of(text)


def test_a_request_a_model_can_do_has_its_price() -> None:
    assert a_card().check(a_request(seconds=8)) == Usd.of("0.80")


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (a_request(prompt="  \n "), "The prompt is empty"),
        (a_request(prompt="\u200b\ufeff"), "The prompt is empty"),
        (a_request(prompt="\u3164\u2800\u0301\ufe0f"), "The prompt is empty"),
        (a_request(prompt="x" * 4001), "4,001 characters. The limit is 4,000"),
        (a_request(seconds=5), "4, 8 or 12 seconds, not 5"),
        (a_request(size=Size(640, 480)), "1280x720 or 720x1280, not 640x480"),
    ],
)
def test_a_request_a_model_cannot_do_is_told_what_it_can(request_: VideoRequest, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        a_card().check(request_)


def test_a_size_without_a_price_is_refused_not_guessed() -> None:
    card = replace(a_card(), per_second={})
    with pytest.raises(BadRequest, match=r'no price for 720x1280.*"720x1280" = "0.10".*\[models\."sora-2"\.price\]'):
        card.quote(4, TALL)


def test_a_retired_model_says_since_when_and_what_instead() -> None:
    gone = Retirement(hosts=("api.openai.com",), since=date(2026, 9, 24), instead="Try another.")
    named_like_it = a_catalogue(a_card(id="films-2", label="Sora 2")).cards
    for catalogue in Catalogue({}, {"sora-2": gone}), Catalogue(named_like_it, {"sora-2": gone}):
        with pytest.raises(BadRequest, match=r"sora-2 closed on 24 September 2026\. Try another\."):
            catalogue.card("sora-2")
    assert gone.applies("api.openai.com", date(2026, 9, 24))
    assert not gone.applies("api.openai.com", date(2026, 9, 23))
    assert not gone.applies("gateway.example", date(2026, 12, 1))


def test_an_unknown_model_is_told_its_nearest_name() -> None:
    with pytest.raises(BadRequest, match="Did you mean Sora 2"):
        a_catalogue().card("sorra2")


def test_a_model_is_known_by_its_label_too_unless_two_have_it() -> None:
    other = a_card(id="sora-2-eu")
    for written in (" sora 2", "sora-2 ", "SORA-2", "Sora2", "ｓｏｒａ_2"):
        assert a_catalogue().card(written).id == "sora-2"
    with pytest.raises(BadRequest, match="Did you mean Sora 2"):
        a_catalogue(a_card(), other).card("Sora 2")


def guild_settings(opening: AccessPolicy = AccessPolicy.GRANTED, *roles: int) -> GuildSettings:
    return GuildSettings(guild_id=GUILD, opening=opening, roles=frozenset(roles), monthly_budget=Usd.of(25))


def test_managers_granted_roles_and_open_servers_may_make_videos() -> None:
    check_may_make(a_member(manages=True), guild_settings())
    check_may_make(a_member(), guild_settings(AccessPolicy.GRANTED, 7, 8))
    check_may_make(a_member(roles=frozenset()), guild_settings(AccessPolicy.EVERYONE))


def test_who_may_not_is_told_whom_to_ask() -> None:
    with pytest.raises(NotAllowed) as refused:
        check_may_make(a_member(), guild_settings(AccessPolicy.GRANTED, 8))
    assert "need the role <@&8>" in render(refused.value.message)
    with pytest.raises(NotAllowed, match="settings access"):
        check_may_make(a_member(), guild_settings())


@pytest.mark.parametrize(
    ("granted", "there", "told"),
    [
        ({8, 9}, {7, 9}, "You need the role 9 to make videos here."),
        ({8}, {7}, "The role for making videos here no longer exists. Ask a server manager to choose another"),
        ({8, 9}, {7}, "The roles for making videos here no longer exist. Ask a server manager to choose others"),
        ({8}, None, "You need the role 8 to make videos here."),
    ],
    ids=["one is left", "it was deleted", "all were deleted", "Discord has not sent the server"],
)
def test_a_deleted_role_is_not_asked_for(granted: set[int], there: set[int] | None, told: str) -> None:
    sam = a_member(server_roles=there and frozenset(there))
    with pytest.raises(NotAllowed) as refused:
        check_may_make(sam, guild_settings(AccessPolicy.GRANTED, *granted))
    assert told in refused.value.sentence
    with pytest.raises(NotAllowed) as refused:
        check_is_in_a_tier(sam, Tiers(order=(a_tier("VIP", *granted),)))
    assert told in refused.value.sentence


def test_a_private_video_is_for_its_owner_and_managers() -> None:
    job = a_job(private=True)
    assert check_may_see(a_member(), job) is job
    assert check_may_see(a_member(id=MAX, manages=True), job) is job
    for stranger in (a_member(id=SAM), a_member(guild_id=99)):
        with pytest.raises(NotFound):
            check_may_see(stranger, job)


def test_only_the_owner_and_moderators_end_a_video() -> None:
    check_may_end(a_member(), a_job())
    check_may_end(a_member(id=MAX, channels=A_MODERATOR), a_job())
    with pytest.raises(NotAllowed):
        check_may_end(a_member(id=SAM), a_job())


def test_who_moderates_one_channel_ends_nothing_in_another() -> None:
    elsewhere = KnownChannels(seen=frozenset({CHANNEL, 21}), moderated=frozenset({21}))
    with pytest.raises(NotAllowed, match="or a moderator"):
        check_may_end(a_member(id=SAM, channels=elsewhere), a_job())
    check_may_end(a_member(id=SAM, channels=elsewhere), a_job(channel_id=21))
    check_may_end(a_member(id=MAX, manages=True, channels=NO_CHANNELS), a_job())


def test_a_video_is_seen_by_who_sees_the_channel_it_was_ordered_in() -> None:
    job = a_job()
    assert may_see(a_member(id=SAM), job)
    stranger = a_member(id=SAM, channels=KnownChannels(seen=frozenset({21})))
    assert not may_see(stranger, job)
    with pytest.raises(NotFound, match="no video with that id"):
        check_may_see(stranger, job)
    assert not may_see(a_member(id=SAM, channels=NO_CHANNELS), job)


def test_a_hidden_channel_hides_nothing_from_the_owner_and_from_managers() -> None:
    assert may_see(a_member(channels=NO_CHANNELS), a_job())
    assert may_see(a_member(id=MAX, manages=True, channels=NO_CHANNELS), a_job())


def test_a_video_shown_elsewhere_is_seen_by_who_presses_its_buttons_there_unless_it_is_private() -> None:
    job = a_job()
    presses = a_member(id=SAM, channels=NO_CHANNELS, shown=frozenset({job.id}))
    assert may_see(presses, job)
    assert not may_see(presses, a_job())
    assert not may_see(presses, replace(job, private=True))
    assert not may_see(replace(presses, guild_id=99), job)
