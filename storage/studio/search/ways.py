"""Which way to the videos with some words takes the least work on PostgreSQL, judged by the newest of the server.

Looking through all videos in their order costs the same for each, and ends once a page is full. The index lists the
videos of each word, which is quick for rare ones; but for a beginning it gathers those of all words that begin so, and
each video that it hands out is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

from bot.data_classes import value_object

# Milliseconds, measured with 1,000,000 videos in memory; only how they compare matters.
LOOK = 0.0003  # at a video and its words, in order
HAND_OUT = 0.0027  # a video from the index
GATHER = 0.00016  # a video of a word that begins so
PASS_BY = 0.0001  # a video of the rarest word, beside the lists of the others

MARGIN = 2.0  # times as far as a page is expected to lie
UNSEEN = 0.5  # videos in as many as were looked at, of something that none of them had
WANTED = 0.1  # of the videos that have the words, where none of those that were seen was wanted


@value_object(kw_only=False)
class InOrder:
    """The next videos in their order; None for all that are left."""

    videos: int | None


@value_object(kw_only=False)
class FromIndex:
    """The index's list by the whole words, and by these of the beginnings."""

    beginnings: tuple[int, ...]


@value_object
class Sample:
    """What was seen in some videos in a row.

    `shapes`: how many had what: whether the whole words, and each of the beginnings. `matching`: how many had all, in
    their order. `rest`: videos that follow; `server`: all of the server; `everywhere`: of all servers. Those are
    estimates.
    """

    looked: int
    shapes: Mapping[tuple[bool, ...], int]
    matching: int
    rest: float
    server: float
    everywhere: float

    @property
    def beginnings(self) -> int:
        return len(next(iter(self.shapes))) - 1

    def share(self, *has: int) -> float:
        """Of the videos that have all of these; of something that was not seen a share too small to be seen."""
        seen = sum(number for shape, number in self.shapes.items() if all(shape[each] for each in has))
        return max(float(seen), UNSEEN) / self.looked


def ways(sample: Sample, *, found: int, missing: int) -> Sequence[InOrder | FromIndex]:
    """One after another until a page is full: `found` are on it already, `missing` would fill it.

    Looking ends as soon as the page is full. Where that is likely to be soon, it may cost as much as the list would.
    """
    listed = min(_lists(sample), key=lambda each: _cost(sample, each))
    affordable = _cost(sample, listed) / LOOK
    if sample.rest <= affordable:
        return [InOrder(None)]
    likely = max(float(found), min(UNSEEN, sample.matching * WANTED))  # in as many videos as were looked at
    is_near = MARGIN * sample.looked * missing <= affordable * likely
    return [InOrder(int(affordable)), listed] if is_near else [listed]


def _lists(sample: Sample) -> Iterator[FromIndex]:
    """By the whole words, then with one beginning more each time, the rarest first."""
    rarest = sorted(range(sample.beginnings), key=lambda each: sample.share(each + 1))
    for number in range(len(rarest) + 1):
        yield FromIndex(tuple(sorted(rarest[:number])))


def _cost(sample: Sample, listed: FromIndex) -> float:
    shares = [sample.share(each + 1) for each in listed.beginnings]
    gathered = sum(shares) * sample.everywhere * GATHER
    passed = min([*shares, sqrt(sample.share(0))]) * sample.everywhere * PASS_BY  # as if there were two such words
    handed_out = sample.share(0, *(each + 1 for each in listed.beginnings)) * sample.server * HAND_OUT
    return gathered + passed + handed_out
