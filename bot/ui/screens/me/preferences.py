"""/me: a member's preferences, and the way to the data stored about them.

All of it is an ephemeral reply, and its buttons act on whoever presses them: `k1:me:<act>`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar, Self

from discord import ButtonStyle, SelectOption
from discord.ui import ActionRow, Button, Container, LayoutView, Select, TextDisplay

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.messages import Message
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.text.phrases.access import me as phrases
from bot.ui.text.render import plain_text, render


class MeAct(StrEnum):
    """What a button on these pages does immediately."""

    PREFERENCES = "preferences"
    STORED = "stored"
    EXPORT = "export"
    ERASE = "erase"  # asks first
    STATUS = "status"  # of an erasure
    SHOWCASE_ON = "showcase-on"
    SHOWCASE_OFF = "showcase-off"


class MeForm(StrEnum):
    """Which form a button on these pages opens; also the verb of the form."""

    ASK_ABOVE = "me-ask-above"
    ERASE = "me-erase"


class MeButton(LastingButton, template=rf"{VERSION}:me:(?P<act>[a-z-]+)"):
    def __init__(self, act: MeAct, text: Message = phrases.BACK, *, style: ButtonStyle = ButtonStyle.secondary) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:me:{act}", style=style))
        self.act = act

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        """Acts of other versions lead to the first page."""
        act = match["act"]
        return cls(MeAct(act) if act in set(MeAct) else MeAct.PREFERENCES)


class MeFormButton(LastingButton, template=rf"{VERSION}:me-form:(?P<form>[a-z-]+)"):
    opens_form: ClassVar[bool] = True

    def __init__(
        self, form: MeForm, text: Message = phrases.ASK_ABOVE, *, style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:me-form:{form}", style=style))
        self.form = form

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        form = match["form"]
        return cls(MeForm(form) if form in set(MeForm) else MeForm.ASK_ABOVE)


class NotifySelect(LastingSelect, template=rf"{VERSION}:me-notify"):
    def __init__(self, now: Notify | None = None) -> None:
        options = [
            SelectOption(label=plain_text(text), value=notify.value, default=notify is now)
            for notify, text in phrases.NOTIFY_TEXT.items()
        ]
        super().__init__(Select(custom_id=f"{VERSION}:me-notify", options=options))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class PreferencesPage(LayoutView):
    """`closed`: they do not accept direct messages from us."""

    def __init__(self, chosen: MemberPreferences, *, closed: bool) -> None:
        super().__init__(timeout=None)
        said = render(phrases.preferences(chosen, closed=closed))
        card: Container[PreferencesPage] = Container(TextDisplay(said), accent_colour=BLUE)
        is_open = not (closed and chosen.notify is Notify.DIRECT)  # otherwise it can be chosen again
        card.add_item(ActionRow(NotifySelect(chosen.notify if is_open else None)))
        self.add_item(card)
        showcase = MeButton(MeAct.SHOWCASE_ON, phrases.SHOWCASE_ON)
        if chosen.showcase:
            showcase = MeButton(MeAct.SHOWCASE_OFF, phrases.SHOWCASE_OFF)
        self.add_item(ActionRow(MeFormButton(MeForm.ASK_ABOVE), showcase, MeButton(MeAct.STORED, phrases.STORED)))
