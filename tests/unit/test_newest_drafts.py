"""Of what members wrote into forms that were refused, the newest are kept: a script could send three a second."""

from __future__ import annotations

import pytest

from bot.domain.access.newest import MOST_MEMBERS, NewestOfMembers
from bot.domain.errors import BadRequest
from bot.ui.dialogs.drafts import MOST_KEPT, Draft, Drafts
from tests.builders import ANN, SAM
from tests.scripted import MemoryRecords


def a_draft(member_id: int, text: str) -> Draft:
    return Draft(member_id=member_id, verb="edit", about="K7Q4FD", fields={"prompt": text})


async def test_a_member_who_sends_forms_without_end_has_the_newest_of_them() -> None:
    drafts = Drafts(records=MemoryRecords())
    sams = await drafts.keep(a_draft(SAM, "an owl"))
    first, *others = [await drafts.keep(a_draft(ANN, f"fox {number}")) for number in range(MOST_KEPT + 1)]
    with pytest.raises(BadRequest, match="no longer kept"):
        await drafts.of(ANN, first)
    assert [(await drafts.of(ANN, mark)).fields["prompt"] for mark in others] == [
        f"fox {number}" for number in range(1, MOST_KEPT + 1)
    ]
    assert (await drafts.of(SAM, sams)).fields == {"prompt": "an owl"}


def test_what_is_added_again_is_the_newest_and_takes_no_room() -> None:
    kept = NewestOfMembers(most=2)
    assert [kept.added(ANN, key) for key in ("a", "b", "a", "c", "d")] == [None, None, None, "b", "a"]


def test_members_who_were_quiet_the_longest_are_forgotten() -> None:
    kept = NewestOfMembers(most=1)
    for member_id in range(MOST_MEMBERS + 1):
        assert kept.added(member_id, "a") is None
    assert kept.added(MOST_MEMBERS, "b") == "a"
    assert kept.added(0, "b") is None
