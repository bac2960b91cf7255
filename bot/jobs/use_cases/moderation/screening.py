"""The check of an order against its server's rules: in one place, before anything is spent."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.newest import NewestOfMembers
from bot.domain.access.uncharged import NOT_CHARGED
from bot.domain.audit.log_channel import GuildLog
from bot.domain.errors import AgainstRules, BadRequest, Unavailable
from bot.domain.messages import Choice, Message, joined, msg
from bot.domain.moderation.matching import matchers_of
from bot.domain.moderation.model import ModelFinding, ModerationModel, refused_categories, worst
from bot.domain.moderation.refusals import REFUSALS, ModerationDecision, RefusedOrder, refusal_id
from bot.domain.moderation.rules import ALWAYS_REFUSED, BrokenRule, ModerationRules, RuleKind, Topic
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.records import Records
from bot.domain.video import Picture, RemixMethod, VideoRequest
from bot.jobs.ordering.remix_prompts import remix_prompt
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.cards import UNCHECKED, refusal_card
from bot.jobs.use_cases.moderation.rules import TOPICS, GuildModeration

log = logging.getLogger(__name__)

SILENCE_TOLD_AGAIN = timedelta(hours=1)  # that the model does not answer
MOST_REFUSALS = 200  # of one member that are kept: those that nobody has said anything about make room
MOST_REMEMBERED = 200  # answers of the model: an order is often checked twice, before a question and after it
NO_PICTURE = msg("The image of this order can't be checked here any more. Attach it again. You weren't charged.")
ORIGINAL_COUNTS = msg("The original's prompt counts, too.")
MINORS = msg("sexual content with minors")


@value_object
class ScreenedOrder:
    """What is checked. `private`: it goes to direct messages; `original`: what it is a remix of."""

    request: VideoRequest
    private: bool
    channel_id: int
    original: VideoRequest | None = None

    @property
    def words(self) -> str:
        """The member's own: the prompt and the negative prompt, to which the rules apply as well."""
        return self._with_negative(self.request.prompt)

    @property
    def text(self) -> str:
        """All text that its service may get: for a remix including its original's."""
        if self.original is None:
            return self.words
        joint = remix_prompt(RemixMethod.REPROMPT, self.request.prompt, self.original, self.request.aim)
        return self._with_negative(joint)

    def _with_negative(self, prompt: str) -> str:
        negative = self.request.options.negative_prompt
        return f"{prompt}\n\n{negative}" if negative else prompt

    def id_for(self, member: Member) -> str:
        pictures = " ".join(picture.sha256 for picture in self.request.pictures)
        return refusal_id(member.guild_id, member.id, self.text, pictures or None)

    def refused(self, member: Member, broken: BrokenRule, at: datetime) -> RefusedOrder:
        return RefusedOrder(
            guild_id=member.guild_id,
            member_id=member.id,
            channel_id=self.channel_id,
            private=self.private,
            text=self.words,
            kind=broken.kind,
            rule=broken.rule,
            at=at,
            told_at=at,
        )


