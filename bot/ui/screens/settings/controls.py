"""The buttons and menus on the pages of /settings. Each carries all it needs, so it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import ClassVar, Self

import discord
from discord import ButtonStyle, ChannelType, SelectDefaultValueType, SelectOption
from discord.ui import Button, ChannelSelect, RoleSelect, Select

from bot.domain.audit.changes import ChangeCursor
from bot.domain.history import Direction
from bot.domain.messages import Message
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingChannelSelect, LastingRoleSelect, LastingSelect
from bot.ui.text.limits import MOST_OPTIONS
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.render import plain_text

ACCESS = "access"  # the id of the page about who can make videos
HOME = "home"  # the page that lists the others


class SettingsAct(StrEnum):
    """What a button on these pages does immediately. The values are in the ids of buttons, so they never change."""

    EVERYONE = "everyone"
    GRANTED = "granted"
    FORGET_ROLES = "forget-roles"  # deleted ones
    FORGET_POOLS = "forget-pools"  # likewise
    NO_NOTICES = "no-notices"
    NO_LOG = "no-log"
    ANYWHERE = "anywhere"
    NO_RESULTS = "no-results"
    NO_SHOWCASE = "no-showcase"
    NO_DEFAULTS = "no-defaults"
    KEEP_CARDS = "keep-cards"
    REMOVE_CARDS = "remove-cards"
    SHOW_PRIVATE = "show-private"
    HIDE_PRIVATE = "hide-private"
    KEEP_MARKED = "keep-marked"
    REMOVE_MARKED = "remove-marked"
    SHOW = "show"  # acts of other versions; changes nothing


class SettingsForm(StrEnum):
    """Which form a button on these pages opens; also the verb of the form."""

    BUDGET = "set-budget"
    POOL = "set-pool"
    GRANT = "set-grant"
    ASKING = "set-asking"
    ZONE = "set-zone"
    DEFAULTS = "set-defaults"
    KEEP = "set-keep"


class SettingsPageSelect(LastingSelect, template=rf"{VERSION}:settings-page"):
    """Leads to another page."""

    def __init__(self, pages: Sequence[tuple[str, Message, Message]] = (), now: str = HOME) -> None:
        """`pages`: their ids, names and descriptions."""
        options = [
            SelectOption(label=plain_text(name), value=id_, description=plain_text(about), default=id_ == now)
            for id_, name, about in pages
        ]
        super().__init__(Select(custom_id=f"{VERSION}:settings-page", options=options))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class OpenSettingsButton(LastingButton, template=rf"{VERSION}:settings:(?P<page>[a-z-]+)"):
    """Leads to a page from anywhere."""

    def __init__(
        self, page: str = HOME, text: Message = phrases.ALL_SETTINGS, *, style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:settings:{page}", style=style))
        self.page = page

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["page"])


class SettingsButton(LastingButton, template=rf"{VERSION}:set:(?P<page>[a-z-]+):(?P<act>[a-z-]+)"):
    def __init__(
        self, page: str, act: SettingsAct, text: Message = phrases.SHOW, style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:set:{page}:{act}", style=style))
        self.page = page
        self.act = act

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        act = match["act"]
        return cls(match["page"], SettingsAct(act) if act in set(SettingsAct) else SettingsAct.SHOW)


class SettingsFormButton(LastingButton, template=rf"{VERSION}:set-form:(?P<form>[a-z-]+)"):
    opens_form: ClassVar[bool] = True

    def __init__(
        self, form: SettingsForm, text: Message = phrases.SHOW, style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:set-form:{form}", style=style))
        self.form = form

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        form = match["form"]
        return cls(SettingsForm(form) if form in set(SettingsForm) else SettingsForm.BUDGET)


class GrantedRolesSelect(LastingRoleSelect, template=rf"{VERSION}:set-roles"):
    """The roles that can make videos, as far as the server has them."""

    def __init__(self, granted: Collection[int] = ()) -> None:
        kind = SelectDefaultValueType.role
        super().__init__(
            RoleSelect(
                custom_id=f"{VERSION}:set-roles",
                placeholder=plain_text(phrases.CHOOSE_ROLES),
                min_values=0,
                max_values=MOST_OPTIONS,
                default_values=[discord.SelectDefaultValue(id=role, type=kind) for role in sorted(granted)],
            )
        )

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class SettingsChannelSelect(LastingChannelSelect, template=rf"{VERSION}:set-channel:(?P<choice>[a-z-]+)"):
    """One channel to post to."""

    def __init__(self, choice: str, now: int | None = None, text: Message = phrases.CHOOSE_CHANNEL) -> None:
        kind = SelectDefaultValueType.channel
        super().__init__(
            ChannelSelect(
                custom_id=f"{VERSION}:set-channel:{choice}",
                placeholder=plain_text(text),
                channel_types=[ChannelType.text, ChannelType.news],
                default_values=[] if now is None else [discord.SelectDefaultValue(id=now, type=kind)],
            )
        )
        self.choice = choice

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["choice"])


class AllowedChannelsSelect(LastingChannelSelect, template=rf"{VERSION}:set-allowed"):
    """The channels, or categories, in which videos can be made."""

    def __init__(self, allowed: Collection[int] = ()) -> None:
        kind, kinds = SelectDefaultValueType.channel, (ChannelType.text, ChannelType.news, ChannelType.forum)
        super().__init__(
            ChannelSelect(
                custom_id=f"{VERSION}:set-allowed",
                placeholder=plain_text(phrases.CHOOSE_ALLOWED),
                channel_types=[*kinds, ChannelType.voice, ChannelType.category],
                min_values=0,
                max_values=MOST_OPTIONS,
                default_values=[discord.SelectDefaultValue(id=each, type=kind) for each in allowed],
            )
        )

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class ZoneSelect(LastingSelect, template=rf"{VERSION}:set-zone"):
    """Some of all time zones; a form takes any."""

    def __init__(self, zones: Sequence[str] = (), now: str | None = None) -> None:
        options = [SelectOption(label=zone.replace("_", " "), value=zone, default=zone == now) for zone in zones]
        placeholder = plain_text(phrases.CHOOSE_ZONE)
        super().__init__(Select(custom_id=f"{VERSION}:set-zone", options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class LanguageSelect(LastingSelect, template=rf"{VERSION}:set-language"):
    """The language of what everybody sees."""

    def __init__(self, languages: Sequence[tuple[str, Message]] = (), now: str | None = None) -> None:
        """`languages`: values and names."""
        options = [SelectOption(label=plain_text(name), value=value, default=value == now) for value, name in languages]
        placeholder = plain_text(phrases.CHOOSE_LANGUAGE)
        super().__init__(Select(custom_id=f"{VERSION}:set-language", options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class VideoRule(StrEnum):
    """A rule about videos that is set by a menu. The values are in ids, so they never change."""

    SPOILERS = "spoilers"
    AGE = "age"


class VideoRuleSelect(LastingSelect, template=rf"{VERSION}:set-videos:(?P<rule>{'|'.join(VideoRule)})"):
    """One of a few choices."""

    def __init__(self, rule: VideoRule, choices: Sequence[tuple[str, Message]] = (), now: str | None = None) -> None:
        """`choices`: values and names."""
        options = [SelectOption(label=plain_text(name), value=value, default=value == now) for value, name in choices]
        super().__init__(Select(custom_id=f"{VERSION}:set-videos:{rule}", options=options))
        self.rule = rule

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(VideoRule(match["rule"]))


class ChangesButton(LastingButton, template=rf"{VERSION}:settings-history:(?P<way>newer|older):(?P<at>[0-9]{{1,18}})"):
    """Pages through the changes."""

    def __init__(self, cursor: ChangeCursor, *, disabled: bool = False) -> None:
        custom_id = f"{VERSION}:settings-history:{cursor.direction}:{cursor.at}"
        label = plain_text(phrases.LEAF[cursor.direction])
        super().__init__(Button(label=label, custom_id=custom_id, disabled=disabled))
        self.cursor = cursor

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ChangeCursor(direction=Direction(match["way"]), at=int(match["at"])))
