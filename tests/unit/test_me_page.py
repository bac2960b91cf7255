"""/me: the content of its page, and the input its form accepts."""

from __future__ import annotations

import pytest

from bot.domain.access.own_data import Stored
from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.errors import BadRequest
from bot.domain.money.usd import FREE, Usd
from bot.ui.dialogs.me.forms import AMOUNT, AskAboveForm, amount_in
from bot.ui.screens.me.own_data import StoredPage
from bot.ui.screens.me.preferences import MeButton, NotifySelect, PreferencesPage
from bot.ui.text.phrases.access.me import preferences
from bot.ui.text.render import render


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("", None), ("  ", None), ("0", FREE), ("12,50", Usd.of("12.50")), ("$1,250.00", Usd.of(1250)), ("2", Usd.of(2))],
)
def test_amounts_are_read_as_people_write_them(typed: str, amount: Usd | None) -> None:
    assert amount_in({AMOUNT: typed}) == amount


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("lots", "“lots” isn't an amount. Write it like 25 or 12.50. Nothing was changed."),
        ("1.234", "“1.234” could mean 1.234 or 1234. Write it with two decimals or with none. Nothing was changed."),
        ("-1", "“-1” isn't between $0.00 and $1,000,000.00. Nothing was changed."),
        ("2000000", "“2000000” isn't between $0.00 and $1,000,000.00. Nothing was changed."),
        ("0.00000001", "“0.00000001” has more than two decimals. Nothing was changed."),
    ],
)
def test_what_is_no_amount_is_one_sentence(typed: str, told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        amount_in({AMOUNT: typed})
    assert refused.value.sentence == told


def test_the_form_begins_with_what_counts_now() -> None:
    label = AskAboveForm("me-ask-above", Usd.of(1250)).to_dict()["components"][0]
    assert label["component"]["value"] == "1250.00"


def test_the_page_says_what_counts() -> None:
    assert "from each server's default price" in render(preferences(MemberPreferences(), closed=False))
    assert "every video" in render(preferences(MemberPreferences(confirm_above=FREE), closed=False))
    chosen = MemberPreferences(confirm_above=Usd.of("12.50"), notify=Notify.DIRECT)
    assert "videos of at least $12.50" in render(preferences(chosen, closed=False))
    assert "can't send you direct messages" in render(preferences(chosen, closed=True))


def test_direct_messages_that_were_closed_can_be_chosen_once_more() -> None:
    chosen = MemberPreferences(notify=Notify.DIRECT)
    pages = [PreferencesPage(chosen, closed=closed) for closed in (False, True)]
    selects = [item for page in pages for item in page.walk_children() if isinstance(item, NotifySelect)]
    assert [[each.value for each in select.item.options if each.default] for select in selects] == [["direct"], []]


def test_erasing_is_offered_where_something_is_stored() -> None:
    labels = [
        [item.item.label for item in StoredPage(found).walk_children() if isinstance(item, MeButton)]
        for found in (Stored(), Stored(facts=1), Stored(keys=("abcd",)))
    ]
    assert labels == [["Preferences"], ["Export", "Erase…", "Preferences"], ["Export", "Erase…", "Preferences"]]
