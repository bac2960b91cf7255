"""A server's lists and what its moderation model refuses: changed by members with Manage Server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest
from bot.domain.messages import Choice, Count, Foreign, Message, joined, msg, msg_n, value
from bot.domain.moderation.matching import matchers_of, read_patterns, read_words
from bot.domain.moderation.rules import (
    MOST_APPEALS,
    NO_RULES,
    BrokenRule,
    ModelRules,
    ModerationRules,
    Strictness,
    Topic,
)
from bot.domain.ports.records import Record, Records
from bot.domain.texts.numbers import whole_number
from bot.jobs.use_cases.audit.changes import SettingChanges

RULES = Record("moderation rules", ModerationRules)  # by the server's id
MOST_NAMED = 8  # lines of a list, where a change of it is noted
TOPICS = {
    Topic.SEXUAL: msg("sexual content"),
    Topic.VIOLENCE: msg("violence"),
    Topic.HATE: msg("hate"),
    Topic.HARASSMENT: msg("harassment"),
    Topic.SELF_HARM: msg("self-harm"),
    Topic.ILLICIT: msg("help with crimes"),
}
STRICTNESS = {Strictness.LENIENT: msg("lenient"), Strictness.USUAL: msg("normal"), Strictness.STRICT: msg("strict")}


@wired
class GuildModeration:
    """What changes them raises NotAllowed, and BadRequest for what cannot be; nothing is changed then."""

    records: Records
    changes: SettingChanges
    has_model: bool  # whether the host has set up the moderation model

    async def of(self, guild_id: int) -> ModerationRules:
        return await self.records.read(RULES, str(guild_id)) or NO_RULES

    async def set_words(self, member: Member, text: str) -> ModerationRules:
        """One a line, in the place of those before."""
        check_manages(member)
        words = await asyncio.to_thread(read_words, text)
        return await self._change(member, lambda rules: replace(rules, words=words), _words)

    async def set_patterns(self, member: Member, text: str) -> ModerationRules:
        """One a line, in the place of those before."""
        check_manages(member)
        patterns = await asyncio.to_thread(read_patterns, text)
        return await self._change(member, lambda rules: replace(rules, patterns=patterns), _patterns)

    async def set_model(self, member: Member, model: ModelRules) -> ModerationRules:
        check_manages(member)
        if model.asked and not self.has_model:
            raise BadRequest(msg("Whoever runs this bot hasn't set up the moderation model. Nothing was changed."))
        return await self._change(member, lambda rules: replace(rules, model=model), _model)

    async def set_appeals(self, member: Member, typed: str) -> ModerationRules:
        """How often a member can appeal a day; 0 for never."""
        check_manages(member)
        many = whole_number(typed)
        if many is None or many > MOST_APPEALS:
            raise BadRequest(
                msg("Write a whole number from 0 to {most}. Nothing was changed.", most=Count(MOST_APPEALS))
            )
        return await self._change(member, lambda rules: replace(rules, appeals_a_day=many), _appeals)

    async def tried(self, member: Member, text: str) -> BrokenRule | None:
        """Which of the lists a text is against, without anything coming of it."""
        check_manages(member)
        rules = await self.of(member.guild_id)
        return await asyncio.to_thread(lambda: matchers_of(rules).broken_by(text))

    async def _change(
        self,
        member: Member,
        change: Callable[[ModerationRules], ModerationRules],
        noted: Callable[[ModerationRules, ModerationRules], _Noted],
    ) -> ModerationRules:
        key = str(member.guild_id)
        updated = await self.records.update(RULES, key, lambda known: change(known or NO_RULES))
        after = updated.after or NO_RULES
        what, was, now = noted(updated.before or NO_RULES, after)
        await self.changes.note(SettingChange.of(member, what, was, now))
        return after


_Noted = tuple[Message, Message | None, Message | None]  # what was changed, before and after


def _words(before: ModerationRules, after: ModerationRules) -> _Noted:
    return msg("the forbidden words"), *_difference(before.words, after.words)


def _patterns(before: ModerationRules, after: ModerationRules) -> _Noted:
    return msg("the forbidden patterns"), *_difference(before.patterns, after.patterns)


def _difference(before: Sequence[str], after: Sequence[str]) -> tuple[Message | None, Message | None]:
    """What is on the list no more, and what is new on it."""
    return _named([line for line in before if line not in after]), _named(
        [line for line in after if line not in before]
    )


def _named(lines: Sequence[str]) -> Message | None:
    if not lines:
        return None
    shown = value(Choice(tuple(map(Foreign, lines[:MOST_NAMED])), every=True))
    more = msg_n("and {count} more", "and {count} more", len(lines) - MOST_NAMED) if len(lines) > MOST_NAMED else None
    return joined(shown, more)


def _model(before: ModerationRules, after: ModerationRules) -> _Noted:
    return msg("the moderation model"), model_words(before.model), model_words(after.model)


def model_words(model: ModelRules) -> Message:
    """Whether it is asked, what it may not find, and how sure it has to be."""
    if not model.asked:
        return msg("off")
    topics = Choice(tuple(TOPICS[topic] for topic in model.topics), every=True)
    return msg("on ({strictness}), for {topics}", strictness=STRICTNESS[model.strictness], topics=topics)


def _appeals(before: ModerationRules, after: ModerationRules) -> _Noted:
    what = msg("how often a member can appeal a day")
    return what, value(Count(before.appeals_a_day)), value(Count(after.appeals_a_day))
