"""The model catalogue: the shipped `models.toml`, overridden by the host's own file."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.models.abilities import Abilities, Ability
from bot.domain.models.card import ModelCard, Retirement, one_of
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.workflow import BadWorkflow, Workflow, WorkflowRole
from bot.domain.texts.files import NotTextError, decoded
from bot.domain.video import Size
from bot.providers.catalogue.error_location import Within, line_of
from bot.providers.catalogue.fields import read_field
from bot.providers.catalogue.price_fields import PRICE_READERS
from bot.providers.catalogue.prices import BY_SIZE, over, prices_at, prices_in
from bot.providers.catalogue.toml_text import read_toml
from bot.providers.catalogue.workflow_files import FIELDS as OF_A_WORKFLOW
from bot.providers.catalogue.workflow_files import workflow_in

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("models.toml")
LONGEST_ID = 60  # characters; a choice in Discord's menus holds 100 with the label
REQUIRED = ("label", "provider", "remote", "seconds", "sizes")
ON_THE_CARD = {"picture": "takes_picture"}  # else the same name
LORA_ROLES = (WorkflowRole.LORA, WorkflowRole.LORA_STRENGTH)
NOT_ON_THE_CARD = frozenset({"enabled", "options", "references", "loras", "at", *PRICE_READERS}) | OF_A_WORKFLOW

Fields = dict[str, Any]


def load_catalogue(
    path: Path | None, hosts: Mapping[str, str], today: date, live: CatalogueFile | None = None
) -> Catalogue:
    """The models that can be ordered today at the configured accounts (account name -> host name).

    `path` is the host's own file. `live` replaces the shipped file if a service has reported what it offers; models
    then come and go, so entries for missing ones are skipped. Raises CannotStart naming file, line, model and field of
    the first mistake.
    """
    files = [live or CatalogueFile.read(SHIPPED)] + ([CatalogueFile.read(path)] if path else [])
    models = merged(files, strict=live is None)
    cards: dict[str, ModelCard] = {}
    retired: dict[str, Retirement] = {}
    for model, fields in models.items():
        if live and not is_whole(fields):
            log.warning("%s says something about %s, which is offered nowhere now", path, model)
            continue
        card = card_of(model, fields, files[-1])
        if path is not None:
            card = replace(card, listed_in=str(path))
        if not fields.get("enabled", True):
            continue
        serving = [name for name in card.account_names if name in hosts and card.served_by(hosts[name])]
        gone = {name: end for name in serving if (end := card.retirement(hosts[name], today))}
        if left := tuple(name for name in serving if name not in gone):
            cards[model] = card.at(left)
        elif gone:
            retired[model] = gone[serving[0]]
    if live and not any(file.default in models for file in files):
        return Catalogue(cards, retired)
    return Catalogue(default_first(cards, models, files), retired)


@value_object(kw_only=False)
class CatalogueFile:
    """One file, as text and as TOML."""

    path: Path
    content: str
    tables: Fields

    @classmethod
    def read(cls, path: Path) -> CatalogueFile:
        try:
            content = decoded(path.read_bytes())
        except (OSError, NotTextError) as error:
            raise CannotStart(f"The model catalogue {path} cannot be read: {error}.") from None
        try:
            file = cls(path, content, read_toml(content))
        except ValueError as error:
            raise CannotStart(f"The model catalogue {path} is not proper TOML: {error}.") from None
        if unknown := set(file.tables) - {"default", "models"}:
            raise CannotStart(f"{path}: {min(unknown)!r} is not known; models are written as [models.ID].")
        return file

    @property
    def default(self) -> str | None:
        default = self.tables.get("default")
        if default is not None and not isinstance(default, str):
            raise CannotStart(f'{self.path}: default has to be the ID of a model in quotes, such as "sora-2".')
        return default

    def models(self) -> dict[str, Fields]:
        """The fields of each model, read and checked."""
        models = self.tables.get("models", {})
        if not isinstance(models, dict):
            raise CannotStart(f"{self.path}: models are written as [models.ID].")
        return {model: self._fields(model, table) for model, table in models.items()}

    def _fields(self, model: str, table: object) -> Fields:
        if not isinstance(table, dict) or not 1 <= len(model) <= LONGEST_ID:
            raise self.mistake(model, None, f"has to be a table with an ID of at most {LONGEST_ID} characters")
        fields = {}
        for field, value in table.items():
            try:
                fields[field] = read_field(field, value)
                if field == "workflow":  # next to the file that names it
                    fields[field] = str(self.path.parent / fields[field])
            except Within as error:
                raise self.mistake(model, field, str(error), error.entry, inside=error.inside) from None
            except ValueError as error:
                raise self.mistake(model, field, str(error)) from None
        return fields

    def mistake(
        self,
        model: str,
        field: str | None,
        problem: str,
        entry: str | int | None = None,
        *,
        inside: str | None = None,
    ) -> CannotStart:
        where = f"[models.{model}]" + (f" {field}" if field else "")
        line = line_of(self.content, model, field, entry, inside=inside)
        return CannotStart(f"{self.path}{f', line {line}' if line else ''}: {where} {problem}.")


def merged(files: list[CatalogueFile], *, strict: bool = True) -> dict[str, Fields]:
    """Later files take precedence, field by field; prices size by size.

    Not `strict`: services change their offers by themselves.
    """
    models: dict[str, Fields] = {}
    for file in files:
        for model, fields in file.models().items():
            models[model] = laid_over(models.get(model, {}), fields)
            if strict:
                check_prices(model, fields, models[model], file)
    return models


def laid_over(before: Fields, fields: Fields) -> Fields:
    """One file's entry for a model over those of earlier files. New prices do not keep the old ones' date."""
    known = {
        name: value for name, value in before.items() if name != "priced" or not fields.keys() & PRICE_READERS.keys()
    }
    result = over(known, fields)
    if "at" in fields:
        result["at"] = before.get("at", {}) | fields["at"]
    if "sizes" in result:  # removed sizes lose their prices, too
        result["price"] = {size: price for size, price in result["price"].items() if size in result["sizes"]}
    return result


def check_prices(model: str, given: Fields, fields: Fields, file: CatalogueFile) -> None:
    """A price for a size that the model does not make is a mistake: the intended size would be left without one."""
    made = fields.get("sizes")
    if made is None:
        return
    for field, inside, size in _sizes_priced(given):
        if size not in made:
            problem = f"{size}: the model does not make this size; its sizes are {one_of(map(str, made))}"
            raise file.mistake(model, field, problem, str(size), inside=inside)


def _sizes_priced(given: Fields) -> Iterator[tuple[str, str | None, Size]]:
    """Each with the field, and the account, that has a price for it."""
    for inside, fields in [(None, given), *given.get("at", {}).items()]:
        for field in ("price", *BY_SIZE):
            tables = fields.get(field, {})
            for prices in [tables] if field == "price" else tables.values():
                for size in prices if isinstance(prices, dict) else ():
                    yield ("at", inside, size) if inside else (field, None, size)


def is_whole(fields: Fields) -> bool:
    """Whether everything is there that a card needs."""
    return fields.keys() >= set(REQUIRED)


def card_of(model: str, fields: Fields, file: CatalogueFile) -> ModelCard:
    """Raises CannotStart if something is missing: `file` is then the one that introduced the model."""
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise file.mistake(model, None, f"is a new model and needs: {', '.join(missing)}")
    workflow, loras = _workflow(model, fields, file), fields.get("loras", {})
    if loras and not (workflow is not None and all(workflow.has(role) for role in LORA_ROLES)):
        raise file.mistake(model, "loras", f"needs a workflow with the roles {' and '.join(LORA_ROLES)}")
    abilities = Abilities(
        options=fields.get("options", frozenset()) | ({Ability.LORA} if loras else set()),
        references=fields.get("references", 0),
        loras=loras,
    )
    known = {ON_THE_CARD.get(field, field): value for field, value in fields.items() if field not in NOT_ON_THE_CARD}
    prices = prices_in(fields)
    card = ModelCard(
        id=model,
        abilities=abilities,
        **{each.name: getattr(prices, each.name) for each in dataclass_fields(prices)},
        prices_at=prices_at(fields),
        workflow=workflow,
        **known,
    )
    _check_accounts(card, file)
    return card


def _check_accounts(card: ModelCard, file: CatalogueFile) -> None:
    """A price at an account that does not have the model is a mistake: the intended one would keep the usual price."""
    for name in card.prices_at:
        if name not in card.account_names:
            problem = f"{name}: the model is not at this account; it is at {one_of(card.account_names)}"
            raise file.mistake(card.id, "at", problem, inside=name)


def _workflow(model: str, fields: Fields, file: CatalogueFile) -> Workflow | None:
    """Raises CannotStart for a file that is none, or in which an input is missing."""
    try:
        return workflow_in(fields)
    except BadWorkflow as problem:
        where = ("workflow", None) if problem.role is None else ("roles", problem.role.value)
        raise file.mistake(model, where[0], str(problem), where[1]) from None


def default_first(
    cards: Mapping[str, ModelCard], models: Mapping[str, Fields], files: list[CatalogueFile]
) -> Mapping[str, ModelCard]:
    """The cards with the chosen default first. If that can't be ordered now, the order stays."""
    file = next((file for file in reversed(files) if file.default), None)
    if file is None or file.default is None:
        return cards
    if file.default not in models:
        raise CannotStart(f"{file.path}: default = {file.default!r} names a model that is not in the catalogue.")
    return {model: card for model, card in cards.items() if model == file.default} | dict(cards)
