"""What was typed after /create, as text: kept as a draft, shown in forms, and parsed when it is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.media import Fit
from bot.domain.studio.presets import styled
from bot.domain.texts.numbers import whole_number
from bot.domain.texts.times.lengths import whole_seconds
from bot.domain.video import Lora, VideoOptions
from bot.jobs.ordering.presets import PresetOrder
from bot.jobs.ordering.quoting import OrderRequest
from bot.ui.dialogs.drafts import CREATE, MODEL, SECONDS, SIZE, Draft
from bot.ui.dialogs.forms import PROMPT, Upload
from bot.ui.dialogs.quoting.options_form import LORA, NEGATIVE, SEED, SOUND, SOUND_CHOICE, SOUND_OF
from bot.ui.text.phrases import errors

TYPED = "typed"  # what the form is about if it came from a command
OPTIONS = {"more", "sound", "seed", "negative", "end", "end_bytes", "references", "references_bytes"}
OPTIONS |= {"preset", "style", "lora"}


@value_object
class TypedOrder:
    """The options of /create, as text; an empty one was left out. `image` is an address at Discord."""

    prompt: str
    model: str = ""
    seconds: str = ""
    size: str = ""
    private: str = ""
    fit: str = Fit.CROP.value
    image: str = ""
    image_bytes: str = "0"
    more: str = ""  # whether the form has the model's other options
    sound: str = ""
    seed: str = ""
    negative: str = ""
    lora: str = ""  # a name, optionally followed by a strength
    end: str = ""  # an address at Discord; for reference pictures several, separated by spaces
    end_bytes: str = "0"
    references: str = ""
    references_bytes: str = ""
    preset: str = ""  # its name, or the suggested text; empty once it is filled in
    style: str = ""  # of a preset that was filled in: words for around or after the prompt

    def as_fields(self) -> Mapping[str, str]:
        """Without unset options, so that versions which do not have them can read the draft."""
        later = {name for name in OPTIONS if getattr(self, name) in {"", "0"}}
        return {name: value for name, value in asdict(self).items() if name not in later}

    def with_fields(self, fields: Mapping[str, str]) -> TypedOrder:
        """With the input of the form; the model decides on fields that were cleared."""
        names = (PROMPT, MODEL, SECONDS, SIZE, SEED, NEGATIVE, SOUND, LORA)
        return replace(self, **{name: fields[name].strip() for name in names if name in fields})

    def with_files(self, files: Mapping[str, Sequence[Upload]]) -> TypedOrder:
        """With the files of the form, by fields; a field without any keeps the earlier ones."""
        given = {field: " ".join(each.url for each in several) for field, several in files.items() if several}
        sizes = {f"{field}_bytes": " ".join(str(each.bytes) for each in files[field]) for field in given}
        return replace(self, **given, **sizes)

    def inputs(self) -> Sequence[Upload]:
        """The pictures besides the starting one, the end picture first."""
        urls, sizes = self.references.split(), self.references_bytes.split()
        end = [Upload(url=self.end, bytes=int(self.end_bytes))] if self.end else []
        return end + [Upload(url=url, bytes=int(size)) for url, size in zip(urls, sizes, strict=True)]

    def options(self, pictures: Sequence[bytes]) -> VideoOptions[bytes]:
        """With the `inputs` as they are. Raises BadRequest if the seed is not a number."""
        seed = whole_number(self.seed.lstrip("+"))
        if self.seed and seed is None:
            raise BadRequest(errors.no_seed(self.seed))
        return VideoOptions(
            sound=SOUND_OF.get(self.sound),
            seed=seed,
            negative_prompt=self.negative,
            lora=Lora.of(self.lora),
            end=pictures[0] if self.end else None,
            references=tuple(pictures[1:] if self.end else pictures),
        )

    def with_preset(self, made: PresetOrder) -> TypedOrder:
        """With open values filled in, so that a form shows them."""
        order, kept = made.order, made.order.options
        return replace(
            self,
            model=order.model or "",
            seconds="" if order.seconds is None else str(order.seconds),
            size=order.size or "",
            sound=SOUND_CHOICE[kept.sound],
            seed="" if kept.seed is None else str(kept.seed),
            negative=kept.negative_prompt,
            lora="" if kept.lora is None else str(kept.lora),
            preset="",
            style=made.preset.style,
        )

    def wanted(self, image: bytes | None, inputs: Sequence[bytes] = ()) -> OrderRequest:
        """Raises BadRequest if the length or the seed is not a number."""
        seconds = whole_seconds(self.seconds)
        if self.seconds and seconds is None:
            raise BadRequest(errors.no_length(self.seconds))
        return OrderRequest(
            options=self.options(inputs),
            prompt=styled(self.style, self.prompt),
            model=self.model or None,
            seconds=seconds,
            size=self.size or None,
            image=image,
            fit=Fit(self.fit),
            private=bool(self.private),
        )

    def without_files(self) -> OrderRequest:
        """As `wanted`, before its images are fetched: each one is empty."""
        return self.wanted(b"" if self.image else None, [b""] * len(self.inputs()))


def draft_for(member: Member, typed: TypedOrder) -> Draft:
    return Draft(member_id=member.id, verb=CREATE, about=TYPED, fields=typed.as_fields())
