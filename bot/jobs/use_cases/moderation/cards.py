"""What a server's log channel shows of moderation: refused orders and appeals, with what managers can do about them.

A button says what it does and what it is about, so that it works after a restart: `k1:moderate:<act>:<about>`, or
`k1:block-form:<about>`, which opens a form.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.audit.log_channel import LogButton, LogCard, LogTone
from bot.domain.messages import Channel, Choice, Foreign, Message, Moment, MomentStyle, Person, Term, joined, msg
from bot.domain.moderation.blocks import Block
from bot.domain.moderation.refusals import ModerationDecision, RefusedOrder
from bot.domain.moderation.rules import BrokenRule, RuleKind

VERB, FORM_VERB = "moderate", "block-form"  # of the buttons
LONGEST_TEXT = 1500  # characters of a prompt


class ModerationAct(StrEnum):
    """What a button of these cards does at once."""

    DISMISS = "dismiss"
    ALLOW = "allow"
    KEEP = "keep"
    UNBLOCK = "unblock"  # about a member, as the next
    KEEP_BLOCKED = "keep-blocked"


BLOCK_MEMBER, DISMISS = msg("Block…"), msg("Dismiss")
ALLOW_ONCE, KEEP_REFUSED = msg("Allow once"), msg("Keep refused")
UNBLOCK, KEEP_BLOCKED = msg("Unblock"), msg("Keep blocked")


def refusal_card(id_: str, refused: RefusedOrder) -> LogCard:
    """An order that was refused; with the appeal, once there is one."""
    who, where = Person(refused.member_id), Channel(refused.channel_id)
    place = msg("{member}, for direct messages", member=who) if refused.private else joined_place(who, where)
    body = joined(place, _text(refused), _rule(refused.broken), _appeal(refused.appeal), _decided(refused), by="\n")
    title = msg("**Order refused**") if refused.appeal is None else msg("**Appeal: order refused**")
    return LogCard(title=title, body=body, tone=_tone(refused), buttons=_buttons(id_, refused))


def joined_place(who: Person, where: Channel) -> Message:
    return msg("{member} in {channel}", member=who, channel=where)


def _tone(refused: RefusedOrder) -> LogTone:
    if refused.decision is ModerationDecision.ALLOWED:
        return LogTone.GOOD
    return LogTone.WARNING if refused.decision is None else LogTone.PLAIN


def _text(refused: RefusedOrder) -> Message:
    """A private prompt is its owner's alone, unless they appeal and show it."""
    if refused.private and refused.appeal is None:
        return msg("*The prompt of a private video isn't shown.*")
    return msg("> {prompt}", prompt=Foreign(" ".join(refused.text.split())[:LONGEST_TEXT]))


def _rule(broken: BrokenRule) -> Message:
    match broken.kind:
        case RuleKind.WORD:
            return msg("Forbidden word: {word}", word=Foreign(broken.rule))
        case RuleKind.PATTERN:
            return msg("Forbidden pattern: {pattern}", pattern=Foreign(broken.rule))
        case RuleKind.MODEL | RuleKind.UNCHECKED:
            found = Choice(tuple(map(Term, broken.rule.split())), every=True)
            return msg("Found by the moderation model: {categories}", categories=found)


def _appeal(words: str | None) -> Message | None:
    return None if words is None else msg("They say: {words}", words=Foreign(" ".join(words.split())))


def _decided(refused: RefusedOrder) -> Message | None:
    if refused.decision is None:
        return None
    by = Person(refused.decided_by or 0)
    match refused.decision:
        case ModerationDecision.ALLOWED:
            return msg("✅ {manager} allowed it once.", manager=by)
        case ModerationDecision.KEPT:
            return msg("{manager} kept it refused.", manager=by)
        case ModerationDecision.DISMISSED:
            return msg("{manager} dismissed this.", manager=by)


def _buttons(id_: str, refused: RefusedOrder) -> tuple[LogButton, ...]:
    if refused.decision is not None:
        return ()
    block = LogButton(verb=FORM_VERB, about=id_, label=BLOCK_MEMBER, danger=True)
    if refused.appeal is None:
        return block, _button(ModerationAct.DISMISS, id_, DISMISS)
    allow, keep = _button(ModerationAct.ALLOW, id_, ALLOW_ONCE), _button(ModerationAct.KEEP, id_, KEEP_REFUSED)
    return allow, keep, block


def block_appeal_card(block: Block, decided: ModerationDecision | None = None, by: int = 0) -> LogCard:
    """Somebody asks not to be blocked any more."""
    until = None
    if block.until is not None:
        until = msg("Blocked until {day}", day=Moment(block.until, MomentStyle.DAY))
    who = msg("{member}, blocked by {manager}", member=Person(block.member_id), manager=Person(block.by))
    reason = msg("Reason: {reason}", reason=Foreign(block.reason)) if block.reason else None
    ended = {
        ModerationDecision.ALLOWED: msg("✅ {manager} unblocked them.", manager=Person(by)),
        ModerationDecision.KEPT: msg("{manager} kept them blocked.", manager=Person(by)),
    }
    said = None if decided is None else ended.get(decided)
    body = joined(who, until, reason, _appeal(block.appeal), said, by="\n")
    about = block_mark(block)
    buttons = (
        _button(ModerationAct.UNBLOCK, about, UNBLOCK),
        _button(ModerationAct.KEEP_BLOCKED, about, KEEP_BLOCKED),
    )
    tone = LogTone.WARNING if decided is None else LogTone.PLAIN
    return LogCard(title=msg("**Appeal: blocked**"), body=body, tone=tone, buttons=buttons if decided is None else ())


def block_mark(block: Block) -> str:
    """Which block a button is about, by its member and its second: an old card ends no newer one."""
    return f"{block.member_id}-{int(block.since.timestamp())}"


def _button(act: ModerationAct, about: str, label: Message) -> LogButton:
    return LogButton(verb=VERB, about=f"{act}:{about}", label=label)


UNCHECKED = LogCard(
    title=msg("**Orders aren't checked by the moderation model**"),
    body=msg("It isn't answering. Forbidden words and patterns still apply. You'll see this once an hour at most."),
    tone=LogTone.WARNING,
)
