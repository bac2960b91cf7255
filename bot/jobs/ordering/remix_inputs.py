"""What a remix takes along beside its words and its source."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.video import NO_OPTIONS, Picture, VideoOptions, VideoRequest


@value_object
class RemixInputs:
    """What a remix takes along beside its words and its source."""

    starts_from_picture: bool = False  # in the place of a frame of the source
    options: VideoOptions[Picture] = NO_OPTIONS

    @classmethod
    def of(cls, request: VideoRequest) -> RemixInputs:
        """Those of a remix that was ordered."""
        return cls(starts_from_picture=request.picture is not None, options=request.options)

    @classmethod
    def inherited(cls, source: VideoRequest) -> RemixInputs:
        """Of a remix that says nothing of them: what is about the whole look and sound, and nothing about one take."""
        before = source.options
        return cls(options=VideoOptions(sound=before.sound, negative_prompt=before.negative_prompt, lora=before.lora))


NO_INPUTS = RemixInputs()
