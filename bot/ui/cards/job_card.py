"""The card that shows how a job goes, and the message that shows its video. Pure: built afresh from a job each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, MediaGallery, Section, TextDisplay, Thumbnail

from bot.domain.ids import shown
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import (
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Tone,
    Trait,
    Undelivered,
    Unknown,
)
from bot.domain.video import Mode
from bot.jobs.ordering.alternatives import Alternatives
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.interactions.buttons import (
    AdoptButton,
    AgainButton,
    CancelButton,
    DeleteButton,
    EditButton,
    GiveUpButton,
    JobButton,
    OtherButton,
    PayAgainButton,
    RemixButton,
    ShowButton,
)
from bot.ui.text.wording import (
    MODE,
    REMIX_METHOD_TEXT,
    bar,
    cut,
    facts,
    failed_in_a_row,
    failure,
    neutral,
    one_line,
    ordinal,
    origin,
    quoted,
    relative,
)

BLUE, ORANGE, GREEN, RED, GREY = 0x5B7CFA, 0xF08A3C, 0x3BA55D, 0xD8434E, 0x80848E
TONES = {Tone.GOOD: GREEN, Tone.BAD: RED, Tone.QUIET: GREY}
REFERENCE = "reference.jpg"
STUCK = (
    "It could not be downloaded so far; it was charged, and is tried on until the service no longer has it. "
    "A manager can give it up meanwhile."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """All a card shows beside the job itself."""

    estimate: JobEstimate
    result: PostedMessage | None = None
    has_picture: bool = False  # a preview of the reference is uploaded with the card
    alternatives: Alternatives | None = None  # only when another model might help


class JobCard(LayoutView):
    """One job, as it stands now."""

    def __init__(self, job: Job, about: CardFacts) -> None:
        super().__init__(timeout=None)
        if isinstance(job.phase, Done) and about.result is not None:
            self.add_item(Container(TextDisplay(_collapsed(job, about.result)), accent_colour=GREEN))
            return
        card: Container[JobCard] = Container(accent_colour=_colour(job))
        card.add_item(TextDisplay(f"**{MODE[job.request.mode]}**{origin(job.request)} · {facts(job)}"))
        words = TextDisplay[JobCard](quoted(job.request.prompt))
        card.add_item(Section(words, accessory=_reference(job)) if about.has_picture else words)
        card.add_item(TextDisplay(status(job, about.estimate) + _trouble(job, about.alternatives)))
        card.add_item(TextDisplay(_small_print(job)))
        if buttons := [*buttons_for(job), *_other(job, about.alternatives)]:
            card.add_item(ActionRow(*buttons))
        self.add_item(card)


def status(job: Job, estimate: JobEstimate) -> str:
    """What is happening, in one or two lines. One case for each phase."""
    match job.phase:
        case Queued(waits_for=waits_for):
            return _in_line(estimate, waits_for)
        case Submitting():
            return "📨 **Being ordered** at the video service…"
        case Unknown():
            return (
                "🔎 **Checking the order.** The service's answer got lost on the way, so I look whether it has the "
                "video before anything else happens. It is never ordered twice."
            )
        case Rendering(progress=progress, cancel_refused=refused):
            return _rendering(job, estimate, progress, refused=refused)
        case Saving() as saving:
            return "📥 **Finished.** Bringing it home…" + (f"\n-# {STUCK}" if saving.is_stuck else "")
        case Posting():
            return "📤 **Finished.** Posting it…"
        case Done():
            return "✅ **Done.**"
        case Undelivered(reason=reason):
            where = f"\n-# `/show video:{shown(job.id)}` posts it in another channel. That costs nothing."
            return f"📦 **Finished and kept, but not posted.** {neutral(reason)}{'' if job.deleted else where}"
        case Failed() as failed:
            return f"❌ **Failed.** {failure(failed)}"
        case Cancelled(by=by, charged=charged):
            money = "The service had begun, so it may still be charged." if charged else "Nothing was charged."
            return f"🚫 **Cancelled** by <@{by}>. {money}"
        case NeedsReview(reason=reason):
            return (
                f"⚠️ **Needs a server manager.** {neutral(reason)} {job.quote} stays set aside until one decides.\n"
                "-# The buttons are for members with Manage Server; `/status` lists all that waits for them."
            )


def buttons_for(job: Job) -> list[JobButton]:
    """What can be done about a job now."""
    if Trait.CANCELLABLE in job.phase.traits:
        return [] if job.cancel_asked_by else [CancelButton(job.id)]
    match job.phase:
        case Saving(is_stuck=True):
            return [GiveUpButton(job.id)]
        case Failed():
            return [EditButton(job.id), AgainButton(job.id, f"Try again · {job.quote}")]
        case Undelivered() if not job.deleted:
            return [ShowButton(job.id)]
        case Cancelled():
            return [AgainButton(job.id, f"Order again · {job.quote}")]
        case NeedsReview() as aside:
            return _decisions(job, aside)
        case Queued() | Submitting() | Unknown() | Rendering() | Saving() | Posting() | Done() | Undelivered():
            return []


def _other(job: Job, alternatives: Alternatives | None) -> list[JobButton]:
    return [OtherButton(job.id)] if alternatives is not None and alternatives.has_others else []


def _trouble(job: Job, alternatives: Alternatives | None) -> str:
    """Said to those who wait; a failed job says itself what was wrong."""
    if alternatives is None or not isinstance(job.phase, Queued):
        return ""
    if alternatives.health.failing is not None:
        return f"\n-# {neutral(one_line(job.request.model, 60))} has {failed_in_a_row(alternatives.health.failing)}."
    return "" if job.phase.waits_for else "\n-# Its service refuses this bot's account just now; orders there wait."


def _decisions(job: Job, aside: NeedsReview) -> list[JobButton]:
    """What a manager can decide. An order that is booked as paid is ordered anew rather than paid within its price."""
    go_on = [AdoptButton(job.id, "Go on with it" if aside.can_go_on else None)]
    pay = [PayAgainButton(job.id, None if aside.was_sent else f"Order it · {job.quote}")]
    return [*(go_on if aside.was_sent else []), *(pay if job.cost is None else []), GiveUpButton(job.id)]


def _in_line(estimate: JobEstimate, waits_for: str | None) -> str:
    line = estimate.line
    if line is None:
        return "⏳ **In line.**"
    place = "**Next in line**" if line.ahead == 0 else f"**{ordinal(line.ahead + 1)} in line**"
    ready = f" · ready {relative(estimate.ready_at)}" if estimate.ready_at else ""
    return f"⏳ {place}{ready}" + (f"\n-# {neutral(waits_for)}" if waits_for else "")


def _rendering(job: Job, estimate: JobEstimate, progress: int | None, *, refused: bool) -> str:
    ready = f"ready {relative(estimate.ready_at)}" if estimate.ready_at else "any moment now"
    lines = [f"🎥 **Rendering** · {ready}"]
    if progress is not None:
        lines.append(bar(progress))
    if estimate.late:
        lines.append("-# It takes longer than usual. It is not lost; I keep looking.")
    if refused:
        lines.append(f"-# The service cannot stop it any more: it is paid ({job.quote}), and you get the video.")
    elif job.cancel_asked_by:
        lines.append("-# Asking the service to stop…")
    return "\n".join(lines)


def _collapsed(job: Job, result: PostedMessage) -> str:
    words = f"{neutral(one_line(job.request.prompt, 80))} · [watch]({link_to(job, result)})"
    return f"✅ **{MODE[job.request.mode]}** · {words}\n-# {shown(job.id)} · {facts(job)}"


def link_to(job: Job, message: PostedMessage) -> str:
    """Where a message about a job is; private ones are in direct messages."""
    place = "@me" if job.private or message.direct else job.guild_id
    return f"https://discord.com/channels/{place}/{message.channel_id}/{message.message_id}"


def _reference(job: Job) -> Thumbnail[JobCard]:
    note = job.request.picture.note if job.request.picture else ""
    return Thumbnail(f"attachment://{REFERENCE}", description=cut(f"Starts from this picture, {note}", 1000))


def _small_print(job: Job) -> str:
    picture = job.request.picture
    fitted = f" · picture {picture.note}" if picture and picture.note else ""
    return f"-# {shown(job.id)} · ordered by <@{job.owner_id}>{fitted}"


def _colour(job: Job) -> int:
    return (
        (ORANGE if job.request.mode is Mode.REMIX else BLUE) if job.phase.tone is Tone.ACTIVE else TONES[job.phase.tone]
    )


class ResultPost(LayoutView):
    """The finished video. `file` is the name that the MP4, or a still in its place, is uploaded under.

    `note` says what is special about this copy; `link` opens the video elsewhere; `asked_by` wants to see it once more.
    """

    def __init__(
        self,
        job: Job,
        file: str | None,
        *,
        late: bool = False,
        note: str | None = None,
        link: str | None = None,
        asked_by: int | None = None,
    ) -> None:
        super().__init__(timeout=None)
        prompt = job.request.prompt
        card: Container[ResultPost] = Container(accent_colour=ORANGE if job.request.mode is Mode.REMIX else BLUE)
        if file is not None:
            description = cut(f"Video: {prompt}" if file.endswith(".mp4") else f"A still from: {prompt}", 250)
            card.add_item(MediaGallery(discord.MediaGalleryItem(f"attachment://{file}", description=description)))
        card.add_item(TextDisplay(quoted(prompt)))
        card.add_item(TextDisplay(result_line(job, late=late) + (f"\n-# {note}" if note else "")))
        watch = [] if link is None else [Button[Any](label="Watch", url=link)]
        again = AgainButton(job.id, f"Again · {job.quote}")
        card.add_item(ActionRow(*watch, RemixButton(job.id), again, DeleteButton(job.id)))
        ready = f"<@{job.owner_id}> your video is ready."
        self.add_item(TextDisplay(ready if asked_by is None else f"Shown again for <@{asked_by}>."))
        self.add_item(card)


def result_line(job: Job, *, late: bool = False) -> str:
    """What it is, what it cost, who made it, how it was remixed."""
    how = ""
    if isinstance(job.phase, Posting | Done | Undelivered) and job.phase.method is not None:
        how = f"\n-# {REMIX_METHOD_TEXT[job.phase.method]}"
    end = " · delivered late" if late else ""
    title = f"**{MODE[job.request.mode]}**{origin(job.request)} · {facts(job)} · by <@{job.owner_id}>"
    return f"{title}{how}\n-# {shown(job.id)}{end} · made by a machine"
