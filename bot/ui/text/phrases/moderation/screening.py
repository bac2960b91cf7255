"""The texts of the page Moderation, its forms and its results."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Channel, Count, Foreign, Message, Moment, MomentStyle, Person, joined, msg, msg_n
from bot.domain.moderation.blocks import Block
from bot.domain.moderation.rules import BrokenRule, ModerationRules, RuleKind, Strictness
from bot.jobs.use_cases.moderation.blocks import Blocked
from bot.jobs.use_cases.moderation.rules import model_words
from bot.ui.text.phrases.settings.hub import heading
from bot.ui.text.phrases.values import lines, small

TITLE, ABOUT = msg("Moderation"), msg("Forbidden words and patterns, blocked members, appeals")
WORDS, PATTERNS, MODEL, APPEALS = msg("Words…"), msg("Patterns…"), msg("Model…"), msg("Appeals…")
TRY, BLOCK, BACK = msg("Try a prompt…"), msg("Block a member…"), msg("Back")
UNBLOCK, NEWER, OLDER = msg("Unblock"), msg("Newer"), msg("Older")
WORDS_TITLE, PATTERNS_TITLE = msg("Forbidden words"), msg("Forbidden patterns")
MODEL_TITLE, TRY_TITLE, APPEALS_TITLE = msg("Moderation model"), msg("Try a prompt"), msg("Appeals")
BLOCK_TITLE, APPEAL_TITLE = msg("Block a member"), msg("Appeal")
ONE_A_LINE = msg("Words and phrases, one a line")
WORDS_HINT = msg("Found as whole words, however they are disguised. Copy the list to keep or move it.")
PATTERNS_LABEL = msg("Regular expressions, one a line")
PATTERNS_HINT = msg("RE2 syntax; capitals and marks on letters don't count. Such as: na[sz]i+")
STRICTNESS_LABEL, TOPICS_LABEL = msg("How sure it has to be"), msg("What it refuses")
TOPICS_HINT = msg("Sexual content with minors is always refused while it's on.")
MODEL_OFF = msg("Off")
STRICTNESS_CHOICES = {
    Strictness.LENIENT: msg("Very sure: refuses the least"),
    Strictness.USUAL: msg("As the model decides"),
    Strictness.STRICT: msg("A suspicion is enough: refuses the most"),
}
PROMPT, TRY_HINT = msg("Prompt"), msg("Nothing is ordered and nobody is told.")
APPEALS_LABEL, APPEALS_HINT = msg("Appeals of one member a day"), msg("0 to 10; 0 turns appeals off.")
MEMBER, UNTIL, REASON = msg("Member"), msg("Until the end of"), msg("Reason")
UNTIL_HINT, REASON_HINT = msg("Such as Sunday or 2026-12-24. Empty: for good."), msg("The member reads it.")
APPEAL, APPEAL_LABEL = msg("Appeal…"), msg("Why should it be allowed?")
APPEAL_HINT = msg("Managers read it in the log channel, with your prompt.")
APPEAL_BLOCK_HINT = msg("Managers read it in the log channel.")
SENT = msg("Your appeal was sent. You'll be told what managers decide.")
PASSES = msg("No forbidden word or pattern is in this prompt.")
NOBODY_BLOCKED = msg("Nobody is blocked.")


def blocked_button(number: int) -> Message:
    return msg("Blocked ({count})", count=Count(number))


def page(rules: ModerationRules, *, has_model: bool, log_channel: int | None, blocks: int) -> Message:
    """The whole page."""
    return lines(
        heading(TITLE),
        joined(_number_of_words(rules), _number_of_patterns(rules), by=" · "),
        msg("Moderation model: {model}", model=model_words(rules.model))
        if has_model
        else msg("Moderation model: not set up. Whoever runs this bot can do that."),
        _appeals(rules.appeals_a_day),
        msg_n("{count} member is blocked.", "{count} members are blocked.", blocks) if blocks else NOBODY_BLOCKED,
        msg("Refusals and appeals are posted in {channel}.", channel=Channel(log_channel))
        if log_channel is not None
        else msg("⚠️ There's no log channel, so nobody sees refusals or appeals. Choose one with `/settings log`."),
        small(msg("Refused orders aren't charged. The lists apply to everyone, managers too.")),
    )


def summary(rules: ModerationRules, blocks: int) -> Message:
    """In a few words."""
    blocked = msg_n("{count} member blocked", "{count} members blocked", blocks) if blocks else None
    if not rules.words and not rules.patterns and not rules.model.asked:
        return joined(msg("no rules"), blocked, by=" · ")
    model = msg("moderation model") if rules.model.asked else None
    listed = (_number_of_words(rules), _number_of_patterns(rules))
    return joined(*listed, model, blocked, by=" · ")


def _number_of_words(rules: ModerationRules) -> Message:
    return msg_n("{count} forbidden word", "{count} forbidden words", len(rules.words))


def _number_of_patterns(rules: ModerationRules) -> Message:
    return msg_n("{count} pattern", "{count} patterns", len(rules.patterns))


def _appeals(a_day: int) -> Message:
    if not a_day:
        return msg("Appeals are off.")
    return msg_n("Each member can appeal once a day.", "Each member can appeal {count} times a day.", a_day)


def words_saved(rules: ModerationRules) -> Message:
    return msg("✅ Saved: {number}.", number=_number_of_words(rules))


def patterns_saved(rules: ModerationRules) -> Message:
    return msg("✅ Saved: {number}.", number=_number_of_patterns(rules))


def model_saved(rules: ModerationRules) -> Message:
    return msg("✅ The moderation model is {model}.", model=model_words(rules.model))


def appeals_saved(rules: ModerationRules) -> Message:
    return joined(msg("✅ Saved."), _appeals(rules.appeals_a_day))


def tried(broken: BrokenRule | None) -> Message:
    if broken is None:
        return PASSES
    if broken.kind is RuleKind.PATTERN:
        return msg("Refused, by the pattern “{pattern}”.", pattern=Foreign(broken.rule))
    return msg("Refused, by the word “{word}”.", word=Foreign(broken.rule))


def blocked(done: Blocked) -> Message:
    """The result of blocking somebody."""
    who = Person(done.block.member_id)
    if done.block.until is None:
        head = msg("✅ {member} is blocked from making videos, for good.", member=who)
    else:
        head = msg(
            "✅ {member} is blocked from making videos until {day}, {time}.",
            member=who,
            day=Moment(done.block.until, MomentStyle.DAY),
            time=Moment(done.block.until, MomentStyle.CLOCK),
        )
    stopped = msg_n(
        "{count} waiting order of theirs was cancelled, free of charge.",
        "{count} waiting orders of theirs were cancelled, free of charge.",
        done.stopped,
    )
    return joined(head, stopped if done.stopped else None)


def unblocked(block: Block) -> Message:
    return msg("✅ {member} can make videos again.", member=Person(block.member_id))


def block_row(block: Block) -> Message:
    """One block in the list."""
    if block.until is None:
        how_long = msg("{member}, for good", member=Person(block.member_id))
    else:
        how_long = msg(
            "{member}, until {day}, {time}",
            member=Person(block.member_id),
            day=Moment(block.until, MomentStyle.DAY),
            time=Moment(block.until, MomentStyle.CLOCK),
        )
    reason = msg("Reason: {reason}", reason=Foreign(block.reason)) if block.reason else None
    by = small(msg("by {manager}, {when}", manager=Person(block.by), when=Moment(block.since)))
    return lines(how_long, reason, by)


def blocked_title(blocks: Sequence[Block], said: Message | None) -> Message:
    return lines(said, msg("**Blocked members**"), None if blocks else NOBODY_BLOCKED)
