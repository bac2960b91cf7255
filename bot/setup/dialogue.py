"""The questions of `python -m bot setup`, in order. Nothing is written before the last one."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from bot.config.environment import ENV_FILE, FILE_SUFFIX, environment
from bot.config.started_as import COMMAND
from bot.doctor.discord_checks import PORTAL
from bot.doctor.examination import Asked, doctor
from bot.doctor.report import failure, warning
from bot.domain.errors import CannotStart
from bot.domain.models.card import one_of
from bot.settings import Settings, settings_so_far
from bot.setup.checks import Checked, CheckResult, check_service, check_token
from bot.setup.env_file import check_place, write
from bot.setup.services import MENU, ServiceChoice
from bot.setup.terminal import NobodyThereError, Terminal
from bot.wiring.accounts import is_closed, simple_accounts

TOKEN = "DISCORD_TOKEN"  # noqa: S105 - the name of the setting
ASKED_FOR = {TOKEN, *(name for choice in MENU for name in (choice.key, choice.address))}
STOPPED = 1
SILENCE = 2.0  # seconds after which people start to wonder
WELCOME = """\
Kinora needs a Discord bot and a video service. Each answer is checked right away, free of charge, and saved to .env at
the end. Ctrl+C stops without saving."""


def setup() -> int:
    """Ask, check, write, and run the doctor on request. Raises CannotStart if `.env` cannot be written."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # invalid bytes are refused like any other wrong answer
    terminal = Terminal(out=sys.stdout)
    try:
        is_written = Dialogue(terminal).is_written()
    except (NobodyThereError, KeyboardInterrupt):
        terminal.say("\nStopped. Nothing was saved.")
        return STOPPED
    if not is_written:
        return STOPPED
    try:
        wants_more = terminal.agrees("Check the whole setup now (the doctor, read-only)?", usually=True)
    except NobodyThereError:
        terminal.say()
        return 0
    return asyncio.run(doctor(settings_so_far(), Asked())) if wants_more else 0


class Dialogue:
    """`settings` are the existing ones and those entered so far, which take precedence."""

    def __init__(self, terminal: Terminal) -> None:
        """Raises CannotStart if no `.env` can be written."""
        check_place(ENV_FILE)
        self._terminal = terminal
        self._entered: dict[str, str] = {}
        so_far = settings_so_far()
        if str(ENV_FILE) in so_far.troubles:
            raise CannotStart(so_far.troubles[str(ENV_FILE)])
        self._others = [words for name, words in so_far.troubles.items() if name not in ASKED_FOR]

    def is_written(self) -> bool:
        """Whether the settings are in place at the end. Raises NobodyThereError before anything is written."""
        self._terminal.say(WELCOME)
        self._terminal.tell(failure("settings", words) for words in self._others)
        self._ask_for_token()
        self._ask_for_services()
        return self._write()

    def _ask_for_token(self) -> None:
        say = self._terminal.say
        say(f"\n1. Discord\nIn the developer portal, {PORTAL}: New Application → Bot → Reset Token.")
        while True:
            has_one = self._settings.has_token
            there = "; Enter keeps the current one" if has_one else ""
            token = self._terminal.ask_secret(f"Bot token (hidden{there}):").removeprefix("Bot ").strip()
            if not token and not has_one:
                say("Nothing entered.")
                continue
            entered = {TOKEN: token} if token else {}
            checked = self._wrong_as_written(entered) or self._waited_for(check_token(self._with(entered)))
            self._terminal.tell(checked.findings)
            if checked.result is not CheckResult.WRONG:
                self._entered |= entered  # if Discord did not answer, Enter tries it again
            if checked.result is CheckResult.RIGHT:
                say(f"Invite the bot to your server:\n  {checked.invitation}")
                return

    def _ask_for_services(self) -> None:
        say = self._terminal.say
        say("\n2. Video services. One is enough; you can add several.")
        for number, choice in enumerate(MENU, 1):
            say(f"  {number}  {choice.words}")
        while True:
            on = [account.name for account in simple_accounts(self._settings) if not is_closed(account)]
            if self._settings.accounts_file is not None:
                on.append("the accounts in ACCOUNTS_FILE")
            last = len(MENU)
            more = f"Set up: {', '.join(on)}. Add another (1-{last}, or Enter to go on)?"
            question = more if on else f"Which one (1-{last})?"
            answer = self._terminal.ask(question).lower()
            if not answer and on:
                return
            chosen = next((each for number, each in enumerate(MENU, 1) if answer in {str(number), each.name}), None)
            if chosen is None:
                say(f"Type {one_of(map(str, range(1, last + 1)))}. No account yet? `{COMMAND} demo` needs none.")
            else:
                self._ask_for(chosen)

    def _ask_for(self, choice: ServiceChoice) -> None:
        """Ask until the answer is right, or the user gives up."""
        before: Mapping[str, str] = {}
        while (entered := choice.ask(self._terminal, self._settings, before)) is not None:
            before = entered
            checked = self._wrong_as_written(entered)
            checked = checked or self._waited_for(check_service(self._with(entered), choice.name))
            self._terminal.tell(checked.findings)
            keep = "Keep it anyway? Orders wait until it answers."
            if checked.result is CheckResult.RIGHT or (
                checked.result is CheckResult.AWAY and self._terminal.agrees(keep, usually=False)
            ):
                self._entered |= entered
                return

    def _write(self) -> bool:
        say, names = self._terminal.say, list(self._entered)
        say("\n3. Saving")
        if not names:
            say("Nothing to change.")
            return True
        others = " Its other lines stay, and a backup is kept." if ENV_FILE.exists() else ""
        if not self._terminal.agrees(f"Save {', '.join(names)} to {ENV_FILE.absolute()}?{others}", usually=True):
            say("Nothing was saved.")
            return False
        copy = write(ENV_FILE, self._entered)
        before = f" The old file is {copy}." if copy else ""
        say(f"Saved; only you can read it.{before} Start the bot with `{COMMAND}`.")
        self._terminal.tell(
            warning("settings", f"{name} is also set in the environment, which overrides .env. Unset it there.")
            for name in names
            if {name, name + FILE_SUFFIX} & set(environment())
        )
        return True

    def _waited_for(self, check: Coroutine[Any, Any, Checked]) -> Checked:
        async def wait() -> Checked:
            checking = asyncio.create_task(check)
            done, _ = await asyncio.wait({checking}, timeout=SILENCE)
            if not done:
                self._terminal.say("Waiting for an answer…")
            return await checking

        return asyncio.run(wait())

    @property
    def _settings(self) -> Settings:
        return self._with({})

    def _with(self, entered: Mapping[str, str]) -> Settings:
        return settings_so_far({**self._entered, **entered}).settings

    def _wrong_as_written(self, entered: Mapping[str, str]) -> Checked | None:
        """Errors that can be found without asking the service."""
        troubles = settings_so_far({**self._entered, **entered}).troubles
        wrong: Sequence[str] = [troubles[name] for name in entered if name in troubles]
        return (
            Checked(result=CheckResult.WRONG, findings=[failure("settings", words) for words in wrong])
            if wrong
            else None
        )
