"""Chooses the cheapest way to find videos by words on PostgreSQL, judging by the server's newest videos.

Scanning all videos in order costs the same for each, and ends once a page is full. The index lists the videos of each
word, which is fast for rare ones; but for a prefix it merges the lists of all words that begin with it, and each video
that it returns is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

from bot.data_classes import value_object

# Milliseconds, measured with 1,000,000 videos in memory; only their ratios matter.
LOOK = 0.0003  # to check a video and its words, in order
HAND_OUT = 0.0027  # to return a video from the index
GATHER = 0.00016  # to merge in a video of a word with the prefix
PASS_BY = 0.0001  # to skip a video of the rarest word, while comparing with the others' lists

MARGIN = 2.0  # times as far as a page is expected to reach
UNSEEN = 0.5  # assumed videos with something that none of the scanned ones had
WANTED = 0.1  # assumed share of wanted ones among the videos that have the words, if none of those seen was wanted


@value_object(kw_only=False)
class InOrder:
    """The next videos in order; None means all the remaining ones."""

    videos: int | None


@value_object(kw_only=False)
class FromIndex:
    """The index's list for the whole words, and for these prefixes."""

    beginnings: tuple[int, ...]


@value_object
class Sample:
    """What was seen in some consecutive videos.

    `shapes`: how many had what: whether the whole words, and each of the prefixes. `matching`: how many had everything,
    in order. `rest`: videos that follow; `server`: all of the server; `everywhere`: of all servers. The last three are
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
        """The share of videos that have all of these; if none was seen, a share too small to be noticed."""
        seen = sum(number for shape, number in self.shapes.items() if all(shape[each] for each in has))
        return max(float(seen), UNSEEN) / self.looked


def ways(sample: Sample, *, found: int, missing: int) -> Sequence[InOrder | FromIndex]:
    """One after another until a page is full: `found` are on it already, `missing` would fill it.

    Scanning ends as soon as the page is full. If that is likely to be soon, it may cost as much as the list would.
    """
    listed = min(_lists(sample), key=lambda each: _cost(sample, each))
    affordable = _cost(sample, listed) / LOOK
    if sample.rest <= affordable:
        return [InOrder(None)]
    likely = max(float(found), min(UNSEEN, sample.matching * WANTED))  # among as many videos as were scanned
    is_near = MARGIN * sample.looked * missing <= affordable * likely
    return [InOrder(int(affordable)), listed] if is_near else [listed]


def _lists(sample: Sample) -> Iterator[FromIndex]:
    """By the whole words, then with one more prefix each time, the rarest first."""
    rarest = sorted(range(sample.beginnings), key=lambda each: sample.share(each + 1))
    for number in range(len(rarest) + 1):
        yield FromIndex(tuple(sorted(rarest[:number])))


def _cost(sample: Sample, listed: FromIndex) -> float:
    shares = [sample.share(each + 1) for each in listed.beginnings]
    gathered = sum(shares) * sample.everywhere * GATHER
    passed = min([*shares, sqrt(sample.share(0))]) * sample.everywhere * PASS_BY  # assumes two such words
    handed_out = sample.share(0, *(each + 1 for each in listed.beginnings)) * sample.server * HAND_OUT
    return gathered + passed + handed_out
