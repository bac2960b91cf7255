"""The video services to choose from, and what the user is asked for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.data_classes import value_object
from bot.settings import Settings
from bot.setup.terminal import Terminal
from bot.wiring.accounts import leads_to_openai

BACK = "back"
CLOSED = "OpenAI closed its Videos API on 24 September 2026. Enter the address of a gateway or of your own GPU server."
ANY_WORD = "none"  # the key for a server that needs none


@value_object
class ServiceChoice:
    """One line of the menu. `name` is the name of the account, and the prefix of its settings."""

    name: str
    words: str
    needs_address: bool = False
    example: str = "http://gpu.lan:8000/v1"

    @property
    def key(self) -> str:
        return f"{self.name.upper()}_API_KEY"

    @property
    def address(self) -> str:
        return f"{self.name.upper()}_BASE_URL"

    def ask(self, terminal: Terminal, settings: Settings, before: Mapping[str, str]) -> Mapping[str, str] | None:
        """What was entered, by the names of settings; None to go back. `before` is an earlier, wrong answer.

        Raises NobodyThereError.
        """
        entered, there = dict[str, str](), getattr(settings, self.address.lower())
        if self.needs_address:
            address = _address(terminal, _usable(before.get(self.address)) or there, self.example)
            if address == BACK:
                return None
            entered[self.address] = address
        is_same_place = entered.get(self.address, there) == there  # a key must not go to another host
        has_one = is_same_place and getattr(settings, self.key.lower()) is not None
        key = self._key(terminal, has_one=has_one)
        if key == BACK:
            return None
        return entered | ({self.key: key} if key else {})

    def _key(self, terminal: Terminal, *, has_one: bool) -> str:
        """Empty to keep the current one."""
        if has_one:
            enter = "Enter keeps the current one"
        else:
            enter = "Enter if the server needs none" if self.needs_address else f"type {BACK} to choose again"
        while True:
            key = terminal.ask_secret(f"Key (hidden; {enter}):")
            if key or has_one:
                return key
            if self.needs_address:
                return ANY_WORD
            terminal.say("Nothing entered.")


MENU: Sequence[ServiceChoice] = (
    ServiceChoice(
        name="openai",
        words="An OpenAI-compatible server: a gateway (LiteLLM, Bifrost, New-API, SayGM) or your own GPU (vLLM-Omni)",
        needs_address=True,
    ),
    ServiceChoice(name="openrouter", words="OpenRouter: some thirty hosted models with one key"),
    ServiceChoice(
        name="replicate", words="Replicate: Wan, Kling, Grok and whatever else appears there, paid as you go"
    ),
    ServiceChoice(name="gemini", words="Google Gemini: a key from AI Studio, of a project with billing"),
    ServiceChoice(
        name="comfyui",
        words="ComfyUI on a GPU of your own, with workflows of yours",
        needs_address=True,
        example="http://gpu.lan:8188",
    ),
    ServiceChoice(name="fal", words="fal: several hundred hosted models with one key"),
    ServiceChoice(name="xai", words="xAI Grok Imagine: a key from console.x.ai"),
)


def _address(terminal: Terminal, known: str, example: str) -> str:
    there = "" if leads_to_openai(known) else f"Enter keeps {known}; "
    while True:
        address = terminal.ask(f"Server address, such as {example} ({there}type {BACK} to choose again):")
        if leads_to_openai(address):
            terminal.say(CLOSED)
        elif address or there:
            return address or known
        else:
            terminal.say("Nothing entered.")


def _usable(address: str | None) -> str | None:
    """An earlier answer to offer again, unless it is no address at all."""
    return address if address is not None and address.startswith("http") else None
