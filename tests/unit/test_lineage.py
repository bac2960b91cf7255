"""The family of a video: what each reader may know of it, its layout, and the bounded size of its picture."""

from __future__ import annotations

import io
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.errors import Unavailable
from bot.domain.ids import ALPHABET, JobId
from bot.domain.job import Job
from bot.domain.media import DrawnRelative
from bot.domain.studio.family import Family, Relative
from bot.domain.studio.visibility import Visibility
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.lineage import MOST, MOST_BEFORE, Lineage
from bot.media.processor import SubprocessMediaProcessor
from bot.media.tree.layout import ROOT, laid_out
from bot.media.tree.picture import LONGEST, draw
from bot.media.worker.message import WorkerMessage
from bot.ui.screens.video.lineage import FamilyFacts, LineageScreen
from bot.ui.text.phrases.studio import look
from bot.ui.text.render import plain_text
from tests.builders import MAX, SAM, KnownChannels, a_done_job, a_job, a_member, a_request
from tests.changes import some_changes
from tests.scripted import MemoryRecords

pytestmark = pytest.mark.usefixtures("cheap_processes")

ANNS, MANAGER, ELSEWHERE = (
    a_member(),
    a_member(id=MAX, manages=True),
    a_member(channels=KnownChannels(seen=frozenset())),
)
_numbers = itertools.count(len(ALPHABET) ** 3)


def an_id() -> JobId:
    number, letters = next(_numbers), ""
    for _ in range(6):
        number, letter = divmod(number, len(ALPHABET))
        letters = ALPHABET[letter] + letters
    return JobId(letters)


def made(of: Job | None = None, **changes: Any) -> Job:
    source = None if of is None else of.id
    return a_done_job(**{"id": an_id(), "request": a_request(source=source), **changes})


@dataclass(frozen=True)
class Kept:
    """All existing jobs."""

    jobs: Sequence[Job]

    async def get(self, job_id: JobId) -> Job | None:
        return next((job for job in self.jobs if job.id == job_id), None)

    async def remixes(self, sources: Collection[JobId]) -> Sequence[Job]:
        return [job for job in self.jobs if job.request.source in set(sources)]


def a_lineage(*jobs: Job) -> Lineage:
    kept: Any = Kept(jobs)
    preferences = GuildPreferences(records=MemoryRecords(), changes=some_changes())
    return Lineage(queries=kept, private_videos=PrivateVideos(preferences=preferences))


def ids(jobs: Iterable[Job]) -> list[JobId]:
    return [job.id for job in jobs]


async def test_a_family_is_found_from_any_of_its_videos() -> None:
    fox = made()
    snow, night = made(fox), made(fox)
    owl, failed = made(snow), a_job(request=a_request(source=snow.id))
    find = a_lineage(fox, snow, night, owl, failed)
    for asked in fox, snow, night, owl:
        family = await find.of(ANNS, asked)
        assert set(ids(each.job for each in family.relatives)) == {fox.id, snow.id, night.id, owl.id}
        assert family.relatives[family.asked].job == asked
        for place, each in enumerate(family.relatives):
            assert each.parent is None or each.parent < place
    assert ids(family.nearest()) == [snow.id, fox.id, night.id]
    assert ids(each.job for each in family.ancestors()) == [snow.id, fox.id]


async def test_what_is_not_theirs_is_only_counted_and_what_is_deleted_is_a_gap() -> None:
    fox = made()
    gone, secret = made(fox, deleted=True), made(fox, owner_id=SAM, private=True)
    after_gone, erased = made(gone), made(fox, owner_id=ERASED_MEMBER, deleted=True)
    family = await a_lineage(fox, gone, secret, after_gone, erased).of(ANNS, fox)
    visibilities = {each.job.id: each.visibility for each in family.relatives}
    assert visibilities == {
        fox.id: Visibility.SHOWN,
        gone.id: Visibility.DELETED,
        secret.id: Visibility.HIDDEN,
        after_gone.id: Visibility.SHOWN,
        erased.id: Visibility.DELETED,
    }
    view: Any = LineageScreen(fox, family, FamilyFacts(drawn=5))
    shown = str(view.to_components())
    assert "5 videos · 2 deleted (✕) · 1 not shown to you (•••)" in shown
    assert secret.id not in shown
    assert gone.id not in shown
    assert after_gone.id in shown


@pytest.mark.parametrize(
    ("member", "seen"),
    [
        pytest.param(a_member(), 2, id="its owner"),
        pytest.param(a_member(id=SAM), 1, id="a member"),
        pytest.param(a_member(id=SAM, roles=frozenset()), 1, id="a stranger"),
        pytest.param(MANAGER, 1, id="a manager"),
        pytest.param(a_member(id=SAM, channels=KnownChannels(seen=frozenset())), 0, id="who does not see the channel"),
    ],
)
async def test_who_sees_whose_videos_in_a_family(member: Any, seen: int) -> None:
    fox = made()
    secret = made(fox, private=True)
    family = await a_lineage(fox, secret).of(member, fox)
    assert family.number(Visibility.SHOWN) == seen


