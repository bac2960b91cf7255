"""Appeals: a member asks for a second look, a limited number of times a day, and managers answer in the log channel."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.changes import SettingChange
from bot.domain.audit.log_channel import GuildLog
from bot.domain.errors import BadRequest
from bot.domain.messages import Foreign, Message, Person, msg, msg_n
from bot.domain.moderation.appeals import APPEALS, LONGEST_APPEAL, AppealsMade, MemberNews
from bot.domain.moderation.blocks import Block
from bot.domain.moderation.refusals import REFUSALS, ModerationDecision, RefusedOrder
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.records import Records
from bot.domain.texts.discord_ids import id_in
from bot.domain.texts.names import words_of
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.blocks import BlockMembers
from bot.jobs.use_cases.moderation.cards import block_appeal_card, block_mark, refusal_card
from bot.jobs.use_cases.moderation.rules import GuildModeration

NO_LOG = msg("This server has no log channel, so nobody would see an appeal. Ask a server manager.")
NO_APPEALS = msg("This server takes no appeals. Ask a server manager.")
NO_WORDS = msg("Say in a few words why it should be allowed. Nothing was sent.")
TOO_OLD = msg("That order is too old to appeal. Order it again.")
APPEALED_ALREADY = msg("You have appealed this already. You'll be told what managers decide.")
APPEALED_SINCE = msg("This has been appealed. Decide on the appeal's card below. Nothing was changed.")
DECIDED = msg("A manager has already decided this. Nothing was changed.")


@wired
class Appeals:
    """Raises BadRequest with nothing sent, and NotAllowed for decisions that are not theirs."""

    moderation: GuildModeration
    preferences: GuildPreferences
    blocks: BlockMembers
    guilds: GuildStore
    records: Records
    log: GuildLog
    news: MemberNews
    clock: Clock

    async def refused(self, refusal: str, guild_id: int) -> RefusedOrder:
        """Raises BadRequest if it is not known (any more)."""
        found = await self.records.read(REFUSALS, refusal)
        if found is None or found.guild_id != guild_id:
            raise BadRequest(TOO_OLD)
        return found

    async def appeal(self, member: Member, refusal: str, words: str) -> RefusedOrder:
        """Against an order that was refused."""
        said, found = _said(words), await self.refused(refusal, member.guild_id)
        if found.member_id != member.id:
            raise BadRequest(TOO_OLD)
        if not found.can_be_appealed:
            raise BadRequest(APPEALED_ALREADY)
        await self._count(member)

        def appealed(known: RefusedOrder | None) -> RefusedOrder | None:
            if known is None:
                return None
            if not known.can_be_appealed:  # another press was faster, and may be decided already
                raise BadRequest(APPEALED_ALREADY)
            return replace(known, appeal=said, decision=None, decided_by=None)

        after = (await self.records.update(REFUSALS, refusal, appealed)).after or found
        self.log.post(member.guild_id, refusal_card(refusal, after))
        return after

    async def appeal_block(self, member: Member, words: str) -> Block:
        """Against being blocked, once for each block."""
        said = _said(words)
        await self._check_open(member.guild_id)
        block = await self.blocks.appealed(member.guild_id, member.id, said)
        self.log.post(member.guild_id, block_appeal_card(block))
        return block

    async def decide(self, manager: Member, refusal: str, decision: ModerationDecision) -> RefusedOrder:
        """The first of two simultaneous decisions counts. Whoever appealed is told, so an appeal can't be dismissed."""
        check_manages(manager)
        await self.refused(refusal, manager.guild_id)

        def decided(known: RefusedOrder | None) -> RefusedOrder | None:
            if known is None or known.decision is not None:
                return known
            if known.appeal is not None and decision is ModerationDecision.DISMISSED:
                raise BadRequest(APPEALED_SINCE)
            return replace(known, decision=decision, decided_by=manager.id)

        updated = await self.records.update(REFUSALS, refusal, decided)
        if updated.after is None:
            raise BadRequest(TOO_OLD)
        if updated.before == updated.after:
            raise BadRequest(DECIDED)
        if decision is not ModerationDecision.DISMISSED:
            await self._note(manager, updated.after)
        return updated.after

    async def unblock(self, manager: Member, about: str) -> Block:
        """What a blocked member asked for. Raises BadRequest if that block has ended, whatever came after it."""
        block = await self._block(manager, about)
        ended = await self.blocks.unblock(manager, block.member_id)
        news = msg("Your appeal was accepted: you can make videos again.")
        await self.news.tell(ended.member_id, None, news, guild_id=manager.guild_id)
        return ended

    async def keep_blocked(self, manager: Member, about: str) -> Block:
        """They stay blocked, and are told so. Raises BadRequest likewise."""
        block = await self._block(manager, about)
        news = msg("Managers looked at your appeal: you stay blocked.")
        await self.news.tell(block.member_id, None, news, guild_id=manager.guild_id)
        return block

    async def _block(self, manager: Member, about: str) -> Block:
        """By its mark; cards of earlier versions name the member alone."""
        check_manages(manager)
        member_id = id_in(about.partition("-")[0])
        block = None if member_id is None else await self.blocks.blocks.of_member(manager.guild_id, member_id)
        if block is None or about not in {block_mark(block), str(block.member_id)}:
            raise BadRequest(DECIDED)
        return block

    async def _note(self, manager: Member, refused: RefusedOrder) -> None:
        is_allowed = refused.decision is ModerationDecision.ALLOWED
        news = (
            msg("Your appeal was accepted: you can order that video once within 30 days.")
            if is_allowed
            else msg("Managers looked at your appeal: that order stays refused.")
        )
        channel = None if refused.private else refused.channel_id
        prompt = msg("> {prompt}", prompt=Foreign(refused.text))
        await self.news.tell(refused.member_id, channel, news, prompt, guild_id=refused.guild_id)
        what = msg("a refused order of {member}", member=Person(refused.member_id))
        after = msg("allowed once") if is_allowed else msg("kept refused")
        await self.blocks.changes.note(SettingChange.of(manager, what, msg("refused"), after))

    async def _count(self, member: Member) -> None:
        """One more today, by the server's calendar. Raises BadRequest if that is one too many."""
        most = await self._check_open(member.guild_id)
        calendar, now = (await self.guilds.guild_settings(member.guild_id)).calendar, self.clock.now()
        today = calendar.local(now).date()

        def counted(known: AppealsMade | None) -> AppealsMade:
            made = [each for each in (known or AppealsMade()).at if calendar.local(each).date() == today]
            if len(made) >= most:
                raise BadRequest(_too_many(most))
            return AppealsMade(at=(*made, now))

        await self.records.update(APPEALS, f"{member.guild_id}:{member.id}", counted)

    async def _check_open(self, guild_id: int) -> int:
        """How many appeals a member can make a day. Raises BadRequest if nobody would see one."""
        most = (await self.moderation.of(guild_id)).appeals_a_day
        if not most:
            raise BadRequest(NO_APPEALS)
        if (await self.preferences.of(guild_id)).log_channel is None:
            raise BadRequest(NO_LOG)
        return most


def _said(words: str) -> str:
    said = words_of(words, LONGEST_APPEAL)
    if not said:
        raise BadRequest(NO_WORDS)
    return said


def _too_many(most: int) -> Message:
    return msg_n(
        "You can appeal once a day here. Try again tomorrow, or ask a server manager.",
        "You can appeal {count} times a day here. Try again tomorrow, or ask a server manager.",
        most,
    )
