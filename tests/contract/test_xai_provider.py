"""Orders, remixes and files at xAI, as the simulated host handles them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, CannotStart, Gone, ProviderError, Refused, Unavailable, Unsupported
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.domain.video import RemixMethod, Size, VideoOptions
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from bot.sandbox.video.xai.orders import NEWER
from tests.contract.video_services import IMPATIENT, a_picture
from tests.contract.xai_services import SMALL, a_provider, a_short_order, an_order, an_xai
from tests.extent import only_in_full

NAME = "K7Q4FD-0123456789abcdef"


# New videos


async def test_an_order_waits_is_done_and_says_what_it_cost(tmp_path: Path) -> None:
    async with an_xai() as service:
        remote_id = await service.provider.submit(a_short_order())
        assert await service.provider.look(remote_id) == Waiting(progress=1)
        service.finish()
        assert await service.provider.look(remote_id) == Ready(cost=Usd.of("0.10"))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert (tmp_path / "v.mp4").read_bytes()[4:8] == b"ftyp"
        assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t.webp")
        assert len(service.host.created) == 1


async def test_an_order_takes_its_picture_its_size_and_its_references_along() -> None:
    picture = a_picture(SMALL)
    async with an_xai() as service:
        await service.provider.submit(an_order(picture=picture, size=Size(480, 854)))
        await service.provider.submit(an_order(options=VideoOptions(references=(picture, picture))))
        first, second = [made.ordered for made in service.host.created]
    assert (first.picture, first.size, first.seconds) == (picture, (480, 854), 5)
    assert (second.picture, second.references) == (None, (picture, picture))


@pytest.mark.parametrize("size", [Size(1366, 768), Size(1680, 720), Size(1000, 999)])
async def test_a_size_that_xai_has_no_words_for_is_refused_before_anything_is_sent(size: Size) -> None:
    async with an_xai() as service:
        with pytest.raises(Refused, match=f"not {size}"):
            await service.provider.submit(an_order(size=size))
        assert not service.host.asked


async def test_sound_cannot_be_asked_for_and_is_never_dropped_in_silence() -> None:
    async with an_xai() as service:
        with pytest.raises(Refused, match="doesn't take `sound`"):
            await service.provider.submit(an_order(options=VideoOptions(sound=False)))
        assert not service.host.asked


# Withheld by moderation


@pytest.mark.parametrize("refuses_looks", [True, False], ids=["as seen", "as documented"])
async def test_what_moderation_withholds_has_ended_and_was_billed(*, refuses_looks: bool, tmp_path: Path) -> None:
    async with an_xai(refuses_looks=refuses_looks) as service:
        remote_id = await service.finished(an_order("a [moderated] fox", seconds=2, size=SMALL))
        seen = await service.provider.look(remote_id)
        assert isinstance(seen, Broken)
        assert (seen.cause, seen.charged, seen.cost) == (Cause.MODERATION, True, Usd.of("0.10"))
        with pytest.raises(Gone):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_what_is_withheld_without_a_cost_counts_as_what_was_quoted() -> None:
    async with an_xai() as service:
        blocked = {"code": "imagine:content-moderated", "error": "Generated video rejected."}
        service.host.trouble.next(Operation.LOOK, Say(status=400, body=blocked))
        seen = await service.provider.look("v")
        assert isinstance(seen, Broken)
        assert (seen.cause, seen.charged, seen.cost) == (Cause.MODERATION, True, None)


async def test_a_prompt_that_is_refused_costs_nothing_and_is_the_members_matter() -> None:
    async with an_xai() as service:
        with pytest.raises(Refused) as caught:
            await service.provider.submit(an_order("a [refused] fox"))
        assert caught.value.cause is Cause.MODERATION
        assert not service.host.created


async def test_what_breaks_is_free_unless_it_says_what_it_cost() -> None:
    async with an_xai() as service:
        remote_id = await service.finished(an_order("it [breaks]"))
        seen = await service.provider.look(remote_id)
        assert isinstance(seen, Broken)
        assert (seen.cause, seen.charged) == (Cause.PROVIDER, False)
        assert "could not be generated" in str(seen.reason)
        service.host.trouble.next(Operation.LOOK, Say(body={"status": "expired"}))
        lapsed = await service.provider.look(remote_id)
        assert isinstance(lapsed, Broken)
        assert (lapsed.cause, lapsed.charged) == (Cause.EXPIRED, False)


async def test_a_video_with_an_address_and_no_status_is_done() -> None:
    async with an_xai() as service:
        made = {"video": {"url": "https://vidgen.x.ai/v.mp4", "duration": 2}, "model": "grok-imagine-video"}
        service.host.trouble.next(Operation.LOOK, Say(body=made))
        assert await service.provider.look("v") == Ready()


# Who is told about a refusal


@pytest.mark.parametrize(
    ("status", "words", "error", "said"),
    [
        (400, "Incorrect API key provided: xa***.", AccountTrouble, "rejected the key in XAI_API_KEY"),
        (403, "Your team has used all available credits.", AccountTrouble, "no credit left"),
        (429, "Your team has reached its monthly spending limit.", AccountTrouble, "no credit left"),
        (403, "Your team is blocked.", AccountTrouble, "won't let the key in XAI_API_KEY make videos"),
        (403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_X", Refused, "rejected this prompt"),
        (404, "The model grok-9 does not exist.", Refused, "The model grok-9 does not exist"),
        (422, "duration must be between 1 and 15", Refused, "duration must be"),
        (429, "Too many requests", Unavailable, "asked to wait"),
    ],
)
async def test_a_refusal_of_an_order_has_its_meaning(
    status: int, words: str, error: type[ProviderError], said: str
) -> None:
    async with an_xai() as service:
        body = {"code": "some-code", "error": words}
        service.host.trouble.next(Operation.CREATE, Say(status=status, body=body))
        with pytest.raises(error) as caught:
            await service.provider.submit(an_order())
        assert type(caught.value) is error
        assert said in caught.value.sentence


async def test_an_id_that_is_none_is_gone() -> None:
    async with an_xai() as service:
        for remote_id in ("no id", "c1969c86-eaf1-9c25-a594-44a74c992e09"):
            with pytest.raises(Gone):
                await service.provider.look(remote_id)


async def test_the_check_tells_a_wrong_address_and_a_wrong_key() -> None:
    async with an_xai() as service:
        await service.provider.check()
        async with a_provider(service.base_url, key="other") as stranger:
            with pytest.raises(AccountTrouble, match="XAI_API_KEY"):
                await stranger.check()
        async with a_provider(service.base_url.removesuffix("/v1")) as lost:
            with pytest.raises(CannotStart, match="usually ends in /v1"):
                await lost.check()
        assert not service.host.created


# Remixes


async def test_an_edit_is_of_its_own_video_by_the_file_it_is_kept_as() -> None:
    async with an_xai() as service:
        source = await service.finished(an_order("a fox", size=SMALL))
        edited = await service.finished(an_order("at night", method=RemixMethod.NATIVE, source_id=source, size=SMALL))
        assert await service.provider.look(edited) == Ready(cost=Usd.of("0.30"))  # 5 s made, and 5 s read
        made = service.host.created[-1]
        assert made.operation is Operation.EDIT
        assert (made.ordered.remixed_from, made.ordered.lineage) == (source, ("a fox", "at night"))


async def test_a_video_that_was_never_kept_is_edited_by_its_address() -> None:
    async with an_xai() as service:
        source = await service.finished(an_order(own_name=None))
        await service.provider.submit(an_order("at night", method=RemixMethod.NATIVE, source_id=source))
        assert service.host.created[-1].ordered.remixed_from == source


async def test_an_extension_is_the_whole_and_within_what_the_card_says() -> None:
    async with an_xai() as service:
        source = await service.finished(an_order("a fox", size=SMALL, seconds=8))
        longer = an_order("it hops", method=RemixMethod.EXTEND, source_id=source, size=SMALL, seconds=4)
        seen = await service.provider.look(await service.finished(longer))
        assert service.host.created[-1].ordered.seconds == 12
        assert isinstance(seen, Ready)
        assert seen.cost is not None
        assert seen.cost <= Usd.of("0.17") * 4  # the highest possible price


@pytest.mark.parametrize(
    ("method", "source_seconds", "seconds"),
    [
        (RemixMethod.NATIVE, 9, 9),  # longer than can be edited
        (RemixMethod.EXTEND, 1, 5),
        (RemixMethod.EXTEND, 5, 1),
        (RemixMethod.EXTEND, 5, 11),
        (RemixMethod.EXTEND, 11, 5),  # might cost more than was quoted
    ],
)
async def test_what_xai_would_refuse_or_might_charge_more_for_is_left_to_the_next_way(
    method: RemixMethod, source_seconds: int, seconds: int
) -> None:
    async with an_xai() as service:
        source = await service.finished(an_order(seconds=source_seconds))
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(an_order(method=method, source_id=source, seconds=seconds))
        assert not caught.value.lasting
        assert len(service.host.created) == 1


@only_in_full("takes a second")
async def test_a_source_that_is_gone_not_done_or_withheld_leads_to_the_next_way() -> None:
    async with an_xai() as service:
        withheld = await service.finished(an_order("[moderated]"))
        waiting = await service.provider.submit(an_order())
        for source in (withheld, waiting, "c1969c86-eaf1-9c25-a594-44a74c992e09", None):
            with pytest.raises(Unsupported):
                await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id=source))
        assert len(service.host.created) == 2


async def test_a_source_that_cannot_be_asked_about_sends_nothing() -> None:
    async with an_xai(patience=IMPATIENT) as service:
        source = await service.finished()
        service.host.trouble.next(Operation.LOOK, Reset())
        with pytest.raises(Unavailable):
            await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id=source))
        assert len(service.host.created) == 1


async def test_an_edit_that_is_refused_says_nothing_of_other_videos() -> None:
    async with an_xai() as service:
        source = await service.finished(an_order(remote=NEWER))
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(an_order(remote=NEWER, method=RemixMethod.NATIVE, source_id=source))
        assert not caught.value.lasting


# Lost orders


@only_in_full("test_xai_jobs.py has the like")
async def test_a_lost_order_is_found_by_its_name_once_it_is_done(tmp_path: Path) -> None:
    async with an_xai() as service:
        service.host.trouble.next(Operation.CREATE, Reset(after=True))
        with pytest.raises(ProviderError):
            await service.provider.submit(a_short_order())
        await service.finished(an_order(own_name="BBBBBB-0", size=SMALL, seconds=1))
        found = await service.provider.find(NAME)
        assert found is not None
        (remote_id,) = found
        assert remote_id.startswith("file:")
        assert await service.provider.look(remote_id) == Ready()
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        edit = an_order("at night", method=RemixMethod.NATIVE, source_id=remote_id)
        await service.provider.submit(edit)
        assert service.host.created[-1].ordered.remixed_from == service.host.created[0].id
        assert await service.provider.forget(remote_id)
        with pytest.raises(Gone):
            await service.provider.look(remote_id)


async def test_an_order_that_is_not_done_is_not_there_yet() -> None:
    async with an_xai() as service:
        await service.provider.submit(a_short_order())
        assert await service.provider.find(NAME) == []


async def test_every_page_of_files_is_read() -> None:
    async with an_xai() as service:
        pages: list[dict[str, object]] = [
            {"data": [{"id": "file_1", "filename": "other.mp4"}, 7], "pagination_token": "a b"},
            {"data": [{"id": "file_2", "filename": f"kinora-{NAME}.mp4"}, {"filename": f"kinora-{NAME}.mp4"}]},
        ]
        service.host.trouble.next(Operation.LIST, *[Say(body=page) for page in pages])
        assert await service.provider.find(NAME) == ["file:file_2"]
        assert service.host.asked[Operation.LIST] == 2


async def test_pages_older_than_a_file_is_kept_are_not_read() -> None:
    async with an_xai() as service:
        old = [{"id": "a", "filename": "x", "created_at": moment} for moment in (1_600_000_001, 1_600_000_000)]
        service.host.trouble.next(Operation.LIST, Say(body={"data": old, "pagination_token": "t"}))
        assert await service.provider.find(NAME) == []
        assert service.host.asked[Operation.LIST] == 1


async def test_a_key_without_a_right_to_files_knows_no_names() -> None:
    async with an_xai() as service:
        service.host.trouble.next(Operation.LIST, Say(status=403, body={"code": "permission-denied", "error": "no"}))
        assert await service.provider.find(NAME) is None
        service.host.trouble.next(Operation.LIST, Say(status=503))
        with pytest.raises(Unavailable):
            await service.provider.find(NAME)


async def test_a_host_that_keeps_no_files_gets_the_order_again_without_a_name() -> None:
    async with an_xai() as service:
        body = {"code": "invalid-argument", "error": "unknown field `storage_options`"}
        service.host.trouble.next(Operation.CREATE, Say(status=422, body=body))
        with pytest.raises(Unavailable):
            await service.provider.submit(a_short_order())
        assert not service.host.created
        remote_id = await service.finished(a_short_order())
        assert await service.provider.find(NAME) is None
        assert await service.provider.look(remote_id) == Ready(cost=Usd.of("0.10"))
        assert len(service.host.created) == 1


# Files


@only_in_full("takes a second")
async def test_a_video_whose_address_has_lapsed_is_fetched_from_files(tmp_path: Path) -> None:
    async with an_xai() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, Say(status=404))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_that_is_nowhere_any_more_is_gone(tmp_path: Path) -> None:
    async with an_xai() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, Say(status=404))
        service.host.trouble.next(Operation.FILE, Say(status=404, body={"code": "not-found", "error": "gone"}))
        with pytest.raises(Gone):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize(
    ("at_its_address", "in_files"), [(Reset(), Say(status=404)), (Say(status=410), Say(status=500))]
)
async def test_one_place_that_fails_for_now_proves_nothing(
    at_its_address: Fault, in_files: Fault, tmp_path: Path
) -> None:
    async with an_xai() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, at_its_address)
        service.host.trouble.next(Operation.FILE, in_files)
        with pytest.raises(Unavailable):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_forgetting_deletes_the_file_and_owns_up_to_the_copy_that_is_left() -> None:
    async with an_xai() as service:
        remote_id = await service.finished()
        assert not await service.provider.forget(remote_id)
        assert await service.provider.find(NAME) == []
        assert not await service.provider.cancel(remote_id)