async def test_no_more_are_looked_up_than_can_be_drawn_and_that_is_said() -> None:
    line = [made()]
    for _ in range(MOST_BEFORE + 5):
        line.append(made(line[-1]))
    family = await a_lineage(*line).of(ANNS, line[-1])
    assert family.begins_earlier
    assert "There are older ones, which aren't counted." in plain_text(look.family(family, None))
    star = [made()]
    star += [made(star[0]) for _ in range(MOST)]
    family = await a_lineage(*star).of(ANNS, star[0])
    assert (len(family.relatives), family.goes_on) == (MOST, True)


def test_children_stand_below_their_parent_and_nothing_stands_twice() -> None:
    for parents in (
        [ROOT],
        [ROOT, 0, 0, 1, 1, 4],
        [ROOT, *[0] * 40],
        [ROOT, *range(30)],
        [ROOT, *[number // 2 for number in range(60)]],
    ):
        layout = laid_out(parents)
        cells = sorted(layout.places)
        for one, other in itertools.combinations(cells, 2):
            assert abs(one[0] - other[0]) >= 1 - 1e-9 or abs(one[1] - other[1]) >= 1 - 1e-9
        for x, y in cells:
            assert (0 <= x <= layout.width - 1 + 1e-9, 0 <= y <= layout.height - 1 + 1e-9) == (True, True)
        assert len(layout.lines) == len(parents) - 1


def test_a_line_without_branches_is_read_like_a_text() -> None:
    layout = laid_out([ROOT, *range(9)])
    assert layout.places[:2] == [(0.0, 0.0), (1.0, 0.0)]
    assert layout.places[8:] == [(0.0, 1.0), (1.0, 1.0)]


def a_poster(folder: Path) -> Path:
    path = folder / "fox.webp"
    Image.new("RGB", (320, 180), (200, 80, 40)).save(path)
    return path


@pytest.mark.parametrize(
    ("parents", "drawn"),
    [
        pytest.param([ROOT, *[0] * 499], 500, id="one with 499 remixes"),
        pytest.param([ROOT, *range(499)], 500, id="a line of 500"),
        pytest.param([ROOT, *[number - number % 2 for number in range(499)]], None, id="a branch at each"),
    ],
)
def test_a_picture_is_bounded_whatever_the_family(parents: list[int], drawn: int | None) -> None:
    steps = [0]
    for parent in parents[1:]:
        steps.append(steps[parent] + 1)
    relatives = [
        {"parent": parent, "visibility": "SHOWN", "steps": step, "name": "K7Q-4FD", "posters": []}
        for parent, step in zip(parents, steps, strict=True)
    ]
    answer = draw(WorkerMessage(head={"relatives": relatives}))
    picture = Image.open(io.BytesIO(answer.parts[0]))
    assert max(picture.size) <= LONGEST + 24
    assert answer.head["drawn"] == drawn if drawn else 20 < answer.head["drawn"] < 500


async def test_a_family_goes_through_the_media_processor(tmp_path: Path) -> None:
    poster, missing = a_poster(tmp_path), tmp_path / "gone.webp"
    relatives = [
        DrawnRelative(parent=-1, visibility=Visibility.SHOWN, steps=0, name="K7Q-4FD", posters=(poster,)),
        DrawnRelative(parent=0, visibility=Visibility.DELETED, steps=1),
        DrawnRelative(parent=0, visibility=Visibility.HIDDEN, steps=1),
        DrawnRelative(parent=0, visibility=Visibility.SHOWN, steps=1, name="R4M-48P", posters=(missing,)),
    ]
    picture = await SubprocessMediaProcessor().family(relatives, owner=1)
    assert picture.drawn == 4
    opened = Image.open(io.BytesIO(picture.jpeg)).convert("RGB")
    assert opened.size[0] > opened.size[1]
    colours: Any = opened.getcolors(opened.size[0] * opened.size[1])
    assert any(red > 180 and green < 100 and blue < 60 for _, (red, green, blue) in colours or [])


async def test_a_family_that_takes_too_long_is_a_sentence() -> None:
    relatives = [DrawnRelative(parent=-1, visibility=Visibility.SHOWN, steps=0)]
    with pytest.raises(Unavailable, match="couldn't be drawn in time"):
        await SubprocessMediaProcessor(tree_seconds=0.0).family(relatives, owner=1)


def test_a_screen_with_a_full_list_fits_into_a_message() -> None:
    long = "w" * 4000
    jobs = [made(request=a_request(prompt=long)) for _ in range(60)]
    family = Family(
        relatives=[
            Relative(job=job, parent=None if not place else 0, visibility=Visibility.SHOWN)
            for place, job in enumerate(jobs)
        ],
        asked=0,
    )
    links = {job.id: "https://discord.com/channels/1/2/3" for job in jobs}
    view: Any = LineageScreen(jobs[0], family, FamilyFacts(links=links, drawn=60))
    components: Any = view.to_components()
    (card,) = components
    select = card["components"][-1]["components"][0]
    assert len(select["options"]) == 25
    assert max(len(option["label"]) for option in select["options"]) <= 100
    assert sum(len(part.get("content", "")) for part in card["components"]) <= 4000


def test_a_family_of_one_is_no_picture() -> None:
    fox = made()
    alone = Family(relatives=[Relative(job=fox, parent=None, visibility=Visibility.SHOWN)], asked=0)
    assert alone.is_alone
    assert not replace(alone, goes_on=True).is_alone
