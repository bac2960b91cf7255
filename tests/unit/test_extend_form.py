"""Who may extend which video, and what the form says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier
from bot.domain.errors import BadRequest, KinoraError, MakesNothing, MemberBlocked, NotAllowed, NotFound, TierLimit
from bot.domain.money.usd import Usd
from bot.domain.video import Aim, RemixMethod
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.ordering.remix_offers import RemixOffer, RemixRequest
from bot.ui.dialogs.studio.extend_form import ExtendForm, ExtendFormFacts, wanted_in
from tests.builders import SAM, WIDE, a_card, a_catalogue, a_done_job, a_job, a_member
from tests.moderation import block
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization
from tests.unit.test_failover import House, a_house

OWNER, STRANGER, MANAGER = a_member(), a_member(id=SAM, roles=frozenset()), a_member(id=SAM, manages=True)
MEMBER, BLOCKED = a_member(id=SAM), a_member(id=SAM)
SHORT = a_tier("Short", 7, longest_seconds=2)
WANTED = RemixRequest(prompt="it snows", aim=Aim.EXTEND)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.mark.parametrize(
    ("tiers", "member", "private", "refusal"),
    [
        pytest.param((), OWNER, False, None, id="its owner"),
        pytest.param((), OWNER, True, None, id="its owner, of a private one"),
        pytest.param((), MEMBER, False, None, id="a member"),
        pytest.param((), MEMBER, True, NotFound, id="a member, of somebody's private one"),
        pytest.param((), STRANGER, False, MakesNothing, id="a stranger"),
        pytest.param((), MANAGER, False, None, id="a manager"),
        pytest.param((), MANAGER, True, NotAllowed, id="a manager, of somebody's private one"),
        pytest.param((a_tier("Basic", 7),), MEMBER, False, None, id="in a tier"),
        pytest.param((SHORT,), MEMBER, False, TierLimit, id="in a tier whose videos are shorter than any new part"),
        pytest.param((), BLOCKED, False, MemberBlocked, id="who is blocked"),
    ],
)
async def test_who_may_extend_what(
    house: House, tiers: tuple[Tier, ...], member: Member, private: bool, refusal: type[KinoraError] | None
) -> None:
    house.catalogue.renew(a_catalogue(a_card(remix=(RemixMethod.LAST_FRAME,))))
    source = await house.bench.run(await house.bench.order(a_job(private=private)))
    records = MemoryRecords()
    if refusal is MemberBlocked:
        await block(records, SAM)
    authorization = await an_authorization(*tiers, catalogue=house.catalogue, records=records)
    create = replace(house.create, authorization=authorization)
    if refusal is None:
        quote = await create.quote_remix(member, source.id, WANTED)
        assert (quote.private, quote.before) == (private, 4.0)
    else:
        with pytest.raises(refusal) as refused:
            await create.quote_remix(member, source.id, WANTED)
        assert type(refused.value) is refusal


def an_offer(seconds: int, method: RemixMethod, *, is_usual: bool = False) -> RemixOffer:
    made = RemixOption(method=method, seconds=seconds, size=WIDE, price=Usd.of("0.10") * seconds)
    return RemixOffer(card=a_card(), options={Aim.EXTEND: made}, seconds=seconds, is_usual=is_usual)


def test_the_form_says_of_each_length_what_it_costs_and_comes_to_and_by_whom() -> None:
    offers = [an_offer(4, RemixMethod.EXTEND, is_usual=True), an_offer(8, RemixMethod.LAST_FRAME)]
    form = str(ExtendForm(a_done_job(), ExtendFormFacts(offers=offers)).to_dict())
    assert "'label': 'Sora 2 · +4 s'" in form
    assert "'description': 'about $0.40 · 8 s in all · by the service'" in form
    assert "'description': 'about $0.80 · 12 s in all · joined by Kinora'" in form


def test_what_was_written_is_there_when_the_form_opens_again() -> None:
    offers = [an_offer(4, RemixMethod.EXTEND, is_usual=True), an_offer(8, RemixMethod.EXTEND)]
    written = {"prompt": "it snows", "model": "sora-2 8"}
    form = str(ExtendForm(a_done_job(), ExtendFormFacts(offers=offers, written=written)).to_dict())
    assert "'value': 'it snows'" in form
    assert wanted_in(written) == RemixRequest(prompt="it snows", model="sora-2", seconds=8, aim=Aim.EXTEND)


def test_a_form_of_another_version_gets_a_sentence() -> None:
    with pytest.raises(BadRequest, match="from another version"):
        wanted_in({"model": "sora-2 8"})
