"""The buttons of moderation, on its page, in the log channel and beside refusals; and the list of blocked members.

Buttons carry all they need: `k1:moderation:<act>:<about>` and `k1:moderation-form:<form>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Self

from discord import ButtonStyle
from discord.ui import ActionRow, Button, Container, LayoutView, Section, TextDisplay

from bot.domain.messages import Message
from bot.domain.moderation.blocks import Block
from bot.domain.texts.discord_ids import DISCORD_ID
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases.moderation import screening as phrases
from bot.ui.text.render import plain_text

MOST_ON_A_PAGE = 8
REFUSAL_ID = "[0-9a-f]{16}"
BLOCK = "block"  # what an appeal is about if not about an order


class ModerationPageAct(StrEnum):
    """What a button on these pages does immediately."""

    PAGE = "page"
    BLOCKED = "blocked"  # about a page of the list, from 0
    UNBLOCK = "unblock"  # about a member


class ModerationForm(StrEnum):
    """Which form a button on these pages opens; also the verb of the form."""

    WORDS = "mod-words"
    PATTERNS = "mod-patterns"
    MODEL = "mod-model"
    TRY = "mod-try"
    BLOCK = "mod-block"
    APPEALS = "mod-appeals"


class ModerationPageButton(LastingButton, template=rf"{VERSION}:moderation:(?P<act>[a-z-]+):(?P<about>{DISCORD_ID})"):
    def __init__(
        self, act: ModerationPageAct, text: Message = phrases.BACK, about: int = 0, *, disabled: bool = False
    ) -> None:
        custom_id = f"{VERSION}:moderation:{act}:{about}"
        super().__init__(Button(label=plain_text(text), custom_id=custom_id, disabled=disabled))
        self.act = act
        self.about = about

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        """Acts of other versions lead to the page."""
        act = match["act"]
        known = ModerationPageAct(act) if act in set(ModerationPageAct) else ModerationPageAct.PAGE
        return cls(known, about=int(match["about"]))


class ModerationFormButton(LastingButton, template=rf"{VERSION}:moderation-form:(?P<form>[a-z-]+)"):
    opens_form: ClassVar[bool] = True

    def __init__(
        self,
        form: ModerationForm,
        text: Message = phrases.WORDS,
        *,
        style: ButtonStyle = ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        custom_id = f"{VERSION}:moderation-form:{form}"
        super().__init__(Button(label=plain_text(text), custom_id=custom_id, style=style, disabled=disabled))
        self.form = form

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        form = match["form"]
        return cls(ModerationForm(form) if form in set(ModerationForm) else ModerationForm.TRY)


class ModerateButton(
    LastingButton, template=rf"{VERSION}:moderate:(?P<act>[a-z-]+):(?P<about>[0-9a-f]{{1,20}}(?:-[0-9]{{1,12}})?)"
):
    """On a card in the log channel. For a block it carries the member and, except in the earliest version, its time."""

    def __init__(self, act: str, about: str, text: Message = phrases.BACK) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:moderate:{act}:{about}"))
        self.act = act
        self.about = about

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["act"], match["about"])


class BlockFormButton(LastingButton, template=rf"{VERSION}:block-form:(?P<about>{REFUSAL_ID})"):
    """On a card about a refused order in the log channel: opens the form to block its member."""

    opens_form: ClassVar[bool] = True

    def __init__(self, about: str) -> None:
        custom_id = f"{VERSION}:block-form:{about}"
        super().__init__(Button(label=plain_text(phrases.BLOCK), custom_id=custom_id, style=ButtonStyle.danger))
        self.about = about

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["about"])


class AppealButton(LastingButton, template=rf"{VERSION}:appeal:(?P<about>{REFUSAL_ID}|{BLOCK})"):
    """Beside a refusal. `about`: the refused order, or BLOCK."""

    opens_form: ClassVar[bool] = True

    def __init__(self, about: str = BLOCK) -> None:
        super().__init__(Button(label=plain_text(phrases.APPEAL), custom_id=f"{VERSION}:appeal:{about}"))
        self.about = about

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["about"])


class BlockedPage(LayoutView):
    """Blocked members, latest first. `page` counts from 0; if it no longer exists, the last one is shown."""

    def __init__(self, blocks: Sequence[Block], page: int = 0, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        pages = max(1, -(-len(blocks) // MOST_ON_A_PAGE))
        page = min(page, pages - 1)
        shown = blocks[page * MOST_ON_A_PAGE : (page + 1) * MOST_ON_A_PAGE]
        room = TextBudget(1 + len(shown))
        card: Container[BlockedPage] = Container(accent_colour=BLUE)
        card.add_item(TextDisplay(room.text(phrases.blocked_title(blocks, said))))
        for block in shown:
            unblock = ModerationPageButton(ModerationPageAct.UNBLOCK, phrases.UNBLOCK, block.member_id)
            card.add_item(Section(TextDisplay(room.text(phrases.block_row(block))), accessory=unblock))
        self.add_item(card)
        buttons = [ModerationPageButton(ModerationPageAct.PAGE)]
        if page > 0:
            buttons.append(ModerationPageButton(ModerationPageAct.BLOCKED, phrases.NEWER, page - 1))
        if page < pages - 1:
            buttons.append(ModerationPageButton(ModerationPageAct.BLOCKED, phrases.OLDER, page + 1))
        self.add_item(ActionRow(*buttons))
