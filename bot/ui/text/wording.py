"""Words for people: how prompts, times, money and phases are said. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from bot.domain.health import Failing, Health
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.phases import Cause, Failed
from bot.domain.video import Aim, Mode, RemixMethod, VideoRequest

SHOWN_CHARACTERS = 1000  # of a prompt on a card
SHOWN_BYTES = 3000  # a card of more than about 10 kB makes Discord answer 500 (discord-api-docs#8554)
BAR_CELLS = 10

MODE = {Mode.CREATE: "Create", Mode.REMIX: "Remix"}
REMIX_METHOD_TEXT = {
    RemixMethod.NATIVE: "remixed by the service itself",
    RemixMethod.EDIT: "edited by the service itself",
    RemixMethod.EXTEND: "filmed on from its end by the service itself",
    RemixMethod.SOURCE: "re-filmed from the whole source video",
    RemixMethod.FRAME: "re-filmed from its first frame",
    RemixMethod.LAST_FRAME: "filmed on from its last frame",
    RemixMethod.REPROMPT: "filmed anew from both prompts",
}
ADVICE = {
    Cause.MODERATION: "Change the words or the picture and try again.",
    Cause.INVALID: "Change the order and try again.",
    Cause.PROVIDER: "Try again, or pick another model with `/create`.",
    Cause.EXPIRED: "Order it again if you still want it.",
    Cause.TIMEOUT: "Try again later, or pick another model.",
    Cause.ACCESS: "A server manager can grant a role with `/settings access`.",
}


def neutral(text: str) -> str:
    """Foreign text that can neither ping, nor link, nor format, nor turn the page round.

    Control and bidi characters go; everything Discord would interpret is escaped or broken by a zero-width space.
    """
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"} or c in "\u200d\ufe0f")
    escaped = re.sub(r"([\\*_~`|\[\]()])", r"\\\1", kept)
    escaped = re.sub(r"(?m)^(\s*\d*)([#>+.-])", r"\1\\\2", escaped)  # headings, lists and quotes begin a line
    broken = escaped.replace("<", "<\u200b").replace("@", "@\u200b")
    return re.sub(r"(?i)\b(https?|discord):", "\\1\u200b:", broken)


def quoted(prompt: str) -> str:
    """A prompt as a block quote, cut by characters and by bytes."""
    text = neutral(cut(prompt.strip(), SHOWN_CHARACTERS))
    while len(text.encode()) > SHOWN_BYTES:
        text = text[: len(text) * 9 // 10].rstrip("\\") + "…"
    return "\n".join(f"> {line}" for line in text.splitlines() if line.strip())


def cut(text: str, most: int) -> str:
    """At most `most` characters, ending in … where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def one_line(text: str, most: int) -> str:
    return cut(" ".join(text.split()), most)


def weight(size: int) -> str:
    """Bytes as people say them."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, size // 1024)} kB"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 21st …"""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def bar(percent: int) -> str:
    full = percent * BAR_CELLS // 100
    return "▰" * full + "▱" * (BAR_CELLS - full) + f" {percent} %"


def relative(moment: datetime) -> str:
    """A time that Discord counts down by itself on every screen."""
    return f"<t:{int(moment.timestamp())}:R>"


def day(date_: date) -> str:
    """1 Dec 2026."""
    return f"{date_.day} {date_:%b %Y}"


def seconds_of(seconds: float) -> str:
    """A duration as people say it: `95 s`, `4 min`."""
    return f"{round(seconds)} s" if seconds < 180 else f"{round(seconds / 60)} min"


def failed_in_a_row(failing: Failing) -> str:
    return f"failed {failing.times} times in a row here, last {relative(failing.last)}"


def health_line(health: Health) -> str:
    """How a model does, in a few words."""
    if health.refused_since is not None:
        return f"⏸️ paused since {relative(health.refused_since)}: the service refuses this bot's account"
    if health.failing is not None:
        return f"🔴 failing since {relative(health.failing.since)}: {failed_in_a_row(health.failing)}"
    return "🟢 well"


def state_in_short(health: Health | None, ends: date | None) -> str:
    """What a menu says of a model beside its price; empty when there is nothing to say."""
    ailing = "" if health is None or health.is_well else " · failing" if health.failing else " · paused"
    return ailing + (f" · ends {ends.day} {ends:%b}" if ends else "")


def label(job: Job) -> str:
    """One line for lists and menus: the id, the prompt, and what it is."""
    return one_line(f"{shown(job.id)} · {job.request.prompt}", 100)


def origin(request: VideoRequest) -> str:
    """What a remix begins from: ` of K7Q-4FD`, ` from the end of K7Q-4FD`; empty for a new video."""
    if request.source is None:
        return ""
    return f"{' from the end' if request.aim is Aim.CONTINUE else ''} of {shown(request.source)}"


def facts(job: Job) -> str:
    """Model, length, size and price of an order."""
    request = job.request
    price = str(job.cost) if job.cost is not None else f"about {job.quote}"
    return f"{request.model} · {request.seconds} s · {request.size} · {price}"


def failure(failed: Failed) -> str:
    """Why it failed, what that cost, what to do."""
    money = "It was charged all the same." if failed.charged else "Nothing was charged."
    return f"{neutral(failed.reason)} {money} {ADVICE[failed.cause]}"