@wired
class Screening:
    """Raises AgainstRules, which says what kind of rule it was. Members with Manage Server are checked like others."""

    moderation: GuildModeration
    preferences: GuildPreferences
    model: ModerationModel | None  # None: the host has set up none
    refuses_unchecked: bool  # when the model does not answer
    files: FileStore
    records: Records
    log: GuildLog
    clock: Clock
    _answers: OrderedDict[str, Mapping[str, ModelFinding]] = field(default_factory=OrderedDict)
    _newest: NewestOfMembers = field(default_factory=lambda: NewestOfMembers(most=MOST_REFUSALS))
    _silent_since: dict[int, datetime] = field(default_factory=dict)  # when servers were told that it does not answer

    async def check(self, member: Member, order: ScreenedOrder) -> None:
        """Whether it may be ordered, before anything is asked. Nothing is used up."""
        broken = await self._broken_by(member, order)
        if broken is not None and not await self._is_pardoned(member, order):
            raise await self._refused(member, order, broken)

    @contextlib.asynccontextmanager
    async def passed(self, member: Member, order: ScreenedOrder) -> AsyncIterator[None]:
        """Wraps the ordering. What a manager allowed once is used up, unless that fails."""
        broken = await self._broken_by(member, order)
        if broken is None:
            yield
            return
        if not await self._use(member, order, used=True):
            raise await self._refused(member, order, broken)
        try:
            yield
        except BaseException:
            await self._use(member, order, used=False)
            raise

    async def _broken_by(self, member: Member, order: ScreenedOrder) -> BrokenRule | None:
        rules = await self.moderation.of(member.guild_id)
        if broken := await _by_words(rules, order.text):
            return broken
        return await self._by_model(member.guild_id, order, rules)

    async def check_words(self, member: Member, words: str, picture: bytes | None = None) -> None:
        """A prompt and a picture that are no order, so there is nothing to appeal. The picture is a JPEG or PNG."""
        broken = await self._broken_by_words(member.guild_id, words, picture)
        if broken is not None:
            log.info("words of %s on %s were refused by a %s", member.id, member.guild_id, broken.kind)
            raise AgainstRules(broken_rule(broken))

    async def _broken_by_words(self, guild_id: int, words: str, picture: bytes | None) -> BrokenRule | None:
        rules, model = await self.moderation.of(guild_id), self.model
        if broken := await _by_words(rules, words):
            return broken
        if model is None or not rules.model.asked:
            return None
        return await self._judged(guild_id, model.findings(words, picture), rules)

    async def _by_model(self, guild_id: int, order: ScreenedOrder, rules: ModerationRules) -> BrokenRule | None:
        if self.model is None or not rules.model.asked:
            return None
        return await self._judged(guild_id, self._findings(self.model, order), rules)

    async def _judged(
        self, guild_id: int, asking: Awaitable[Mapping[str, ModelFinding]], rules: ModerationRules
    ) -> BrokenRule | None:
        try:
            findings = await asking
        except Unavailable as down:
            log.warning("the moderation model does not answer: %s", down.sentence)
            return self._unchecked(guild_id)
        categories = refused_categories(findings, rules.model)
        return BrokenRule(kind=RuleKind.MODEL, rule=" ".join(categories)) if categories else None

    async def _findings(self, model: ModerationModel, order: ScreenedOrder) -> Mapping[str, ModelFinding]:
        text, pictures = order.text, order.request.pictures
        hashes = " ".join(picture.sha256 for picture in pictures)
        seen = hashlib.sha256(f"{hashes}\n{text}".encode()).hexdigest()
        if seen not in self._answers:
            images: list[bytes | None] = [await self._image(picture) for picture in pictures]
            self._answers[seen] = worst([await model.findings(text, image) for image in images or [None]])
            if len(self._answers) > MOST_REMEMBERED:
                self._answers.popitem(last=False)
        return self._answers[seen]

    async def _image(self, picture: Picture) -> bytes:
        """The preview: it shows what the full size does.

        Raises BadRequest if it is gone, or on another machine's disk.
        """
        try:
            return await self.files.read(picture.preview)
        except FileNotFoundError:
            raise BadRequest(NO_PICTURE) from None

    def _unchecked(self, guild_id: int) -> BrokenRule | None:
        if self.refuses_unchecked:
            return BrokenRule(kind=RuleKind.UNCHECKED)
        now, told = self.clock.now(), self._silent_since.get(guild_id)
        if told is None or now - told >= SILENCE_TOLD_AGAIN:
            self._silent_since[guild_id] = now
            self.log.post(guild_id, UNCHECKED)
        return None

    async def _is_pardoned(self, member: Member, order: ScreenedOrder) -> bool:
        refused = await self.records.read(REFUSALS, order.id_for(member))
        return refused is not None and refused.is_pardoned

    async def _use(self, member: Member, order: ScreenedOrder, *, used: bool) -> bool:
        """Mark that what was allowed once is ordered now, or not after all. False if it was not allowed."""

        def marked(known: RefusedOrder | None) -> RefusedOrder | None:
            if known is None or known.decision is not ModerationDecision.ALLOWED or known.used == used:
                return known
            return replace(known, used=used)

        updated = await self.records.update(REFUSALS, order.id_for(member), marked)
        return updated.before != updated.after

    async def _refused(self, member: Member, order: ScreenedOrder, broken: BrokenRule) -> AgainstRules:
        """What the member is told; it is recorded, and managers are told."""
        log.info("an order of %s on %s was refused by a %s", member.id, member.guild_id, broken.kind)
        if broken.kind is RuleKind.UNCHECKED:
            return AgainstRules(refusal(broken))
        key, refused = order.id_for(member), await self._record(member, order, broken)
        with_original = ORIGINAL_COUNTS if order.text != order.words else None
        return AgainstRules(joined(refusal(broken), with_original), key if await self._can_appeal(refused) else None)

    async def _record(self, member: Member, order: ScreenedOrder, broken: BrokenRule) -> RefusedOrder:
        """What is now recorded of the refused order; told to managers unless they know it or have decided."""
        key, latest = order.id_for(member), order.refused(member, broken, self.clock.now())
        updated = await self.records.update(
            REFUSALS, key, lambda known: latest if known is None else known.again(latest)
        )
        if (oldest := self._newest.added(member.id, key)) is not None:
            await self.records.update(REFUSALS, oldest, lambda known: known if known and known.matters else None)
        before, refused = updated.before, updated.after or latest
        is_news = before is None or before.used or before.told_at != refused.told_at
        if is_news and refused.decision is None:
            self.log.post(member.guild_id, refusal_card(key, refused))
        return refused

    async def _can_appeal(self, refused: RefusedOrder) -> bool:
        if not refused.can_be_appealed or not (await self.moderation.of(refused.guild_id)).appeals_a_day:
            return False
        return (await self.preferences.of(refused.guild_id)).log_channel is not None


async def _by_words(rules: ModerationRules, text: str) -> BrokenRule | None:
    if not (rules.words or rules.patterns):
        return None
    return await asyncio.to_thread(lambda: matchers_of(rules).broken_by(text))


def refusal(broken: BrokenRule) -> Message:
    return joined(broken_rule(broken), NOT_CHARGED)


def broken_rule(broken: BrokenRule) -> Message:
    """What kind of rule it was, without the word or pattern itself: the list could be read out by trying."""
    match broken.kind:
        case RuleKind.WORD:
            return msg("This prompt contains a word that this server doesn't allow.")
        case RuleKind.PATTERN:
            return msg("This prompt matches a pattern that this server doesn't allow.")
        case RuleKind.MODEL:
            return msg(
                "The moderation check found {what} in this prompt or its image, which this server doesn't allow.",
                what=Choice(tuple(dict.fromkeys(map(_named, broken.rule.split()))), every=True),
            )
        case RuleKind.UNCHECKED:
            return msg(
                "Orders are checked first, and the moderation check isn't answering. Try again in a few minutes."
            )


def _named(category: str) -> Message:
    """A category of the model in our words; unknown ones by their own name."""
    if category == ALWAYS_REFUSED:
        return MINORS
    topic = category.partition("/")[0]
    return TOPICS[Topic(topic)] if topic in set(Topic) else Message(topic)
