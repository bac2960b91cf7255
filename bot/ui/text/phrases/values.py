"""Words that many screens share: modes, methods, prices, the health of models."""

from __future__ import annotations

from bot.domain.access.uncharged import NOT_CHARGED
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import (
    Count,
    Duration,
    Foreign,
    Message,
    Model,
    Moment,
    Money,
    Param,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.models.health import Failing, Health
from bot.domain.money.usd import FREE
from bot.domain.phases import Cause, Done, Failed, Posting, Undelivered
from bot.domain.studio.words import KINDS
from bot.domain.texts.prices import price_of
from bot.domain.video import Aim, Mode, RemixMethod, StoredVideo, VideoRequest
from bot.ui.text.formatting import one_line

REMIX_METHOD_TEXT = {
    RemixMethod.NATIVE: msg("Edited from the original"),
    RemixMethod.EDIT: msg("Edited from the original"),
    RemixMethod.EXTEND: msg("Continues from the end"),
    RemixMethod.SOURCE: msg("New take from the whole video"),
    RemixMethod.FRAME: msg("New take from the first frame"),
    RemixMethod.LAST_FRAME: msg("Continues from the last frame"),
    RemixMethod.REPROMPT: msg("New take from both prompts"),
}
COARSE_FROM = 90  # seconds
# Buttons offer what can be done; this covers the rest.
ADVICE = {Cause.MODERATION: msg("Try without real people, brands, violence or sexual content.")}
A_PRIVATE_VIDEO = msg("*a private video*")
# The same in other modules' sentences; a card says it only once.
SAYS_FREE = ("Nothing was spent", "Nothing was charged", "weren't charged", "costs nothing")


def dotted(*parts: Message | None) -> Message:
    """Facts side by side."""
    return joined(*parts, by=" · ")


def lines(*parts: Message | None) -> Message:
    return joined(*parts, by="\n")


def small(line: Message) -> Message:
    """A line in small text."""
    return Message("-# {line}", {"line": line})


def in_quotes(name: str) -> Message:
    """A name that people gave, in a list. Sentences with one name have their own quotation marks."""
    return msg("“{name}”", name=Foreign(name))


def words(text: str, most: int) -> Foreign:
    """A stranger's text in one line of at most so many characters; escaping may double them."""
    return Foreign(one_line(text, most))


def mode(job: Job) -> Message | None:
    """Whether and how it was made from another video; None if it was not."""
    return None if job.request.mode is Mode.CREATE else KINDS[job.request.mode]


def how_made(job: Job) -> Message | None:
    """The method by which a finished remix was made from its source; None for anything else."""
    method = job.phase.method if isinstance(job.phase, Posting | Done | Undelivered) else None
    return None if method is None else REMIX_METHOD_TEXT[method]


def doubled(job: Job) -> Message | None:
    """Why one order has two videos."""
    if job.doubles is None:
        return None
    if job.first_try is not None and job.first_try.sent_at != job.created_at:
        return msg(
            "This is the second order of {video}. The service answered the first one with an error, so it was ordered "
            "again. It turned out that the service had taken both, and both were paid.",
            video=VideoId(job.doubles),
        )
    if job.first_try is not None:
        return msg(
            "This is the first order of {video}. The service answered it with an error, so it was ordered again. It "
            "turned out that the service had taken it, and both were paid.",
            video=VideoId(job.doubles),
        )
    return msg(
        "This is the first order of {video}. Nobody knew whether the service had taken it, so a manager had it ordered "
        "again. It turned out that it had, and both were paid.",
        video=VideoId(job.doubles),
    )


def prompt(text: str, most: int) -> Message:
    """A prompt in one line, or a substitute if the reader may not see it."""
    return value(words(text, most)) if text else A_PRIVATE_VIDEO


def video(job: Job) -> Message:
    return value(VideoId(job.id))


def person(id_: int) -> Message:
    return value(Person(id_))


def seconds(length: int) -> Message:
    return msg("{seconds} s", seconds=Count(length))


def roughly(seconds: float) -> Duration:
    """A figure that was not measured here, in whole minutes from 90 seconds on."""
    return Duration(seconds if seconds < COARSE_FROM else 60 * round(seconds / 60))


def added(more: int) -> Message:
    return msg("+{seconds} s", seconds=Count(more))


def length(request: VideoRequest, video: StoredVideo | None = None) -> Message:
    """For an extension the added length, and the length of the whole once it is known; otherwise the length."""
    if request.mode is not Mode.EXTEND:
        return seconds(request.seconds)
    if video is None or video.extension is None or not video.extension.is_whole:
        return added(request.seconds)
    return msg("{total} s (+{seconds} s)", total=Count(round(video.seconds)), seconds=Count(request.seconds))


def clip(request: VideoRequest, video: StoredVideo | None = None) -> Message:
    """Length and size of a video that was ordered."""
    return dotted(length(request, video), value(Term(str(request.size))))


def order_facts(label: str, request: VideoRequest, price: Message | None, video: StoredVideo | None = None) -> Message:
    """Model, length, size and price."""
    return dotted(value(Model(label)), clip(request, video), price)


def facts(job: Job, label: str | None = None) -> Message:
    """Model, length, size and price of an order."""
    return order_facts(label or job.request.model, job.request, price_of(job), job.video)


def parent(request: VideoRequest, link: str | None, *, told_how: bool = False) -> Message | None:
    """The source of a remix, with a link to the message that shows it. `told_how`: the method is shown elsewhere."""
    if request.source is None:
        return None
    source: Param = VideoId(request.source)
    if link is not None:
        source = Message("[{video}]({link})", {"video": source, "link": Term(link)})
    if request.aim is Aim.EXTEND:
        return msg("Extends {video}", video=source)
    if request.aim is Aim.CONTINUE and not told_how:
        return msg("Continues {video}", video=source)
    return msg("Remix of {video}", video=source)


def failed_in_a_row(failing: Failing) -> Message:
    return msg_n(
        "failed {count} time in a row here, last {when}",
        "failed {count} times in a row here, last {when}",
        failing.times,
        when=Moment(failing.last),
    )


def has_failed(model: Message | Foreign, failing: Failing) -> Message:
    """Shown before an order, and while one waits."""
    return msg_n(
        "{model} has failed {count} time in a row here, last {when}.",
        "{model} has failed {count} times in a row here, last {when}.",
        failing.times,
        model=model,
        when=Moment(failing.last),
    )


def health_line(health: Health) -> Message:
    """The health of a model in a few words."""
    if health.refused_since is not None:
        return msg(
            "⏸️ paused since {when}: the service is refusing this bot's account", when=Moment(health.refused_since)
        )
    if health.drained_since is not None:
        return msg("⏸️ paused since {when} by whoever runs this bot", when=Moment(health.drained_since))
    if health.failing is not None:
        return msg("🔴 {how}", how=failed_in_a_row(health.failing))
    return msg("🟢 Working")


def label(job: Job) -> str:
    """One line for lists and menus: the id and the prompt."""
    return one_line(f"{shown(job.id)} · {job.request.prompt}", 100)


def failure(job: Job, failed: Failed) -> Message:
    """The reason, the cost, and what to do: each once."""
    return joined(failed.reason, _cost_of_failure(job, failed), ADVICE.get(failed.cause))


def _cost_of_failure(job: Job, failed: Failed) -> Message | None:
    if failed.charged and job.charge > FREE:
        return msg("The service still charged for this ({cost}).", cost=Money(job.charge))
    return None if says_free(failed.reason) else NOT_CHARGED


def says_free(message: Message) -> bool:
    """Whether one of our own sentences in it says that nothing was charged."""
    ours = any(said in message.text for said in SAYS_FREE)
    return ours or any(says_free(each) for each in message.params.values() if isinstance(each, Message))
