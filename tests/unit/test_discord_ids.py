"""Made-up ids: no database holds them, so none is queried for them."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.domain.accounts import owner_of
from bot.domain.errors import BadRequest
from bot.domain.money.costs import DateRange
from bot.domain.texts.discord_ids import DISCORD_ID, LARGEST_ID, id_in, ids_in
from bot.jobs.use_cases.costs import CostsScope
from bot.ui.dialogs.bulk import deletable_in
from bot.ui.dialogs.forms import chosen_in, filled_in
from bot.ui.dialogs.studio.contest_forms import StartOptions
from bot.ui.dialogs.tier_forms import TierInput
from bot.ui.interactions.selects import all_chosen, chosen_ids
from bot.ui.screens.moderation import ModerationPageButton
from bot.ui.screens.reports.asked import ASKED, read
from bot.ui.screens.reports.costs import CostsFileButton
from bot.web.gallery.visits import PATH

MADE_UP = ("99999999999999999999", "9223372036854775808", "9000000000000000000", "-1", "1.5", "²", "١", "", " 1", "1\n")


def test_an_id_is_as_large_as_databases_hold() -> None:
    assert id_in("1439574219632934912") == 1439574219632934912
    assert id_in(str(LARGEST_ID)) == LARGEST_ID < 2**63
    assert [id_in(each) for each in MADE_UP] == [None] * len(MADE_UP)
    assert ids_in(["5", *MADE_UP, "7"]) == [5, 7]


def test_what_a_client_names_twice_is_chosen_once() -> None:
    assert ids_in(["7", "5", "7", "05"]) == [7, 5]
    chosen: Any = SimpleNamespace(data={"values": ["7", "5", "7"]})
    assert (all_chosen(chosen), chosen_ids(chosen)) == (["7", "5"], [7, 5])
    part = {"type": 18, "component": {"type": 8, "custom_id": "channels", "values": ["7", "5", "7"]}}
    form: Any = SimpleNamespace(data={"components": [part]})
    assert (chosen_in(form, "channels"), filled_in(form)) == (["7", "5"], {"channels": "7\n5"})


def test_an_id_of_today_and_of_2080_is_one() -> None:
    since_2015 = (65 * 365 * 24 * 3600 * 1000) << 22
    assert re.fullmatch(DISCORD_ID, str(since_2015))


@pytest.mark.parametrize("made_up", ["99999999999999999999", "9223372036854775808"])
def test_buttons_and_links_with_one_that_was_made_up_are_unknown(made_up: str) -> None:
    for button, custom_id in (
        (ModerationPageButton, f"k1:moderation:unblock:{made_up}"),
        (CostsFileButton, f"k1:costs-csv:{CostsScope.MEMBER}{made_up}:month:day"),
    ):
        pattern: re.Pattern[str] = button.__discord_ui_compiled_template__
        assert pattern.fullmatch(custom_id) is None
        assert pattern.fullmatch(custom_id.replace(made_up, str(LARGEST_ID)))
    assert owner_of(f"openai@member:5:{made_up}") is None


@pytest.mark.parametrize("made_up", ["99999999999999999999", "²"])
def test_forms_with_one_are_of_another_version(made_up: str) -> None:
    with pytest.raises(BadRequest):
        deletable_in({"which": "finished", "whose": made_up})
    with pytest.raises(BadRequest):
        StartOptions.read(f"{made_up}-1-0")
    assert TierInput(fields={}, roles=["5", made_up]).role_ids == {5}


async def nothing(_: web.Request) -> web.Response:
    return web.Response()


async def test_a_gallery_of_nobody_is_not_found() -> None:
    router = web.UrlDispatcher()
    router.add_get(PATH, nothing)
    for path, status in ((f"/gallery/5/{LARGEST_ID}/", None), ("/gallery/5/99999999999999999999/", 404)):
        found = await router.resolve(make_mocked_request("GET", path))
        assert (None if found.http_exception is None else found.http_exception.status) == status


def test_days_of_a_report_that_are_none_leave_it_open() -> None:
    match = re.fullmatch(ASKED, "member5:20261340-20261129:day")
    assert match is not None
    asked = read(match)
    assert isinstance(asked.days, DateRange)
    assert (asked.days.first, f"{asked.days.last}") == (None, "2026-11-29")
