"""A video with those it was made from and those made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.studio.visibility import Visibility


@value_object
class Relative:
    """One video of a family. `parent` is a position in the family; None at its root."""

    job: Job
    parent: int | None
    visibility: Visibility


@value_object
class Family:
    """Oldest first: each video comes after the one that it was made from.

    `begins_earlier`, `goes_on`: there are more, which were not looked up.
    """

    relatives: Sequence[Relative]
    asked: int  # the position of the video that was asked about
    begins_earlier: bool = False
    goes_on: bool = False

    @property
    def is_alone(self) -> bool:
        return len(self.relatives) == 1 and not self.goes_on and not self.begins_earlier

    def number(self, visibility: Visibility) -> int:
        return sum(each.visibility is visibility for each in self.relatives)

    def ancestors(self) -> Sequence[Relative]:
        """Those of the video that was asked about, nearest first."""
        return [self.relatives[place] for place in self._line()][1:]

    def nearest(self) -> Sequence[Job]:
        """The others that may be watched, by distance, older ones first."""
        steps = self.steps()
        order = sorted((steps[place], place) for place, each in enumerate(self.relatives) if place != self.asked)
        return [self.relatives[p].job for _, p in order if self.relatives[p].visibility is Visibility.SHOWN]

    def steps(self) -> Sequence[int]:
        """The distance of each from the video that was asked about."""
        up = {place: number for number, place in enumerate(self._line())}
        steps = list[int]()
        for number, each in enumerate(self.relatives):
            steps.append(up[number] if number in up else steps[each.parent or 0] + 1)
        return steps

    def _line(self) -> Iterator[int]:
        """The positions from the video that was asked about up to the root."""
        place: int | None = self.asked
        while place is not None:
            yield place
            place = self.relatives[place].parent
