"""What a click, a sent form or a message menu does: registered by the cogs, and looked up by the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ui import DynamicItem

Interaction = discord.Interaction[Any]
BUTTON = TypeVar("BUTTON", bound=DynamicItem[Any])
ClickHandler = Callable[[Interaction, BUTTON], Awaitable[None]]
Offer = Callable[[Any], discord.ui.Item[Any] | None]  # from an error to what is offered beside its sentence
FormHandler = Callable[[Interaction, str, Mapping[str, str]], Awaitable[None]]
MenuHandler = Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]


class InteractionRegistry:
    """The handlers of persistent buttons, sent forms and message menus, registered by the cogs."""

    def __init__(self) -> None:
        self._clicks: dict[type[DynamicItem[Any]], ClickHandler[Any]] = {}
        self._forms: dict[str, FormHandler] = {}
        self._openers: dict[str, FormHandler] = {}
        self._menus: list[app_commands.ContextMenu] = []
        self._offers: dict[type[Exception], Offer] = {}

    def add_button(self, button: type[BUTTON], handler: ClickHandler[BUTTON]) -> None:
        self._clicks[button] = handler

    def add_form(self, verb: str, handler: FormHandler, opener: FormHandler | None = None) -> None:
        """The handler gets what the form is about, and its fields by their ids.

        So does the opener, which opens the form again with what was entered.
        """
        self._forms[verb] = handler
        if opener is not None:
            self._openers[verb] = opener

    def add_menu(
        self, name: str | app_commands.locale_str, handler: MenuHandler, *, for_managers: bool = False
    ) -> None:
        """An entry in the menu of each message. `for_managers`: Discord shows it only to them."""
        menu = app_commands.ContextMenu(name=name, callback=handler)
        if for_managers:
            menu.default_permissions = discord.Permissions(manage_guild=True)
        self._menus.append(menu)

    def add_offer(self, error: type[Exception], offer: Offer) -> None:
        """A button beside the sentence of such an error, if the offer returns one."""
        self._offers[error] = offer

    def offer_for(self, error: BaseException) -> discord.ui.Item[Any] | None:
        found = next((offer for kind, offer in self._offers.items() if isinstance(error, kind)), None)
        return None if found is None else found(error)

    @property
    def buttons(self) -> Collection[type[DynamicItem[Any]]]:
        return self._clicks.keys()

    @property
    def forms(self) -> Collection[str]:
        return self._forms.keys()

    def opens_again(self, verb: str) -> bool:
        return verb in self._openers

    @property
    def menus(self) -> Sequence[app_commands.ContextMenu]:
        return self._menus

    def knows(self, custom_id: str) -> bool:
        """Whether one of our persistent buttons has this id."""
        return any(button.__discord_ui_compiled_template__.fullmatch(custom_id) for button in self._clicks)

    async def clicked(self, interaction: Interaction, button: DynamicItem[Any]) -> None:
        await self._clicks[type(button)](interaction, button)

    async def sent(self, interaction: Interaction, verb: str, about: str, fields: Mapping[str, str]) -> None:
        await self._forms[verb](interaction, about, fields)

    async def opened_again(self, interaction: Interaction, verb: str, about: str, fields: Mapping[str, str]) -> None:
        await self._openers[verb](interaction, about, fields)
