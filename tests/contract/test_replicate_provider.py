"""Replicate's dialect, over real HTTP against a simulated host that is as strict as its schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import AccountTrouble, CannotStart, Gone, OutcomeUnknown, Refused, Unavailable, Unsupported
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.domain.video import RemixMethod, Size, VideoOptions
from bot.providers.common.timeouts import Timeouts
from bot.providers.replicate.inputs import KNOWN, InputRole, ModelInputs, inputs_in
from bot.providers.replicate.status import files_of
from bot.sandbox.video.replicate.menu import description_of
from bot.sandbox.video.trouble import Hang, Operation, Reset, Say
from tests.contract.replicate_services import GROK, KLING, MOVIOLA, TALL, WAN, a_provider, a_replicate, an_order
from tests.contract.video_services import IMPATIENT, MP4, RENDER_SECONDS, a_picture
from tests.films import a_film

NOT_FOUND = {"detail": "The requested resource could not be found.", "status": 404}


def since(moment: float = 0.0) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


# Orders


async def test_a_video_is_ordered_followed_and_brought_home(tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.provider.submit(an_order())
        assert await service.provider.look(remote_id) == Waiting()
        service.finish()
        assert await service.provider.look(remote_id) == Ready()
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "v.webp")
        assert (tmp_path / "v.mp4").read_bytes() == MP4
        (made,) = service.host.created
        assert (made.prompt, made.ordered.size, made.ordered.seconds) == ("a red fox in the snow", (1280, 720), 5)


async def test_an_order_for_a_shipped_model_is_one_request() -> None:
    async with a_replicate() as service:
        await service.provider.submit(an_order())
        assert dict(service.host.asked) == {Operation.CREATE: 1}


@pytest.mark.parametrize("model", list(KNOWN))
def test_what_is_known_of_a_shipped_model_is_what_its_schema_says(model: str) -> None:
    """The simulated host's schemas are modelled on the real ones."""
    asked = inputs_in(description_of(model))
    assert asked is not None
    for role, field in KNOWN[model].fields.items():
        told = asked.fields[role]
        assert (field.name, field.is_text, set(field.choices)) == (told.name, told.is_text, set(told.choices))
    assert set(KNOWN[model].fields) == set(asked.fields)


def test_of_two_fields_for_a_picture_the_one_that_says_more_is_taken() -> None:
    """Kling keeps an older `image` beside its `start_image`."""
    fields = {name: {"type": "string"} for name in ("image", "start_image", "prompt")}
    assert ModelInputs.of(fields).fields[InputRole.PICTURE].name == "start_image"


async def test_what_another_model_takes_is_asked_once() -> None:
    async with a_replicate() as service:
        options = VideoOptions(sound=False, seed=7, negative_prompt="rain", references=(a_picture(),) * 2)
        await service.provider.submit(an_order(remote=MOVIOLA, options=options))
        await service.provider.submit(an_order(remote=MOVIOLA, size=TALL, seconds=10))
        assert service.host.asked[Operation.MODELS] == 1
        first, second = (made.ordered for made in service.host.created)
        assert (first.sound, first.seed, first.without, len(first.references)) == (False, 7, "rain", 2)
        assert (second.size, second.seconds) == ((720, 1280), 10)


async def test_pictures_are_uploaded_before_the_order() -> None:
    async with a_replicate() as service:
        start, end = a_picture(), a_picture(Size(640, 360))
        await service.provider.submit(an_order(remote=MOVIOLA, picture=start, options=VideoOptions(end=end)))
        (made,) = service.host.created
        assert (made.ordered.picture, made.ordered.end) == (start, end)


async def test_the_source_of_an_edit_goes_along(tmp_path: Path) -> None:
    source = a_film(tmp_path / "source.mp4")
    async with a_replicate() as service:
        order = an_order(remote=GROK, method=RemixMethod.SOURCE, source_file=source)
        await service.provider.submit(order)
        assert service.host.created[0].ordered.picture == source.read_bytes()


async def test_a_source_whose_file_is_gone_leads_to_the_next_way() -> None:
    async with a_replicate() as service:
        with pytest.raises(Unsupported, match="file is missing") as caught:
            await service.provider.submit(
                an_order(remote=GROK, method=RemixMethod.SOURCE, source_file=Path("gone.mp4"))
            )
        assert not caught.value.lasting
        assert not service.host.asked


@pytest.mark.parametrize("fault", [Reset(), Reset(after=True), Say(status=500), Say(status=502)])
async def test_an_upload_that_fails_is_no_order(fault: Any) -> None:
    async with a_replicate(patience=IMPATIENT) as service:
        service.host.trouble.next(Operation.FILE, fault)
        with pytest.raises(Unavailable):
            await service.provider.submit(an_order(picture=a_picture()))
        assert service.host.asked[Operation.CREATE] == 0


