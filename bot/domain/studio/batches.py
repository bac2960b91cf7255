"""Several videos that are ordered at once: all or none, shown on one card."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.video import VideoRequest

LARGEST_BATCH = 8  # videos; a card has a button or two for each of them


@value_object
class BatchPlace:
    """Which video of a batch it is."""

    lead: JobId  # the first of them, whose id identifies the batch
    number: int  # from 1


class BatchKind(Enum):
    """What the videos of a batch differ in."""

    VARIATIONS = "in nothing that was asked for"
    PROMPTS = "in their prompts"
    COMPARISON = "in their models"
    ORDERS = "in whatever they were ordered with"


def batch_kind(requests: Sequence[VideoRequest]) -> BatchKind:
    models, prompts = {request.model for request in requests}, {request.prompt for request in requests}
    sources, clips = {each.source for each in requests}, {(each.seconds, each.size) for each in requests}
    if len(sources) > 1 or (len(models) > 1 and len(prompts) > 1):
        return BatchKind.ORDERS
    if len(models) > 1:
        return BatchKind.COMPARISON  # each model has lengths and sizes of its own
    if len(clips) > 1:
        return BatchKind.ORDERS
    return BatchKind.PROMPTS if len(prompts) > 1 else BatchKind.VARIATIONS
