"""Contests: their cards, entering, voting, and their results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import (
    Channel,
    Choice,
    Foreign,
    Message,
    Moment,
    MomentStyle,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.ports.studio.contests import ContestCard, VoteResult
from bot.domain.studio.contests.contest import (
    Contest,
    ContestStage,
    ContestState,
)
from bot.ui.text.phrases.values import dotted, lines, small, words

ENTER = msg("Enter a video")
ENTER_ONE = msg("Enter a contest…")
YOUR_VIDEOS = msg("Your videos…")
VOTE = msg("Vote")
MANAGE = msg("Manage…")
CHANGE_DEADLINE = msg("Change deadline…")
END_NOW = msg("End now")
CANCEL = msg("Cancel contest")
REALLY_END = msg("Count the votes now")
REALLY_CANCEL = msg("Cancel it for good")
BACK = msg("Back")
NEWER, OLDER, PREVIOUS, NEXT = msg("Newer"), msg("Older"), msg("Previous"), msg("Next")
FREE = msg("Entering and voting are free.")
PROMPT_LENGTH = 140  # characters shown of each


def ends(at: datetime) -> Message:
    return msg(
        "{day}, {time} ({when})",
        day=Moment(at, MomentStyle.DAY),
        time=Moment(at, MomentStyle.CLOCK),
        when=Moment(at),
    )


# The card


def heading(contest: Contest) -> Message:
    return Message("## {line}", {"line": msg("🏆 Contest: {theme}", theme=Foreign(contest.theme))})


def card(facts: ContestCard) -> Message:
    contest, times = facts.contest, facts.contest.times
    match contest.stage(facts.now):
        case ContestStage.ENTERING if times.has_voting_of_its_own:
            until = lines(
                msg("Enter until {when}", when=ends(times.enter_until)),
                msg("Then vote until {when}", when=ends(times.vote_until)),
            )
        case ContestStage.ENTERING:
            until = msg("Enter and vote until {when}", when=ends(times.vote_until))
        case ContestStage.VOTING:
            until = msg("All videos are in. Vote until {when}", when=ends(times.vote_until))
        case ContestStage.OVER:
            return _over(contest)
    return lines(until, entries(facts.entries))


def _over(contest: Contest) -> Message:
    if contest.state is ContestState.CANCELLED:
        return msg("This contest was cancelled.")
    if contest.result_id is None:
        return msg("This contest is over.")
    result = PostedMessage(channel_id=contest.channel_id, message_id=contest.result_id)
    return msg("This contest is over: [see the result]({link}).", link=Term(result.address(contest.guild_id)))


def entries(number: int) -> Message:
    return msg_n("**{count} video** so far", "**{count} videos** so far", number)


def rules(contest: Contest) -> Message:
    """What each member may do."""
    given = contest.rules
    return lines(
        small(
            dotted(
                msg_n("{count} video each", "{count} videos each", given.entries_each),
                msg_n("{count} vote each", "{count} votes each", given.votes_each),
                msg_n("{count} video in all at most", "{count} videos in all at most", given.most_entries),
            )
        ),
        small(
            joined(
                msg(
                    "Only videos ordered after {day}, {time}.",
                    day=Moment(contest.started_at, MomentStyle.DAY),
                    time=Moment(contest.started_at, MomentStyle.CLOCK),
                )
                if given.newer_only
                else None,
                FREE,
            )
        ),
    )


# Entering


def enter(contest: Contest, own: Sequence[Job]) -> Message:
    title = msg("**Enter “{theme}”**", theme=Foreign(contest.theme))
    seen = msg(
        "Everyone in {channel} sees the poster, the prompt and your name. You can withdraw it until the end.",
        channel=Channel(contest.channel_id),
    )
    mine = Choice(tuple(VideoId(job.id) for job in own), every=True)
    return lines(title, msg("You're in with {videos}.", videos=mine) if own else None, rules(contest), small(seen))


NO_OWN_VIDEO = msg("You have no finished video that fits.")
NO_OWN_VIDEOS = msg("You have no finished video that fits. `/create` makes one; private ones can't be voted for.")
NOTHING_OWN = msg("You have no video in this contest, and it takes no more.")
NO_OTHERS = msg("You have no other finished video that fits.")
NO_ROOM = msg("You've entered as many videos as you may. Withdraw one to enter another.")
CHOOSE = msg("Choose a video")
GOOD_LUCK = msg("Good luck!")
NO_OPEN_CONTEST = msg("No contest here takes videos now.")


def no_own_videos(refusal: Message | None) -> Message:
    """`refusal`: why they may not make videos, if so."""
    return NO_OWN_VIDEOS if refusal is None else joined(NO_OWN_VIDEO, refusal)


def withdraw(job_id: JobId) -> Message:
    return msg("Withdraw {video}", video=VideoId(job_id))


def withdrawn(job_id: JobId) -> Message:
    return msg("{video} was withdrawn, with the votes for it.", video=VideoId(job_id))


def which_contest(job: Job) -> Message:
    return msg("Which contest is {video} for?", video=VideoId(job.id))


# Voting


def ballot(contest: Contest, given: int, said: Message | None) -> Message:
    left = contest.rules.votes_each - given
    standing = (
        msg_n("You have {count} vote left.", "You have {count} votes left.", left)
        if left > 0
        else msg("You have no votes left. Press your choice again to take it back.")
    )
    secret = small(msg("Nobody sees how the votes stand until they are counted."))
    return lines(msg("**Vote in “{theme}”**", theme=Foreign(contest.theme)), said, standing, secret)


NOTHING_ENTERED = msg("Nobody has entered a video yet.")


def entry(job: Job, link: str | None) -> Message:
    shown: Message = value(VideoId(job.id))
    if link is not None:
        shown = Message("[{video}]({link})", {"video": shown, "link": Term(link)})
    by = msg("{video} by {member}", video=shown, member=Person(job.owner_id))
    return lines(by, value(words(job.request.prompt, PROMPT_LENGTH)))


def poster(job: Job) -> Message:
    return msg("{video}: {prompt}", video=VideoId(job.id), prompt=words(job.request.prompt, 200))


def vote_for(job: Job) -> Message:
    return msg("Vote for {video}", video=VideoId(job.id))


def take_back(job: Job) -> Message:
    return msg("Take back: {video}", video=VideoId(job.id))


YOURS = msg("Yours")


def voted(result: VoteResult, job_id: JobId) -> Message:
    video = VideoId(job_id)
    match result:
        case VoteResult.TAKEN_BACK:
            return msg("You took your vote for {video} back.", video=video)
        case VoteResult.MOVED:
            return msg("Your vote is for {video} now.", video=video)
        case _:
            return msg("You voted for {video}.", video=video)
