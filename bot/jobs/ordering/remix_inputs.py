"""What a remix is given besides its prompt and its source."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.video import NO_OPTIONS, Picture, VideoOptions, VideoRequest


@value_object
class RemixInputs:
    """What a remix is given besides its prompt and its source."""

    starts_from_picture: bool = False  # instead of a frame of the source
    options: VideoOptions[Picture] = NO_OPTIONS

    @classmethod
    def of(cls, request: VideoRequest) -> RemixInputs:
        """Those of a remix that was ordered."""
        return cls(starts_from_picture=request.picture is not None, options=request.options)

    @classmethod
    def inherited(cls, source: VideoRequest) -> RemixInputs:
        """For a remix that doesn't specify them: those about the overall look and sound, none about a single take."""
        before = source.options
        return cls(options=VideoOptions(sound=before.sound, negative_prompt=before.negative_prompt, lora=before.lora))


NO_INPUTS = RemixInputs()
