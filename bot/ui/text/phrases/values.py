"""Words that many screens share: modes, methods, prices, how a model does."""

from __future__ import annotations

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import (
    Count,
    Foreign,
    Message,
    Model,
    Moment,
    Money,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.models.health import Failing, Health
from bot.domain.phases import Cause, Failed
from bot.domain.video import Aim, Mode, RemixMethod, VideoRequest
from bot.ui.text.formatting import one_line

MODE = {Mode.CREATE: msg("Create"), Mode.REMIX: msg("Remix")}
REMIX_METHOD_TEXT = {
    RemixMethod.NATIVE: msg("remixed by the service itself"),
    RemixMethod.EDIT: msg("edited by the service itself"),
    RemixMethod.EXTEND: msg("filmed on from its end by the service itself"),
    RemixMethod.SOURCE: msg("re-filmed from the whole source video"),
    RemixMethod.FRAME: msg("re-filmed from its first frame"),
    RemixMethod.LAST_FRAME: msg("filmed on from its last frame"),
    RemixMethod.REPROMPT: msg("filmed anew from both prompts"),
}
ADVICE = {
    Cause.MODERATION: msg("Change the words or the picture and try again."),
    Cause.INVALID: msg("Change the order and try again."),
    Cause.PROVIDER: msg("Try again, or pick another model with `/create`."),
    Cause.EXPIRED: msg("Order it again if you still want it."),
    Cause.TIMEOUT: msg("Try again later, or pick another model."),
    Cause.ACCESS: msg("A server manager can grant a role with `/settings access`."),
}
CHARGED_ANYWAY = msg("It was charged all the same.")
NOT_CHARGED = msg("Nothing was charged.")


def dotted(*parts: Message | None) -> Message:
    """Facts beside each other."""
    return joined(*parts, by=" · ")


def lines(*parts: Message | None) -> Message:
    return joined(*parts, by="\n")


def small(line: Message) -> Message:
    """A line in small print."""
    return Message("-# {line}", {"line": line})


def words(text: str, most: int) -> Foreign:
    """A stranger's words in one line of at most so many characters; escaping may double them."""
    return Foreign(one_line(text, most))


def video(job: Job) -> Message:
    return value(VideoId(job.id))


def person(id_: int) -> Message:
    return value(Person(id_))


def seconds(length: int) -> Message:
    return msg("{seconds} s", seconds=Count(length))


def clip(request: VideoRequest) -> Message:
    """Length and size of what would be made."""
    return dotted(seconds(request.seconds), value(Term(str(request.size))))


def order_facts(label: str, request: VideoRequest, price: Message | None) -> Message:
    """Model, length, size and price."""
    return dotted(value(Model(label)), clip(request), price)


def facts(job: Job) -> Message:
    """Model, length, size and price of an order."""
    known = value(Money(job.cost)) if job.cost is not None else msg("about {price}", price=Money(job.quote))
    return order_facts(job.request.model, job.request, known)


def title(request: VideoRequest) -> Message:
    """What it is, and what a remix begins from."""
    mode = MODE[request.mode]
    if request.source is None:
        return msg("**{mode}**", mode=mode)
    if request.aim is Aim.CONTINUE:
        return msg("**{mode}** from the end of {video}", mode=mode, video=VideoId(request.source))
    return msg("**{mode}** of {video}", mode=mode, video=VideoId(request.source))


def failed_in_a_row(failing: Failing) -> Message:
    return msg_n(
        "failed {count} time in a row here, last {when}",
        "failed {count} times in a row here, last {when}",
        failing.times,
        when=Moment(failing.last),
    )


def has_failed(model: Message | Foreign, failing: Failing) -> Message:
    """Said before an order, and to those who wait."""
    return msg_n(
        "{model} has failed {count} time in a row here, last {when}.",
        "{model} has failed {count} times in a row here, last {when}.",
        failing.times,
        model=model,
        when=Moment(failing.last),
    )


def health_line(health: Health) -> Message:
    """How a model does, in a few words."""
    if health.refused_since is not None:
        return msg("⏸️ paused since {when}: the service refuses this bot's account", when=Moment(health.refused_since))
    if health.failing is not None:
        since, how = Moment(health.failing.since), failed_in_a_row(health.failing)
        return msg("🔴 failing since {since}: {how}", since=since, how=how)
    return msg("🟢 well")


def label(job: Job) -> str:
    """One line for lists and menus: the id, the prompt, and what it is."""
    return one_line(f"{shown(job.id)} · {job.request.prompt}", 100)


def failure(failed: Failed) -> Message:
    """Why it failed, what that cost, what to do."""
    return joined(failed.reason, CHARGED_ANYWAY if failed.charged else NOT_CHARGED, ADVICE[failed.cause])
