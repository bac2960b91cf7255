"""/keys: the stored keys, menus to add and remove one, and the question before a removal.

All of it is an ephemeral reply, and each choice is authorized for the member who makes it.
"""

from __future__ import annotations

import re
from typing import ClassVar, Self

from discord import ButtonStyle, SelectOption
from discord.ui import ActionRow, Button, Container, LayoutView, Select, TextDisplay

from bot.domain.keys.own_key import KeyPlace
from bot.domain.messages import Message, Term, value
from bot.jobs.use_cases.keys.manage import KeysOverview, StoredKey
from bot.ui.cards.job_card import BLUE, RED
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.budget import TextBudget
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases.access import keys as phrases
from bot.ui.text.render import plain_text

ACCOUNT = r"[a-z0-9_-]{1,30}@(?:member|server):[0-9:]{1,41}"
NOTHING = "none"  # instead of an account


class AddKeySelect(LastingSelect, template=rf"{VERSION}:keys-add"):
    """Opens the form for the chosen service."""

    opens_form: ClassVar[bool] = True

    def __init__(self, overview: KeysOverview | None = None) -> None:
        options = [] if overview is None else _to_add(overview)[:MOST_OPTIONS]
        custom_id, placeholder = f"{VERSION}:keys-add", plain_text(phrases.ADD)
        super().__init__(Select(custom_id=custom_id, options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


def _to_add(overview: KeysOverview) -> list[SelectOption]:
    whose = (False, True) if overview.for_server else (False,)
    return [
        SelectOption(
            label=cut(plain_text(phrases.choice(service, is_servers=is_servers)), LONGEST_OPTION),
            value=KeyPlace(service=name, is_servers=is_servers).written,
        )
        for is_servers in whose
        for name, service in overview.services.items()
    ]


class RemoveKeySelect(LastingSelect, template=rf"{VERSION}:keys-remove"):
    """Asks before a removal."""

    def __init__(self, overview: KeysOverview | None = None) -> None:
        stored = [] if overview is None else [each.key for each in overview.keys if not each.key.leaving]
        options = [
            SelectOption(
                label=cut(plain_text(phrases.stored_choice(key, service_of(key.service, overview))), LONGEST_OPTION),
                value=key.account,
            )
            for key in stored[:MOST_OPTIONS]
        ]
        custom_id, placeholder = f"{VERSION}:keys-remove", plain_text(phrases.REMOVE)
        super().__init__(Select(custom_id=custom_id, options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class RemoveKeyButton(LastingButton, template=rf"{VERSION}:keys-really:(?P<account>{ACCOUNT}|{NOTHING})"):
    """Removes the key, or leads back to the list."""

    def __init__(self, account: str = NOTHING) -> None:
        keeps = account == NOTHING
        label = plain_text(phrases.KEEP if keeps else phrases.REALLY)
        style = ButtonStyle.secondary if keeps else ButtonStyle.danger
        super().__init__(Button(label=label, custom_id=f"{VERSION}:keys-really:{account}", style=style))
        self.account = None if keeps else account

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["account"])


class KeysPage(LayoutView):
    """`said`: what was just done."""

    def __init__(self, overview: KeysOverview, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        room = TextBudget(2 if said is not None else 1)
        card: Container[KeysPage] = Container(accent_colour=BLUE)
        for text in (said, phrases.page(overview)):
            if text is not None:
                card.add_item(TextDisplay(room.text(text)))
        self.add_item(card)
        if overview.is_on and overview.services:
            self.add_item(ActionRow(AddKeySelect(overview)))
        if any(not each.key.leaving for each in overview.keys):
            self.add_item(ActionRow(RemoveKeySelect(overview)))


class RemoveKeyQuestion(LayoutView):
    """Asked before a key is removed: the member who stored it may have no copy."""

    def __init__(self, stored: StoredKey, overview: KeysOverview) -> None:
        super().__init__(timeout=None)
        asked = phrases.really(stored.key, service_of(stored.key.service, overview), stored.use.open_orders)
        self.add_item(Container(TextDisplay(TextBudget(1).text(asked)), accent_colour=RED))
        self.add_item(ActionRow(RemoveKeyButton(stored.key.account), RemoveKeyButton()))


def service_of(service: str, overview: KeysOverview | None) -> Message:
    """The display name of the service; its internal name if it is not set up any more."""
    known = {} if overview is None else overview.services
    return known.get(service, value(Term(service)))
