"""What is stored about a member, and what erasing removes and keeps: shown before and after."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.access.own_data import Erased, Remaining, Stored
from bot.domain.messages import Bytes, Choice, Message, Moment, MomentStyle, Term, joined, msg, msg_n, value
from bot.jobs.use_cases.me.erase import WORD, ErasureStatus
from bot.jobs.use_cases.me.export import Export
from bot.ui.text.phrases.values import lines, small

NOTHING = msg("nothing")
STORED_TITLE = msg("**What's stored about you**, on all servers")
STORED_NOTHING = msg("Nothing is stored about you.")
WHO_SEES_IT = msg(
    "Everyone who can see a video's channel can see the video and its prompt. Private ones are yours alone, unless the "
    "server lets managers watch them. Managers see what videos cost. The video services got your prompts and images."
)
ERASE_TITLE = msg("**Erase everything that's stored about you, on all servers?** This can't be undone.")
KEPT_ELSEWHERE = msg(
    "**Kept:** blocks, reports and grants that concern you, settings you changed as a manager, and until the month is "
    "over, how much of your limits you've used."
)
REFUSED = msg(
    "Messages about refused orders quote their prompts. They stay in the server's log channel and in your direct "
    "messages."
)
UNFINISHED = msg(
    "Waiting orders are cancelled, free of charge. Videos being made are finished first, and orders that may have been "
    "paid wait for a manager; then they're removed, too."
)
OTHERS = msg("Remixes that others made of your videos stay, and say that their original is gone.")
ERASE, EXPORT, HOW_FAR = msg("Erase…"), msg("Export"), msg("Show progress")
EXPORT_TOO_LARGE = msg("Your data is larger than a message can carry here. Ask whoever runs this bot for it.")
FORM_TITLE = msg("Erase your data")
FORM_HINT = msg("This can't be undone. Anything else erases nothing.")
FORM_FIELD = msg("Type {word} to confirm", word=Term(WORD))
GOING_ON = msg("**Your data is being erased.**")
CARRY_ON = msg("You can keep making videos. What you order from now on is kept.")


def stored(found: Stored) -> Message:
    if not found.any:
        return lines(STORED_TITLE, STORED_NOTHING)
    return lines(
        STORED_TITLE,
        *(value(each) for each in _things(found)),
        _own_keys(found.keys),
        _servers(found.servers),
        small(WHO_SEES_IT),
    )


def _own_keys(keys: Sequence[str]) -> Message | None:
    if not keys:
        return None
    return msg("Your own keys: {ends}", ends=Choice(tuple(Term(f"…{end}") for end in keys), every=True))


def exported(found: Export) -> Message:
    """`found`: the content of the file that this message comes with."""
    videos = msg_n("{count} video", "{count} videos", found.videos)
    return lines(
        msg("**Your data**, for you alone ({size})", size=Bytes(found.bytes)),
        msg_n("{count} order, {videos}", "{count} orders, {videos}", found.orders, videos=videos),
        _left_out(found),
    )


def _left_out(found: Export) -> Message | None:
    if not found.left_out:
        return None
    if found.links_until is None:
        return msg_n(
            "{count} video didn't fit. `/show` posts it.",
            "{count} videos didn't fit. `/show` posts them.",
            found.left_out,
        )
    return msg_n(
        "{count} video didn't fit. `jobs.json` has a link to it, until {until}.",
        "{count} videos didn't fit. `jobs.json` has links to them, until {until}.",
        found.left_out,
        until=Moment(found.links_until, MomentStyle.DAY),
    )


def before(found: Stored) -> Message:
    keys = [msg_n("{count} key of your own", "{count} keys of your own", len(found.keys))] if found.keys else []
    removed, books = [*_removed(found), *keys], _books(found.cost_rows)
    return lines(
        ERASE_TITLE,
        msg("**Removed**, here and where a service can delete: {things}", things=_listed(removed)),
        None if books is None else msg("**Kept, but not linked to you:** {lines}", lines=books),
        KEPT_ELSEWHERE,
        small(REFUSED),
        small(UNFINISHED),
        small(OTHERS),
    )


def status(found: ErasureStatus) -> Message:
    """What an erasure has done so far, or in the end."""
    erasure, done = found.erasure, found.erasure.done
    head = GOING_ON
    if erasure.ended_at is not None:
        head = msg("**Your data was erased** {when}.", when=Moment(erasure.ended_at, MomentStyle.RELATIVE))
    books = _books(done.cost_rows)
    return lines(
        head,
        msg("**Removed:** {things}", things=_listed(_removed(done))),
        None if books is None else msg("**Kept, but not linked to you:** {lines}", lines=books),
        KEPT_ELSEWHERE,
        small(REFUSED),
        *_not_removed(done),
        *_still_there(found.remaining),
        small(CARRY_ON) if erasure.ended_at is None else None,
    )


def _not_removed(done: Erased) -> list[Message]:
    said = []
    if done.left_in_discord:
        said.append(
            msg_n(
                "⚠️ Messages of {count} video couldn't be removed from Discord. Moderators can.",
                "⚠️ Messages of {count} videos couldn't be removed from Discord. Moderators can.",
                done.left_in_discord,
            )
        )
    if done.left_at_service:
        said.append(
            msg_n(
                "⚠️ {count} video can't be deleted at its service, or couldn't be just then.",
                "⚠️ {count} videos can't be deleted at their service, or couldn't be just then.",
                done.left_at_service,
            )
        )
    return said


def _still_there(left: Remaining) -> list[Message]:
    said = []
    if left.under_way:
        said.append(
            msg_n(
                "{count} video is still being made. It's removed when it's done.",
                "{count} videos are still being made. They're removed when they're done.",
                left.under_way,
            )
        )
    if left.undecided:
        said.append(
            msg_n(
                "{count} order may have been paid and waits for a manager. It's removed when that's decided.",
                "{count} orders may have been paid and wait for a manager. They're removed when that's decided.",
                left.undecided,
            )
        )
    return said


def _things(found: Stored) -> list[Message]:
    books = _books(found.cost_rows)
    return [*_removed(found), *([books] if books else [])]


def _removed(found: Stored | Erased) -> list[Message]:
    """Only what there was."""
    videos = msg_n("{count} video", "{count} videos", found.videos)
    said = [
        (found.orders, msg_n("{count} order with its prompt", "{count} orders with their prompts", found.orders)),
        (found.videos, msg("{videos} ({size})", videos=videos, size=Bytes(found.bytes))),
        (found.pictures, msg_n("{count} image", "{count} images", found.pictures)),
        (found.messages, msg_n("{count} message in Discord", "{count} messages in Discord", found.messages)),
        (found.drafts, msg_n("{count} unsent text", "{count} unsent texts", found.drafts)),
        (found.facts, msg("preferences and what forms remember")),
    ]
    return [text for count, text in said if count]


def _books(count: int) -> Message | None:
    return msg_n("{count} cost entry", "{count} cost entries", count) if count else None


def _servers(count: int) -> Message | None:
    return msg_n("on {count} server", "on {count} servers", count) if count > 1 else None


def _listed(things: Sequence[Message]) -> Message:
    return joined(*things, by=", ") if things else NOTHING