async def test_files_that_take_too_long_are_no_order() -> None:
    """The order would be sent when it may have been searched for already."""
    async with a_replicate(patience=Timeouts(prepare=0.3)) as service:
        service.host.trouble.next(Operation.FILE, Hang())
        with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
            await service.provider.submit(an_order(picture=a_picture()))
        assert service.host.asked[Operation.CREATE] == 0


async def test_a_file_that_is_too_large_is_no_order() -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.FILE, Say(status=413, body={"detail": "File too large"}))
        with pytest.raises(Refused, match="File too large"):
            await service.provider.submit(an_order(picture=a_picture()))
        assert service.host.asked[Operation.CREATE] == 0


# Missing features of a model


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"options": VideoOptions(sound=True)}, "`sound`"),
        ({"options": VideoOptions(seed=1)}, "`seed`"),
        ({"options": VideoOptions(negative_prompt="rain")}, "`negative-prompt`"),
        ({"options": VideoOptions(end=b"png")}, "`end`"),
        ({"options": VideoOptions(references=(b"png",))}, "`references`"),
        ({"size": Size(1344, 768)}, "1344x768"),
        ({"size": Size(1680, 720)}, "1680x720"),
        ({"remote": KLING, "seconds": 7, "size": Size(1920, 1080)}, "7 s"),
    ],
)
async def test_what_a_model_has_no_field_for_is_refused_before_anything_is_sent(
    changes: dict[str, Any], named: str
) -> None:
    async with a_replicate() as service:
        with pytest.raises(Refused, match=named):
            await service.provider.submit(an_order(**changes))
        assert not service.host.asked


async def test_a_model_of_one_resolution_is_ordered_by_its_ratio() -> None:
    async with a_replicate() as service:
        await service.provider.submit(an_order(remote=KLING, size=Size(1080, 1920)))
        assert service.host.created[0].ordered.size == (1080, 1920)


@pytest.mark.parametrize("method", [RemixMethod.NATIVE, RemixMethod.EDIT, RemixMethod.EXTEND, RemixMethod.SOURCE])
async def test_a_way_to_remix_that_is_not_there_leads_to_the_next(method: RemixMethod, tmp_path: Path) -> None:
    async with a_replicate() as service:
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(an_order(method=method, source_id="x", source_file=tmp_path / "v.mp4"))
        assert caught.value.lasting
        assert not service.host.asked
        card = an_order().card
        assert await service.provider.remix_methods(card) == (
            *(RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT),
        )


async def test_a_model_that_is_not_there_is_named() -> None:
    async with a_replicate() as service:
        with pytest.raises(Refused, match="no model called “nobody/nothing”"):
            await service.provider.submit(an_order(remote="nobody/nothing"))
        service.host.trouble.next(Operation.CREATE, Say(status=404, body=NOT_FOUND))
        with pytest.raises(Refused, match="no model called “alibaba/wan-3”"):
            await service.provider.submit(an_order())
        assert not service.host.created


async def test_a_model_without_a_schema_cannot_be_ordered() -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.MODELS, Say(body={"latest_version": None}))
        with pytest.raises(Refused, match="doesn't say what “simulated/moviola-1” takes"):
            await service.provider.submit(an_order(remote=MOVIOLA))
        assert service.host.asked[Operation.CREATE] == 0


async def test_after_an_order_that_was_disliked_the_model_is_asked_about_anew() -> None:
    async with a_replicate() as service:
        disliked = {"title": "Input validation failed", "detail": "- input.image: Additional property", "status": 422}
        service.host.trouble.next(Operation.CREATE, Say(status=422, body=disliked))
        with pytest.raises(Refused, match="Additional property"):
            await service.provider.submit(an_order())
        await service.provider.submit(an_order())
        assert service.host.asked[Operation.MODELS] == 1


# Who is told about trouble


async def test_refused_words_are_the_members_matter() -> None:
    async with a_replicate() as service:
        with pytest.raises(Refused, match="rejected this prompt") as caught:
            await service.provider.submit(an_order("[refused] a fox"))
        assert caught.value.cause is Cause.MODERATION


async def test_too_many_orders_wait_as_long_as_was_said() -> None:
    """The message mentions credit, although it is not used up."""
    detail = (
        "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a "
        "burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~9s."
    )
    async with a_replicate() as service:
        said = Say(status=429, body={"detail": detail, "status": 429, "retry_after": 9})
        service.host.trouble.next(Operation.CREATE, said)
        with pytest.raises(Unavailable, match="busy") as caught:
            await service.provider.submit(an_order())
        assert caught.value.retry_after == 9


async def test_used_up_credit_is_a_matter_of_whoever_runs_the_bot() -> None:
    async with a_replicate() as service:
        body = {
            "title": "Insufficient credit",
            "detail": "You have insufficient credit to run this model.",
            "status": 402,
        }
        service.host.trouble.next(Operation.CREATE, Say(status=402, body=body))
        with pytest.raises(AccountTrouble, match="no credit left on the account of REPLICATE_API_KEY"):
            await service.provider.submit(an_order())


