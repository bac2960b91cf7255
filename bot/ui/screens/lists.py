"""Lists: my videos and the line, what was spent, the server's rules. Pure."""

from __future__ import annotations

from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.money.costs import Costs, Period
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
    Undelivered,
    Unknown,
)
from bot.jobs.use_cases.browse import Overview
from bot.ui.cards.job_card import BLUE, GREEN, GREY, RED
from bot.ui.text.wording import MODE, neutral, one_line, relative

SHOWN_IN_LINE = 10
PERIODS = {Period.TODAY: "today", Period.MONTH: "this month", Period.ALL: "in all"}


class StatusList(LayoutView):
    """The member's own latest videos, and what the server has under way."""

    def __init__(self, overview: Overview) -> None:
        super().__init__(timeout=None)
        mine = [_row(job) for job in overview.mine] or ["Nothing yet. `/create` makes your first video."]
        self.add_item(Container(TextDisplay("**Your videos**"), TextDisplay("\n".join(mine)), accent_colour=BLUE))
        if overview.to_decide:
            aside = "\n".join(_row(job) for job in overview.to_decide[:SHOWN_IN_LINE])
            title = f"**{len(overview.to_decide)} wait for a manager's decision** · `/status video:` shows the buttons"
            self.add_item(Container(TextDisplay(title), TextDisplay(aside), accent_colour=RED))
        queue = list(overview.queue)
        running = sum(not isinstance(job.phase, Queued) for job in queue)
        counts = f"{running} under way · {len(queue) - running} in line · {overview.limits.total} at once"
        title = f"**On this server** · {counts}"
        # Others see that somebody waits, never what a private video is about.
        rows = [_row(job, hide=job.private) for job in queue[:SHOWN_IN_LINE]]
        if len(queue) > SHOWN_IN_LINE:
            rows.append(f"-# and {len(queue) - SHOWN_IN_LINE} more")
        body = "\n".join(rows) or "Nobody is waiting."
        self.add_item(Container(TextDisplay(title), TextDisplay(body), accent_colour=GREY))


def _row(job: Job, *, hide: bool = False) -> str:
    prompt = "*a private video*" if hide else neutral(one_line(job.request.prompt, 60))
    name = "" if hide else f"`{shown(job.id)}` "
    return f"{state(job)} {name}{prompt} · {MODE[job.request.mode]} · <@{job.owner_id}> · {relative(job.created_at)}"


def state(job: Job) -> str:
    """A phase as one sign and one word. One case for each phase."""
    match job.phase:
        case Queued():
            return "⏳ in line:"
        case Submitting():
            return "📨 ordering:"
        case Unknown():
            return "🔎 checking:"
        case Rendering(progress=None):
            return "🎥 rendering:"
        case Rendering(progress=progress):
            return f"🎥 {progress} %:"
        case Saving() | Posting():
            return "📥 finishing:"
        case Done():
            return "🗑️ deleted:" if job.deleted else "✅"
        case Undelivered():
            return "🗑️ deleted:" if job.deleted else "📦 kept:"
        case Failed():
            return "❌ failed:"
        case Cancelled():
            return "🚫 cancelled:"
        case NeedsReview():
            return "⚠️ needs a person:"


class CostsList(LayoutView):
    """The answer to /costs."""

    def __init__(self, costs: Costs, period: Period, *, whole_server: bool) -> None:
        super().__init__(timeout=None)
        whose = "The server" if whole_server else "You"
        lines = [f"**{whose} spent {costs.spent} {PERIODS[period]}** on {_videos(costs.videos)}"]
        if costs.reserved.micros:
            lines.append(f"{costs.reserved} more is set aside for videos under way")
        if costs.budget is not None and costs.budget_left is not None:
            lines.append(f"Budget of this month: {costs.budget}, **{costs.budget_left} left**")
        card: Container[CostsList] = Container(TextDisplay("\n".join(lines)), accent_colour=GREEN)
        if costs.by_model:
            models = [f"{m.model} · {_videos(m.videos)} · {m.spent}" for m in costs.by_model]
            card.add_item(Separator()).add_item(TextDisplay("**By model**\n" + "\n".join(models)))
        if costs.latest:
            rows = [
                f"`{shown(c.job_id)}` {c.spent} · {neutral(one_line(c.prompt, 50))} · "
                f"{MODE[c.mode]} · {c.model} · <@{c.owner_id}> · {relative(c.at)}"
                for c in costs.latest
            ]
            card.add_item(Separator()).add_item(TextDisplay("**Latest**\n" + "\n".join(rows)))
        self.add_item(card)


def _videos(count: int) -> str:
    return "1 video" if count == 1 else f"{count} videos"


class GuildSettingsScreen(LayoutView):
    """Who may make videos on a server, and for how much."""

    def __init__(self, guild_settings: GuildSettings) -> None:
        super().__init__(timeout=None)
        if guild_settings.opening is AccessPolicy.EVERYONE:
            who = "Everyone may make videos here."
        elif guild_settings.roles:
            roles = ", ".join(f"<@&{role}>" for role in sorted(guild_settings.roles))
            who = f"Members with Manage Server and these roles may make videos here: {roles}."
        else:
            who = "Only members with Manage Server may make videos here. Grant a role with `/settings access grant:`."
        budget = f"Budget: {guild_settings.monthly_budget} a month."
        self.add_item(Container(TextDisplay(f"**Rules of this server**\n{who}\n{budget}"), accent_colour=BLUE))
