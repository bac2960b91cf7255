"""Uses the whole bot at random, to find what nobody thought of: `python -m tests.random_use [seconds] [seed]`.

People type commands with fitting and unfitting options, press any button, choose in any menu, and send any form that
opened, on a simulated server with the real bot. Each use has to be acknowledged, and nothing may go wrong: every
finding is printed with what was done, and the log of the bot is kept. The same seed begins in the same way, but what
is there to press depends on how fast videos are made.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.discord.checks import command_checks, components
from bot.sandbox.discord.checks.components import Select
from bot.sandbox.discord.people.outcome import CannotDo, Field, Form, Outcome
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.stages import quick_stage
from tests.random_values import CHANNELS, PEOPLE, ROLES, WORDS, words_for

SETTINGS = {"ACCESS_DEFAULT": "everyone", "GUILD_MONTHLY_BUDGET_USD": "1000", "CONFIRM_ABOVE_USD": "1"}
LANGUAGES = ("en-US", "de", "fr", "es-ES", "pt-BR", "ja")
ANSWERED = 60.0  # seconds until a promised answer has to be there
NEWEST = 12  # messages of a channel that are mostly used
PAUSE = 0.1  # seconds: nobody may send more than three a second in the long run
BROKEN = ("Something went wrong", "Etwas ist schiefgegangen", "Traceback")
SUBCOMMANDS = (command_checks.SUB, command_checks.GROUP)

Act = Callable[[Person], Awaitable[Outcome | None]]


@dataclass(slots=True, kw_only=True)
class RandomUse:
    """One after the other, so that nobody is refused for being too fast."""

    stage: Stage
    rng: random.Random
    steps: int = 0
    findings: list[str] = field(default_factory=list)
    _forms: list[tuple[Person, Form]] = field(default_factory=list)
    _doing: str = ""

    async def run(self, *, seconds: float, most: int = sys.maxsize) -> Sequence[str]:
        """What was found. `most`: steps."""
        people = [self.stage.person(key) for key in PEOPLE]
        for person, language in zip(people, self.rng.sample(LANGUAGES, len(people)), strict=True):
            person.user.locale = language
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.steps < most:
            await self._step(self.rng.choice(people))
            await asyncio.sleep(self.rng.uniform(0, PAUSE))
        return [*self.findings, *self._logged()]

    async def _step(self, person: Person) -> None:
        acts: Sequence[Act] = (self._types, self._presses, self._chooses, self._sends, self._uses_menu)
        (act,) = self.rng.choices(acts, weights=(4, 7, 5, 5, 1))
        try:
            outcome = await act(person)
        except (CannotDo, LookupError):  # Discord's app would not let them, or there is nothing to use
            return
        if outcome is not None:
            self.steps += 1
            await self._check(person, outcome)

    async def _check(self, person: Person, outcome: Outcome) -> None:
        if outcome.failed is not None:
            self._finds("not acknowledged")
            return
        try:
            await outcome.settled(ANSWERED)
        except TimeoutError:
            self._finds("still thinking")
        if outcome.form is not None:
            self._forms.append((person, outcome.form))
        said = "\n".join(each.text for each in (outcome.message, *outcome.followups) if each is not None)
        if any(words in said for words in BROKEN):
            self._finds(said)

    def _finds(self, what: str) -> None:
        self.findings.append(f"{self._doing}: {what}")

    def _logged(self) -> Iterator[str]:
        log = self.stage.keeper.log.read_text(errors="replace")
        return (line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line)

    async def _types(self, person: Person) -> Outcome:
        """Half of the time an order: most other commands are about videos."""
        commands = [each for each in person.commands() if each.get("type", command_checks.CHAT) == command_checks.CHAT]
        orders = [each for each in commands if each["name"] == "create"]
        command = self.rng.choice(orders if orders and self.rng.random() < 0.5 else commands)
        path = [command["name"]]
        while (inner := command.get("options")) and inner[0]["type"] in SUBCOMMANDS:
            command = self.rng.choice(inner)
            path.append(command["name"])
        given = [each for each in inner or () if each.get("required") or self.rng.random() < 0.2]
        options = {each["name"]: words_for(each, self.rng) for each in given}
        self._doing = f"{person.user.name} types /{' '.join(path)} {options}"
        return await person.types(f"/{' '.join(path)}", options)

    async def _presses(self, person: Person) -> Outcome:
        message = self._with(person, {components.BUTTON})
        button = self.rng.choice([each for each in message.buttons if each.custom_id and not each.disabled])
        self._doing = f"{person.user.name} presses {button.label} ({button.custom_id})"
        return await person.clicks(str(button.custom_id), on=message)

    async def _chooses(self, person: Person) -> Outcome:
        message = self._with(person, set(components.SELECTS))
        select = self.rng.choice([each for each in message.selects if not each.disabled])
        chosen = self._some(_choices(select), select.least, select.most)
        self._doing = f"{person.user.name} chooses {chosen} in {select.placeholder} ({select.custom_id})"
        return await person.picks(chosen, on=message, select=select.custom_id)

    async def _sends(self, _: Person) -> Outcome:
        person, form = self._forms.pop(self.rng.randrange(len(self._forms))) if self._forms else _nothing()
        fields = {each.custom_id: self._entry(each) for each in form.fields if each.required or self.rng.random() < 0.6}
        self._doing = f"{person.user.name} sends {form.title} ({form.custom_id}) with {fields}"
        return await person.fills(form, {name: entry for name, entry in fields.items() if entry is not None})

    async def _uses_menu(self, person: Person) -> Outcome:
        menus = [each for each in person.commands() if each.get("type") == command_checks.MESSAGE]
        menu = self.rng.choice(menus)["name"]
        message = self.rng.choice([each for each in person.sees() if not each.ephemeral])
        self._doing = f"{person.user.name} uses {menu} on {message.id}"
        return await person.uses(menu, on=message)

    def _with(self, person: Person, kinds: set[int]) -> Message:
        """Mostly one of the newest messages that have such a component."""
        fitting = [
            message
            for message in person.sees()
            if any(_is_of(each, kinds) for each in components.walk(message.components))
        ]
        return self.rng.choice(fitting[-NEWEST:] if self.rng.random() < 0.8 else fitting)

    def _some(self, choices: Sequence[Any], least: int, most: int) -> list[Any]:
        return self.rng.sample(choices, self.rng.randint(min(least, len(choices)), min(most, len(choices))))

    def _entry(self, asked: Field) -> Any:
        match asked.type:
            case components.TEXT_INPUT:
                return self.rng.choice(WORDS)[: asked.most]
            case components.CHECKBOX:
                return self.rng.random() < 0.5
            case components.RADIO_GROUP:
                return self.rng.choice(asked.options)["value"]
            case components.STRING_SELECT | components.CHECKBOX_GROUP:
                return self._some([each["value"] for each in asked.options], asked.least, asked.most)
            case _:
                return None


def _is_of(component: Json, kinds: set[int]) -> bool:
    return component["type"] in kinds and bool(component.get("custom_id")) and not component.get("disabled")


def _choices(select: Select) -> Sequence[Any]:
    match select.type:
        case components.STRING_SELECT:
            return [each["value"] for each in select.options]
        case components.CHANNEL_SELECT:
            return CHANNELS
        case components.ROLE_SELECT:
            return ROLES
        case _:
            return PEOPLE


def _nothing() -> tuple[Person, Form]:
    raise LookupError("no form is open")


async def used_at_random(folder: Path, seed: int, *, seconds: float, most: int = sys.maxsize) -> RandomUse:
    """A whole bot in this folder, used so."""
    async with quick_stage(folder, SETTINGS).running() as stage:
        use = RandomUse(stage=stage, rng=random.Random(seed))
        use.findings = list(await use.run(seconds=seconds, most=most))
    return use


def main(seconds: str = "120", seed: str = "1") -> int:
    folder = Path(tempfile.mkdtemp(prefix="kinora-random-use-"))
    use = asyncio.run(used_at_random(folder, int(seed), seconds=float(seconds)))
    summary = f"{use.steps} uses, {len(use.findings)} findings; the log is {folder / 'bot.log'}"
    sys.stdout.write("\n".join([*use.findings, summary, ""]))
    return 1 if use.findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