@pytest.mark.parametrize("body", ["<html>hello</html>", "hello"])
async def test_an_address_where_there_is_something_else_stops_the_start(body: str) -> None:
    async with a_replicate() as service:
        await service.provider.check()
        service.host.trouble.next(Operation.KEY, Say(body=body))
        with pytest.raises(CannotStart, match="usually ends in /v1"):
            await service.provider.check()
        async with a_provider(f"{service.base_url}/v1") as lost:
            with pytest.raises(CannotStart, match="no video service"):
                await lost.check()


# How it ends


@pytest.mark.parametrize(
    ("prompt", "cause", "words"),
    [
        ("[moderated] a fox", Cause.MODERATION, "moderation blocked"),
        ("[breaks] a fox", Cause.PROVIDER, "Prediction interrupted"),
    ],
)
async def test_a_failure_costs_nothing(prompt: str, cause: Cause, words: str) -> None:
    async with a_replicate() as service:
        seen = await service.provider.look(await service.finished(an_order(prompt)))
        assert isinstance(seen, Broken)
        assert (seen.cause, seen.charged) == (cause, False)
        assert words in str(seen.reason)


@pytest.mark.parametrize(
    ("shown", "charged"),
    [
        ({"status": "canceled", "started_at": "2026-11-29T12:00:00Z"}, True),
        ({"status": "canceled", "started_at": None}, False),
        ({"status": "aborted", "started_at": None}, False),
    ],
)
async def test_what_had_begun_is_paid_though_it_was_stopped(shown: dict[str, Any], *, charged: bool) -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": "x", **shown}))
        seen = await service.provider.look("x")
        assert isinstance(seen, Broken)
        assert seen.charged is charged


async def test_a_video_is_stopped_while_it_is_being_made_and_not_afterwards() -> None:
    async with a_replicate() as service:
        first, second = [await service.provider.submit(an_order()) for _ in range(2)]
        assert await service.provider.cancel(first)
        service.finish()
        assert isinstance(await service.provider.look(first), Broken)
        assert not await service.provider.cancel(second)
        assert not await service.provider.cancel("nobody")
        assert not await service.provider.forget(second)
        assert await service.provider.look(second) == Ready()


async def test_after_an_hour_the_file_is_gone(tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        service.clock.now += 3600
        with pytest.raises(Gone, match="no longer has this video's file"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize("shape", ["{}", ["{}"], {"video": "{}", "poster": "{}.png"}, [["{}.png"], {"video": "{}"}]])
async def test_the_file_is_found_wherever_a_model_puts_it(shape: Any, tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        place = f"{service.base_url.removesuffix('/v1')}/delivery/{remote_id}/output.mp4"
        service.host.trouble.next(
            Operation.LOOK, Say(body={"id": remote_id, "status": "succeeded", "output": filled(shape, place)})
        )
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert (tmp_path / "v.mp4").read_bytes() == MP4


def filled(shape: Any, place: str) -> Any:
    match shape:
        case str():
            return shape.format(place)
        case list():
            return [filled(inner, place) for inner in shape]
        case _:
            return {name: filled(inner, place) for name, inner in shape.items()}


def with_files(remote_id: str, *files: str) -> Say:
    return Say(body={"id": remote_id, "status": "succeeded", "output": list(files)})


async def test_another_file_beside_it_does_not_keep_a_video_from_coming_home(tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        place = f"{service.base_url.removesuffix('/v1')}/delivery/{remote_id}/output.mp4"
        service.host.trouble.next(Operation.LOOK, with_files(remote_id, "https://127.0.0.1:1/other.mp4", place))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert (tmp_path / "v.mp4").read_bytes() == MP4


async def test_another_file_that_is_gone_does_not_give_up_a_video_that_may_come(tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        place = f"{service.base_url.removesuffix('/v1')}/delivery/{remote_id}/output.mp4"
        service.host.trouble.next(Operation.LOOK, with_files(remote_id, place, f"{service.base_url}/poster.png"))
        service.host.trouble.next(Operation.CONTENT, Say(status=503))
        with pytest.raises(Unavailable):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


def test_a_moving_preview_comes_after_the_video() -> None:
    output = ["https://r.example/preview.gif", "https://r.example/p.png", "https://r.example/video.mp4?sig=.gif"]
    assert list(files_of({"output": output})) == [output[2], output[0], output[1]]


async def test_a_finished_video_without_a_file_is_asked_for_again(tmp_path: Path) -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.LOOK, Say(body={"id": remote_id, "status": "succeeded", "output": None}))
        with pytest.raises(Unavailable, match="isn't handing out"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_an_order_taken_without_an_answer_is_unknown_and_sent_once() -> None:
    async with a_replicate() as service:
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("[lost] a fox"))
        assert service.host.asked[Operation.CREATE] == 1
        listed = await service.provider.recent(since(service.clock.now - RENDER_SECONDS))
        assert listed is not None
        assert [entry.remote_id for entry in listed] == [made.id for made in service.host.created]
        assert listed[0].model == WAN
