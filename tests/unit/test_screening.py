"""Orders against a server's rules: refused before anything is spent, reported to managers, allowed once."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, product
from pathlib import Path

import pytest

from bot.domain.errors import AgainstRules, BadRequest, OverBudget, Unavailable
from bot.domain.messages import msg
from bot.domain.moderation.model import ModelFinding, refused_categories, worst
from bot.domain.moderation.refusals import REFUSALS, ModerationDecision
from bot.domain.moderation.rules import ModelRules, Strictness, Topic
from bot.domain.moderation.venues import Venue
from bot.domain.video import Picture, VideoOptions
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.use_cases.create import Destination
from bot.jobs.use_cases.moderation.screening import MOST_REFUSALS, ScreenedOrder, Screening
from bot.ui.text.render import plain_text
from tests.builders import ANN, CHANNEL, GUILD, MAX, a_member, a_request
from tests.moderation import RecordingLog, ScriptedModel, a_screening, choose_log_channel, write_rules
from tests.scripted import MemoryRecords, SteppingClock
from tests.unit.test_failover import a_house

VIOLENT = {
    "violence": ModelFinding(flagged=True, score=0.9),
    "violence/graphic": ModelFinding(flagged=False, score=0.3),
    "sexual": ModelFinding(flagged=False, score=0.1),
}
PICTURE = Picture(key="pictures/x.png", preview="pictures/x.jpg", sha256="1" * 64, note="")


def an_order(prompt: str = "a fox and a hound", *, private: bool = False, **request: object) -> ScreenedOrder:
    return ScreenedOrder(request=a_request(prompt=prompt, **request), private=private, channel_id=CHANNEL)


async def refusal_of(screening: Screening, order: ScreenedOrder, **member: object) -> AgainstRules:
    with pytest.raises(AgainstRules) as refused:
        await screening.check(a_member(**member), order)
    return refused.value


async def test_a_server_without_rules_asks_nobody() -> None:
    model = ScriptedModel(says=VIOLENT)
    await a_screening(model=model).check(a_member(), an_order())
    assert model.asked == []


@pytest.mark.parametrize(
    ("rules", "told", "card"),
    [
        (
            {"words": ("hound",)},
            "This prompt contains a word that this server doesn't allow. You weren't charged.",
            "Forbidden word: hound",
        ),
        (
            {"patterns": ("h.?und",)},
            "This prompt matches a pattern that this server doesn't allow. You weren't charged.",
            "Forbidden pattern: h.?und",
        ),
        (
            {"model": ModelRules(asked=True)},
            (
                "The moderation check found violence in this prompt or its image, which this server doesn't allow. "
                "You weren't charged."
            ),
            "Found by the moderation model: violence",
        ),
    ],
)
async def test_a_refusal_names_the_kind_of_rule_and_managers_see_which(
    rules: dict[str, object], told: str, card: str
) -> None:
    records, log = MemoryRecords(), RecordingLog()
    await write_rules(records, **rules)
    refused = await refusal_of(a_screening(records=records, log=log, model=ScriptedModel(says=VIOLENT)), an_order())
    assert refused.sentence == told
    assert log.said == [f"member {ANN} in channel {CHANNEL}\n> a fox and a hound\n{card}"]
    assert log.buttons() == ["Block…", "Dismiss"]


async def test_managers_are_held_to_the_lists_too() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    await refusal_of(a_screening(records=records), an_order(), manages=True)


async def test_of_what_one_member_was_refused_the_newest_is_kept_and_what_somebody_said_something_about() -> None:
    """A script could try three prompts a second, which are kept for a month."""
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    screening = a_screening(records=records)
    syllables = ("ba", "de", "fu", "go", "ha", "ko", "lu", "me", "no", "po", "ra", "si", "tu", "wa", "ze")
    names = map("".join, product(syllables, repeat=2))
    orders = [an_order(f"a hound called {name}") for name in islice(names, MOST_REFUSALS + 2)]
    appealed, forgotten, *others = [order.id_for(a_member()) for order in orders]
    for order in orders:
        await refusal_of(screening, order)
        if order is orders[0]:
            await records.update(REFUSALS, appealed, lambda known: replace(known, appeal="please") if known else None)
    known = await records.read_many(REFUSALS, [appealed, forgotten, *others])
    assert known.keys() == {appealed, *others}


async def test_the_same_words_tried_again_are_one_card_an_hour() -> None:
    records, log, clock = MemoryRecords(), RecordingLog(), SteppingClock()
    await write_rules(records, words=("hound",))
    screening = a_screening(records=records, log=log, clock=clock)
    for prompt in ("a hound", "A  HOUND", "a hound"):
        await refusal_of(screening, an_order(prompt))
    assert len(log.cards) == 1
    await refusal_of(screening, an_order("a hound"), id=MAX)
    await refusal_of(screening, an_order("another hound"))
    assert len(log.cards) == 3
    clock.forward(3600)
    await refusal_of(screening, an_order("a hound"))
    assert len(log.cards) == 4


async def test_a_private_prompt_is_not_shown_to_managers() -> None:
    records, log = MemoryRecords(), RecordingLog()
    await write_rules(records, words=("hound",))
    await refusal_of(a_screening(records=records, log=log), an_order(private=True))
    assert log.said == [
        f"member {ANN}, for direct messages\n*The prompt of a private video isn't shown.*\nForbidden word: hound"
    ]


async def test_an_appeal_is_offered_where_somebody_would_read_it() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    assert (await refusal_of(a_screening(records=records), an_order())).refusal is None
    await choose_log_channel(records)
    assert (await refusal_of(a_screening(records=records), an_order())).refusal is not None
    await write_rules(records, words=("hound",), appeals_a_day=0)
    assert (await refusal_of(a_screening(records=records), an_order())).refusal is None


async def allowed_once(records: MemoryRecords, screening: Screening, order: ScreenedOrder) -> None:
    await refusal_of(screening, order)
    key = order.id_for(a_member())
    known = await records.read(REFUSALS, key)
    assert known is not None
    await records.write(REFUSALS, key, replace(known, decision=ModerationDecision.ALLOWED, decided_by=MAX))


async def test_what_was_allowed_once_is_ordered_once() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    screening, order = a_screening(records=records), an_order()
    await allowed_once(records, screening, order)
    await screening.check(a_member(), order)
    async with screening.passed(a_member(), order):
        pass
    with pytest.raises(AgainstRules):
        async with screening.passed(a_member(), order):
            pass


async def test_an_order_that_fails_for_another_reason_does_not_use_it_up() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    screening, order = a_screening(records=records), an_order()
    await allowed_once(records, screening, order)
    with pytest.raises(OverBudget):
        async with screening.passed(a_member(), order):
            raise OverBudget(msg("too dear"))
    async with screening.passed(a_member(), order):
        pass


async def test_it_is_nobody_elses_and_of_no_other_words() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    screening, order = a_screening(records=records), an_order()
    await allowed_once(records, screening, order)
    await refusal_of(screening, order, id=MAX)
    await refusal_of(screening, an_order("a fox and two hound"))
    await refusal_of(screening, an_order(picture=PICTURE))


async def test_the_model_sees_the_picture_and_is_asked_once_about_one_order(tmp_path: Path) -> None:
    records, model = MemoryRecords(), ScriptedModel()
    await write_rules(records, model=ModelRules(asked=True))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "x.jpg").write_bytes(b"a small one")
    screening, order = a_screening(records=records, model=model, folder=tmp_path), an_order(picture=PICTURE)
    await screening.check(a_member(), order)
    async with screening.passed(a_member(), order):
        pass
    assert model.asked == [("a fox and a hound", b"a small one")]


async def test_a_picture_that_the_model_cannot_see_is_not_passed_unseen() -> None:
    records, model = MemoryRecords(), ScriptedModel()
    await write_rules(records, model=ModelRules(asked=True))
    with pytest.raises(BadRequest, match="can't be checked here any more"):
        await a_screening(records=records, model=model).check(a_member(), an_order(picture=PICTURE))
    assert model.asked == []


async def test_the_negative_prompt_is_read_like_the_prompt_and_managers_see_both() -> None:
    records = MemoryRecords()
    await write_rules(records, words=("hound",))
    screening, order = a_screening(records=records), an_order("a fox", options=VideoOptions(negative_prompt="a hound"))
    await refusal_of(screening, order)
    await screening.check(a_member(), an_order("a fox", options=VideoOptions(negative_prompt="rain")))
    refused = await records.read(REFUSALS, order.id_for(a_member()))
    assert refused is not None
    assert refused.text == "a fox\n\na hound"


async def test_the_model_sees_every_picture_and_the_worst_counts(tmp_path: Path) -> None:
    records, model = MemoryRecords(), ScriptedModel(says=VIOLENT)
    await write_rules(records, model=ModelRules(asked=True))
    for name, picture in (("pictures/x.jpg", b"one"), ("inputs/y.jpg", b"another")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(picture)
    end = replace(PICTURE, key="inputs/y.png", preview="inputs/y.jpg", sha256="2" * 64)
    screening = a_screening(records=records, model=model, folder=tmp_path)
    order = an_order(picture=PICTURE, options=VideoOptions(end=end))
    await refusal_of(screening, order)
    assert model.asked == [("a fox and a hound", b"one"), ("a fox and a hound", b"another")]
    assert order.id_for(a_member()) != an_order(picture=PICTURE).id_for(a_member())


def test_the_worst_of_several_findings_is_kept() -> None:
    mild = {"violence": ModelFinding(flagged=False, score=0.95), "hate": ModelFinding(flagged=True, score=0.2)}
    assert worst([VIOLENT, mild])["violence"] == ModelFinding(flagged=True, score=0.95)
    assert worst([VIOLENT, mild])["hate"].flagged
    assert worst([VIOLENT]) == VIOLENT


async def test_while_the_model_is_down_orders_pass_and_managers_are_told_once_an_hour() -> None:
    records, log, clock = MemoryRecords(), RecordingLog(), SteppingClock()
    await write_rules(records, model=ModelRules(asked=True))
    down = ScriptedModel(says=Unavailable(msg("no answer")))
    screening = a_screening(records=records, model=down, log=log, clock=clock)
    await screening.check(a_member(), an_order("one"))
    await screening.check(a_member(), an_order("two"))
    assert [plain_text(card.title or card.body) for card in log.cards] == [
        "**Orders aren't checked by the moderation model**"
    ]


async def test_or_a_host_has_them_refused_free_of_charge() -> None:
    records, log = MemoryRecords(), RecordingLog()
    await write_rules(records, model=ModelRules(asked=True))
    down = ScriptedModel(says=Unavailable(msg("no answer")))
    screening = a_screening(records=records, model=down, log=log, refuses_unchecked=True)
    refused = await refusal_of(screening, an_order())
    assert refused.sentence.startswith("Orders are checked first, and the moderation check isn't answering.")
    assert refused.sentence.endswith("You weren't charged.")
    assert refused.refusal is None
    assert log.cards == []


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        (ModelRules(), ("violence",)),
        (ModelRules(strictness=Strictness.STRICT), ("violence", "violence/graphic")),
        (ModelRules(strictness=Strictness.LENIENT), ("violence",)),
        (ModelRules(topics=(Topic.SEXUAL,)), ()),
        (ModelRules(topics=(Topic.SEXUAL,), strictness=Strictness.STRICT), ()),
    ],
)
def test_what_the_model_may_not_find_is_the_servers_choice(rules: ModelRules, refused: tuple[str, ...]) -> None:
    assert refused_categories(VIOLENT, rules) == refused


def test_minors_are_no_choice() -> None:
    found = {"sexual/minors": ModelFinding(flagged=True, score=0.6)}
    assert refused_categories(found, ModelRules(topics=(), strictness=Strictness.LENIENT)) == ("sexual/minors",)


def test_this_is_about_one_server() -> None:
    assert an_order().id_for(a_member()) != an_order().id_for(a_member(guild_id=GUILD + 1))


async def test_the_words_of_its_original_count_for_a_remix_too(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        member, there = a_member(manages=True), Destination(channel_id=CHANNEL, upload_limit=1, interaction_id=1)
        video = await house.bench.run((await house.create.place(member, await house.quote(), there)).id)
        await write_rules(house.bench.records, words=("snow at night",))  # half from each prompt
        remix = await house.create.quote_remix(member, video.id, RemixRequest(prompt="at night"))
        with pytest.raises(AgainstRules, match="The original's prompt counts, too"):
            await house.create.screen(member, remix, CHANNEL)
        with pytest.raises(AgainstRules):
            await house.create.place(member, remix, replace(there, interaction_id=2))


async def test_what_is_ordered_in_direct_messages_is_private_wherever_its_server_posts_videos(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        alone = a_member(manages=True, venue=Venue.DIRECT)
        there = Destination(channel_id=CHANNEL, upload_limit=1, interaction_id=1)
        assert (await house.create.place(alone, await house.quote(), there)).private
