"""What holds for every dialect: whatever a host answers, the adapter never reports more than the host did."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, Refused, Unavailable
from bot.domain.ports.provider import Asset, Broken, StillMade, Waiting
from bot.providers.common.timeouts import Timeouts
from bot.providers.dialects import DIALECTS
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.contract.conformance import SUBJECTS, Service, Subject
from tests.contract.strategies import EXAMPLES, codes
from tests.contract.video_services import IMPATIENT, patience_for

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
every_dialect = pytest.mark.parametrize("subject", SUBJECTS, ids=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    subject: Subject
    service: Service


@pytest.fixture(params=SUBJECTS, ids=str)
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    subject: Subject = request.param
    async with subject.open() as service:
        yield Scene(subject=subject, service=service)


def test_every_dialect_takes_part() -> None:
    assert [subject.name for subject in SUBJECTS] == list(DIALECTS)


# Whatever is answered


@EXAMPLES
@given(status=codes, data=st.data())
async def test_whatever_an_order_is_answered_with_has_a_meaning(scene: Scene, status: int, data: st.DataObject) -> None:
    body = data.draw(scene.subject.bodies)
    scene.service.host.trouble.next(Operation.CREATE, Say(status=status, body=body))
    try:
        remote_id = await scene.service.provider.submit(scene.subject.order())
    except Refused:
        assert 400 <= status < 500 or status == 501
    except AccountTrouble:
        assert 400 <= status < 500
    except Unavailable:
        assert status == 429
    except OutcomeUnknown:
        assert status < 400 or status == 408 or status >= 500
    else:
        assert 200 <= status < 300
        assert isinstance(body, dict)
        assert remote_id == scene.subject.id_in(body)


@EXAMPLES
@given(data=st.data(), status=st.sampled_from([200, 202]))
async def test_an_order_answered_without_an_id_is_unknown(scene: Scene, data: st.DataObject, status: int) -> None:
    shown = data.draw(scene.subject.without_id)
    scene.service.host.trouble.next(Operation.CREATE, Say(status=status, body=shown))
    with pytest.raises(OutcomeUnknown):
        await scene.service.provider.submit(scene.subject.order())


@pytest.mark.parametrize("remote_id", ["video_\ud83d", "video_\0", "a\nb", " ", "x" * 5000])
async def test_an_id_that_cannot_be_stored_is_none(scene: Scene, remote_id: str) -> None:
    scene.service.host.trouble.next(Operation.CREATE, Say(body={"id": remote_id, "status": "queued"}))
    with pytest.raises(OutcomeUnknown):
        await scene.service.provider.submit(scene.subject.order())


@EXAMPLES
@given(status=codes, data=st.data())
async def test_whatever_a_look_is_answered_with_has_a_meaning(scene: Scene, status: int, data: st.DataObject) -> None:
    body = data.draw(scene.subject.bodies)
    scene.service.host.trouble.next(Operation.LOOK, Say(status=status, body=body))
    try:
        seen = await scene.service.provider.look(scene.subject.remote_id)
    except (Unavailable, AccountTrouble, Gone):
        return
    assert isinstance(body, dict)
    scene.subject.may_say(body, seen)


@EXAMPLES
@given(status=codes, data=st.data())
async def test_whatever_a_list_is_answered_with_only_what_goes_on_is_taken_from_it(
    scene: Scene, status: int, data: st.DataObject
) -> None:
    body = data.draw(scene.subject.bodies)
    scene.service.host.trouble.next(Operation.LIST, Say(status=status, body=body))
    try:
        shown = await scene.service.provider.still_made([scene.subject.remote_id], [scene.subject.remote_id])
    except (Unavailable, AccountTrouble):
        return
    waiting = {} if shown is None else shown.waiting
    assert {scene.subject.remote_id} >= set(waiting)
    for seen in waiting.values():
        scene.subject.may_say(body, seen)


@every_dialect
async def test_what_a_list_says_of_a_render_a_look_says_too(subject: Subject) -> None:
    async with subject.open() as service:
        ids = [await service.provider.submit(subject.order()) for _ in range(3)]
        shown = await service.provider.still_made([*ids, "another"], ids)
        assert (shown is not None) == subject.lists
        if shown is None:
            return
        assert set(shown.waiting) == set(ids)
        for remote_id, seen in shown.waiting.items():
            assert seen == await service.provider.look(remote_id)
        for _ in ids:  # some services make one after the other
            service.finish()
        assert await service.provider.still_made(ids, ids) == StillMade(waiting={})


@every_dialect
@pytest.mark.parametrize("status", [400, 403])
async def test_a_refusal_without_a_word_is_one(subject: Subject, status: int) -> None:
    async with subject.open() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=status, body={}))
        with pytest.raises((Refused, AccountTrouble)):
            await service.provider.submit(subject.order())


# No answer


@every_dialect
@pytest.mark.parametrize("fault", [Reset(), Reset(after=True), Hang()], ids=["dropped", "taken, dropped", "silent"])
async def test_an_order_whose_answer_was_lost_is_unknown(subject: Subject, fault: Fault) -> None:
    async with subject.open(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.CREATE, fault)
        with pytest.raises(OutcomeUnknown, match="reply was lost"):
            await service.provider.submit(subject.order())


@every_dialect
async def test_a_question_that_nobody_answers_is_asked_again_later(subject: Subject, tmp_path: Path) -> None:
    async with subject.open(patience=IMPATIENT) as service:
        service.host.trouble.next(Operation.LOOK, Reset(), Reset())
        with pytest.raises(Unavailable):
            await service.provider.look(subject.remote_id)
        service.host.trouble.next(Operation.CONTENT, *[Reset()] * 2)
        with pytest.raises((Unavailable, Gone)):
            await service.provider.fetch(subject.remote_id, Asset.VIDEO, tmp_path / "v.mp4")


# Who is told about trouble


@every_dialect
async def test_a_refused_key_is_a_matter_of_whoever_runs_the_bot(subject: Subject) -> None:
    async with subject.open(key="another key") as service:
        for asking in (service.provider.check(), service.provider.submit(subject.order())):
            with pytest.raises(AccountTrouble, match=service.provider.setting):
                await asking
        assert service.host.asked[Operation.CREATE] == 1


# Requests that were never sent


@every_dialect
@pytest.mark.parametrize("key", ["a key\nof two lines", "a key \x00"], ids=["two lines", "a zero byte"])
async def test_an_order_that_cannot_even_be_written_was_not_sent(subject: Subject, key: str) -> None:
    async with subject.open(key=key) as service:
        with pytest.raises(Unavailable, match="can't be reached"):
            await service.provider.submit(subject.order())
        assert service.host.asked[Operation.CREATE] == 0


# Endless answers

NOT_TAKEN = "an answer of more than 1 MiB|DecodingError"


@every_dialect
@pytest.mark.parametrize("times", [0, 1, 2], ids=["plain", "packed", "packed-twice"])
async def test_an_answer_that_is_too_large_is_not_taken(subject: Subject, times: int) -> None:
    """For a compressed one the decompressed size counts; one that is compressed twice could have any size."""
    body = json.dumps({"id": subject.remote_id, "status": "queued", "more": "x" * 3_000_000}).encode()
    for _ in range(times):
        body = gzip.compress(body)
    said = Say(body=body, headers={"Content-Encoding": ", ".join(["gzip"] * times)} if times else {})
    async with subject.open(patience=Timeouts(most_answer=1024**2)) as service:
        service.host.trouble.next(Operation.LOOK, said)
        with pytest.raises(Unavailable, match=NOT_TAKEN):
            await service.provider.look(subject.remote_id)
        service.host.trouble.next(Operation.CREATE, said)
        with pytest.raises(OutcomeUnknown, match=NOT_TAKEN):
            await service.provider.submit(subject.order())


@every_dialect
async def test_a_large_answer_is_read(subject: Subject) -> None:
    body = {"id": subject.remote_id, "status": "queued", "more": "x" * 1_000_000}
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=body))
        assert isinstance(await service.provider.look(subject.remote_id), Waiting)


@every_dialect
async def test_a_byte_order_mark_is_passed_over(subject: Subject) -> None:
    body = "\ufeff" + json.dumps({"id": subject.remote_id, "status": "failed"})
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=body))
        assert isinstance(await service.provider.look(subject.remote_id), Broken)
