"""Contests from the managers' side, their list, and their results."""

from __future__ import annotations

from datetime import datetime

from bot.domain.messages import (
    Channel,
    Choice,
    Count,
    Foreign,
    Message,
    Person,
    Term,
    VideoId,
    msg,
    msg_n,
    value,
)
from bot.domain.ports.studio.contests import ContestResult
from bot.domain.studio.contests.contest import MOST_EACH, MOST_ENTRIES, Contest, ContestStage, ContestState
from bot.domain.studio.contests.outcome import ContestPlace, runners_up, winners
from bot.jobs.use_cases.studio.contests.known import ListedContest
from bot.ui.text.phrases.studio.contests import ends, entries
from bot.ui.text.phrases.values import dotted, lines, small

# The end


WATCH = msg("Watch")


def result_heading(contest: Contest) -> Message:
    return Message("## {line}", {"line": msg("🏆 Result: {theme}", theme=Foreign(contest.theme))})


def outcome(result: ContestResult) -> Message:
    """The number of entries, and whether there is a tie or no winner."""
    first, counted = winners(result.standings), result.contest.counted
    if counted is None or not counted.entries:
        return msg("Nobody entered a video, so nobody wins.")
    entered = msg_n("{count} video was entered.", "{count} videos were entered.", counted.entries)
    if not counted.winners:
        return lines(entered, msg("Nobody voted, so nobody wins."))
    gone = counted.winners - len([each for each in first if each.job is not None])
    tied = msg_n(
        "A tie: {count} video has the most votes.", "A tie: {count} videos have the most votes.", counted.winners
    )
    left = msg_n(
        "{count} winning video has been removed since.", "{count} winning videos have been removed since.", gone
    )
    return lines(entered, tied if counted.winners > 1 else None, left if gone else None)


def winner(standing: ContestPlace, link: str | None) -> Message:
    return _placed(msg("🏆 {what}", what=_who(standing, link)), standing)


def others(result: ContestResult) -> Message | None:
    """The runners-up."""
    shown = [_placed(_in_place(each), each) for each in runners_up(result.standings) if each.job is not None]
    return lines(*shown) if shown else None


def _in_place(standing: ContestPlace) -> Message:
    return msg("{place}. {what}", place=Count(standing.place), what=_who(standing, None))


def _placed(named: Message, standing: ContestPlace) -> Message:
    return dotted(named, msg_n("{count} vote", "{count} votes", standing.votes))


def _who(standing: ContestPlace, link: str | None) -> Message:
    shown: Message = value(VideoId(standing.job_id))
    if link is not None:
        shown = Message("[{video}]({link})", {"video": shown, "link": Term(link)})
    return msg("**{video}** by {member}", video=shown, member=Person(standing.member_id))


# Running a contest

FORM_TITLE = msg("Start a contest")
THEME, THEME_HINT = msg("Theme"), msg("What the videos should be about")
DEADLINE = msg("Videos can be entered until")
DEADLINE_HINT = msg("Sunday, Sunday 18:00, 2026-12-24 or 3 days; in this server's time zone")
STAYS_HINT = msg("Empty: stays as it is")
VOTING_ENDS = msg("Votes can be cast until")
VOTING_HINT = msg("Empty: members can vote until the deadline. With a time: voting begins at the deadline.")
EACH, ALL = msg("Videos of each member"), msg("Videos in all")
EACH_HINT = msg("1 to {most}", most=Count(MOST_EACH))
ALL_HINT = msg("1 to {most}", most=Count(MOST_ENTRIES))
DEADLINE_TITLE = msg("Change deadline")


def started(contest: Contest) -> Message:
    return msg(
        "The contest “{theme}” runs in {channel} until {when}. It costs nothing.",
        theme=Foreign(contest.theme),
        channel=Channel(contest.channel_id),
        when=ends(contest.times.vote_until),
    )


def manage(contest: Contest, number: int) -> Message:
    times = contest.times
    return lines(
        msg("**Manage “{theme}”**", theme=Foreign(contest.theme)),
        dotted(entries(number), msg("ends {when}", when=ends(times.vote_until))),
    )


def really_end(contest: Contest) -> Message:
    return msg("End “{theme}” now? The votes so far decide, and the result is posted.", theme=Foreign(contest.theme))


def really_cancel(contest: Contest) -> Message:
    return msg(
        "Cancel “{theme}”? Nobody wins, and its entries and votes are forgotten. The videos stay.",
        theme=Foreign(contest.theme),
    )


def changed(contest: Contest) -> Message:
    return msg("“{theme}” now ends {when}.", theme=Foreign(contest.theme), when=ends(contest.times.vote_until))


def ended(contest: Contest) -> Message:
    return msg("“{theme}” has ended. The result is being posted.", theme=Foreign(contest.theme))


def cancelled(contest: Contest) -> Message:
    return msg("“{theme}” was cancelled.", theme=Foreign(contest.theme))


# The list

LIST_TITLE = msg("**Contests on this server**")
NO_CONTESTS = msg("There has been no contest here yet. Members with Manage Server start one with `/contest start`.")


def listed(each: ListedContest, now: datetime) -> Message:
    contest = each.contest
    where = msg("**{theme}** in {channel}", theme=Foreign(contest.theme), channel=Channel(contest.channel_id))
    return lines(where, small(_how_it_stands(each, now)))


def _how_it_stands(each: ListedContest, now: datetime) -> Message:
    contest = each.contest
    if contest.stage(now) is not ContestStage.OVER:
        return dotted(entries(each.entries), msg("ends {when}", when=ends(contest.times.vote_until)))
    if contest.state is ContestState.CANCELLED:
        return msg("cancelled")
    first = [standing for standing in winners(each.standings) if standing.job is not None]
    if not first:
        return msg("over, without a winner")
    who = Choice(tuple(Person(standing.member_id) for standing in first), every=True)
    return msg("won by {who}", who=who)
