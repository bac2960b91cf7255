"""A server's showcase: its posts, the replies to members who mark a video there, and its page of /settings."""

from __future__ import annotations

from bot.domain.guild import GuildOptions
from bot.domain.job import Job
from bot.domain.messages import Channel, Count, Message, Person, VideoId, msg, msg_n
from bot.domain.studio.words import rating
from bot.ui.text.phrases.results import AI_GENERATED, ResultFacts
from bot.ui.text.phrases.values import dotted, facts, lines, small, video

ORIGINAL = msg("Original")
TAKE_OUT = msg("Take out of the showcase")

# The page of /settings

SHOWCASE, SHOWCASE_IS = msg("Showcase"), msg("A channel for the videos that members mark with ★")
CHOOSE_SHOWCASE, CHOOSE_STARS = msg("Showcase channel"), msg("★ that let a video in")
SHOWCASE_OFF = msg("Showcase off")
OFF = msg("off")
HOW = msg(
    "Members give a ★ with **More…** on a video, in `/history` or in the showcase. A maker's own ★ doesn't count. The "
    "video is posted once, with who made it. Private videos never are, nor those of a channel that not all readers of "
    "the showcase can see. Members can keep theirs out in `/me`."
)


def headline(job: Job, stars: int) -> Message:
    return msg("⭐ **{stars}** · by {member}", stars=Count(stars), member=Person(job.owner_id))


def about(job: Job, known: ResultFacts) -> Message:
    return small(dotted(facts(job, known.label), video(job), rating(known.rating), AI_GENERATED))


def given(job: Job) -> Message:
    return msg(
        "⭐ {video} is one of your favourites now. `/history favourites:True` lists them.", video=VideoId(job.id)
    )


def taken_back(job: Job) -> Message:
    return msg("{video} is no longer one of your favourites.", video=VideoId(job.id))


def leaves(job: Job) -> Message:
    return msg(
        "{video} is taken out of the showcase and won't be posted there again. The video itself stays.",
        video=VideoId(job.id),
    )


def stands(options: GuildOptions) -> Message:
    if options.showcase_channel is None:
        return msg("There is no showcase. Choose a channel to have one.")
    return lines(
        msg("**Channel:** {channel}", channel=Channel(options.showcase_channel)),
        msg_n("**Lets in:** videos with {count} ★", "**Lets in:** videos with {count} ★", options.showcase_stars),
    )


def summary(options: GuildOptions) -> Message:
    if options.showcase_channel is None:
        return OFF
    return dotted(
        msg("posted in {channel}", channel=Channel(options.showcase_channel)),
        msg_n("with {count} ★", "with {count} ★", options.showcase_stars),
    )


def stars_option(stars: int) -> Message:
    return msg_n("{count} ★", "{count} ★", stars)
