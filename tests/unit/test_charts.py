"""Charts: values read from the picture, and the round values beside its columns."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageFont

from bot.domain.media import Chart, ChartShape, ScaleMark
from bot.domain.money.costs import Costs, Grouping, Spend
from bot.domain.money.usd import FREE, Usd
from bot.jobs.use_cases.costs import CostsAsked, CostsScope
from bot.media.chart.lettering import OWN, drawable, fitting, legible, runs, width
from bot.media.chart.picture import FOOT, GAP, TEXT, draw
from bot.media.chart.sheet import BAR, GROUND, LINE
from bot.media.worker.message import WorkerMessage
from bot.ui.screens.reports.costs_chart import Name, chart_of
from bot.ui.screens.reports.scale import round_values

MIDDLE = 500  # pixels from the left edge
NOTE = "$0.40 in total"


def test_a_column_twice_as_much_is_twice_as_high() -> None:
    picture = drawn(ChartShape.COLUMNS, values=(1.0, 2.0, 4.0, 0.0))

    heights = [height for height in column_heights(picture) if height]

    assert [pytest.approx(height / heights[-1], abs=0.02) for height in heights] == [0.25, 0.5, 1.0]


def test_bars_are_as_long_as_their_values() -> None:
    picture = drawn(ChartShape.BARS, values=(8.0, 4.0, 2.0))

    lengths = [length for length in bar_lengths(picture) if length]

    assert [pytest.approx(length / max(lengths), abs=0.02) for length in lengths] == [1.0, 0.5, 0.25]


def test_the_smallest_value_is_seen_and_nothing_is_not() -> None:
    picture = drawn(ChartShape.BARS, values=(100_000.0, 0.01, 0.0))

    assert len([length for length in bar_lengths(picture) if length]) == 2


@pytest.mark.parametrize(("columns", "has_scale"), [(7, False), (60, True)])
def test_a_scale_is_drawn_where_figures_have_no_room(columns: int, has_scale: bool) -> None:
    picture = drawn(
        ChartShape.COLUMNS,
        values=(0.0,) * (columns - 1) + (8.0,),
        scale=(ScaleMark(value=5.0, words="$5.00"), ScaleMark(value=10.0, words="$10.00")),
    )

    lines = [y for y in range(FOOT - 10) if picture.getpixel((MIDDLE, y)) == rgb(LINE)]

    assert len(lines) == (2 if has_scale else 0)


@pytest.mark.parametrize("values", [(), (0.0, 0.0), (-1.0,)])
@pytest.mark.parametrize("shape", ChartShape)
def test_a_chart_of_nothing_has_no_bars(shape: ChartShape, values: tuple[float, ...]) -> None:
    assert rgb(BAR) not in colours(drawn(shape, values=values))


@pytest.mark.parametrize("shape", ChartShape)
def test_the_longest_words_stay_inside(shape: ChartShape) -> None:
    picture = drawn(shape, values=(1.0,) * 5, label="W" * 200, figure="$" + "9" * 12, title="Ж" * 300)

    edges = [picture.getpixel((x, y)) for x in (0, 5, picture.width - 6, picture.width - 1) for y in range(560)]

    assert set(edges) == {rgb(GROUND)}


@pytest.mark.parametrize("columns", [1, 7, 13, 36, 62])
def test_no_label_touches_another_one(columns: int) -> None:
    label = "WWWWWWWWWW"
    picture = drawn(ChartShape.COLUMNS, values=(1.0,) * columns, label=label, figure="$1.00")

    inked = {x for x in range(picture.width) for y in range(FOOT + 12, FOOT + 40) if is_ink(picture, x, y)}
    starts = [x for x in inked if not inked & set(range(x - GAP + 4, x))]
    ends = [x for x in inked if not inked & set(range(x + 1, x + GAP - 3))]

    widths = [end - start for start, end in zip(sorted(starts), sorted(ends), strict=True)]
    assert widths == [pytest.approx(width(label, TEXT), abs=4)] * len(widths)
    assert widths


@pytest.mark.parametrize("name", ["Łukasz", "Борис", "Ελένη", "עמית", "عمر", "Նարե", "$x_1$", "×–€"])
def test_the_shipped_font_has_the_letters_of_most_alphabets(name: str) -> None:
    assert list(runs(name)) == [(OWN, name)]


def test_emoji_that_no_font_has_are_left_out_of_a_name() -> None:
    assert drawable("the\nothers \U0010fffd") == "the others"
    assert legible("the others \U0010fffd", "42") == "the others \U0010fffd"


def test_a_mark_that_the_font_of_its_letter_lacks_is_drawn_by_another_and_is_no_box() -> None:
    letter, mark = "漢", "\u05b0"  # a Hebrew point, which the bundled font has
    if not drawable(letter):
        pytest.skip("there is no font with Chinese letters here")
    [(font, _)] = runs(letter)
    assert list(runs(letter + mark)) == [(font, letter), (OWN, mark)]


@pytest.mark.parametrize("word", ["ก\u0e31", "ह\u093f"])
def test_a_vowel_sign_is_drawn_by_the_font_that_has_its_letter_or_left_out_with_it(word: str) -> None:
    """Thai and Devanagari vowel signs, which the bundled font lacks."""
    assert drawable(word) in ("", word)
    assert len(list(runs(word))) == 1


def test_a_name_of_which_nothing_can_be_drawn_is_another_one() -> None:
    assert legible("\U0010fffd\u200d\U0010fffd\ufe0f", "ann.42") == "ann.42"
    assert legible("Ann \U0010fffd\ufe0f", "ann.42") == "Ann \U0010fffd\ufe0f"
    assert legible("", "ann.42") == ""


def test_two_people_of_one_name_are_told_apart_by_their_other_names() -> None:
    name = "\U0010fffd"
    bars = drawn(ChartShape.BARS, values=(2.0, 1.0), labels=(name, name), instead=("Costs", NOTE, "ann.42", "bob.7"))
    assert bars.tobytes() == drawn(ChartShape.BARS, values=(2.0, 1.0), labels=("ann.42", "bob.7")).tobytes()


def test_a_chart_of_members_has_a_user_name_for_each() -> None:
    rows = tuple(Spend(key=key, videos=1, spent=Usd(400_000)) for key in ("1", "2", "3"))
    names = {"1": Name(shown="林", plain="ann.42"), "2": Name(shown="林", plain="bob.7")}
    asked = CostsAsked(scope=CostsScope.SERVER, by=Grouping.MEMBER)
    chart = chart_of(Costs(spent=FREE, reserved=FREE, videos=3, rows=rows), asked, names, Name())
    assert chart.labels == ("林", "林", "3")
    assert chart.instead == (chart.title, chart.note, "ann.42", "bob.7", "3")


def test_a_font_that_is_nowhere_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, find = list[str](), ImageFont.truetype

    def noted(name: str, size: int, **how: Any) -> ImageFont.FreeTypeFont:
        asked.append(name)
        return find(name, size, **how)

    monkeypatch.setattr(ImageFont, "truetype", noted)
    assert drawable("\U00012fe0\U00012fe1") == ""  # unassigned: in no font
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("instead", ["ann.42", ""])
def test_a_name_in_letters_that_no_font_has_is_another_one_and_never_boxes(instead: str) -> None:
    name = "Ann \U00012000"  # cuneiform
    if drawable(name) == name:
        pytest.skip("there is a font with cuneiform signs here")

    others = ("Costs", NOTE, instead) if instead else ()
    drawn_name = drawn(ChartShape.BARS, values=(1.0,), label=name, instead=others)

    assert drawn_name.tobytes() == drawn(ChartShape.BARS, values=(1.0,), label=instead or "Ann").tobytes()


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    cut = fitting("A model with a very long name", 25, room=200)

    assert cut.endswith("…")
    assert 150 < width(cut, 25) <= 200


@pytest.mark.parametrize(
    ("most", "finest", "marks"),
    [
        (0, 1, []),
        (1, 1, [1]),
        (15, 1, [5, 10, 15]),
        (16, 1, [5, 10, 15, 20]),
        (21, 1, [10, 20, 30]),
        (333, 100, [100, 200, 300, 400]),
        (119_988, 1, [50_000, 100_000, 150_000]),
    ],
)
def test_a_scale_has_round_values_up_to_the_highest_column(most: int, finest: int, marks: list[int]) -> None:
    assert list(round_values(most, finest)) == marks


def drawn(
    shape: ChartShape,
    values: tuple[float, ...],
    *,
    scale: tuple[ScaleMark, ...] = (),
    label: str = "29 Nov",
    labels: tuple[str, ...] = (),
    figure: str = "$0.40",
    title: str = "Costs",
    instead: tuple[str, ...] = (),
) -> Image.Image:
    chart = Chart(
        shape=shape,
        title=title,
        note=NOTE,
        labels=labels or (label,) * len(values),
        values=values,
        figures=(figure,) * len(values),
        scale=scale,
        instead=instead,
    )
    [png] = draw(WorkerMessage(head=asdict(chart))).parts
    picture = Image.open(BytesIO(png))
    assert (picture.format, picture.size) == ("PNG", (1000, 560))
    return picture.convert("RGB")


def column_heights(picture: Image.Image) -> list[int]:
    """For each run of adjacent columns with pixels in the bars' colour, its height."""
    return _runs([_count(picture.crop((x, 0, x + 1, picture.height))) for x in range(picture.width)])


def bar_lengths(picture: Image.Image) -> list[int]:
    return _runs([_count(picture.crop((0, y, picture.width, y + 1))) for y in range(picture.height)])


def _runs(counts: list[int]) -> list[int]:
    highest = [0]
    for count in counts:
        if count == 0 and highest[-1]:
            highest.append(0)
        highest[-1] = max(highest[-1], count)
    return highest


def _count(strip: Image.Image) -> int:
    return sum(count for count, colour in strip.getcolors() or () if colour == rgb(BAR))


def is_ink(picture: Image.Image, x: int, y: int) -> bool:
    return picture.getpixel((x, y)) != rgb(GROUND)


def colours(picture: Image.Image) -> set[object]:
    return {colour for _, colour in picture.getcolors(1 << 20) or ()}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))
