"""`python -m bot models discover`: rows for models that a service has and the catalogue does not."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from pathlib import Path
from unicodedata import category

from bot.clock import SystemClock
from bot.config.environment import leading_somewhere
from bot.data_classes import value_object
from bot.doctor.models import every_card
from bot.domain.errors import CannotStart, ProviderError
from bot.domain.models.card import ModelCard, one_of
from bot.domain.ports.provider import Provider
from bot.domain.texts.files import is_one_line, on_one_line
from bot.logs.lines import set_up_logs
from bot.providers.catalogue.load import LONGEST_ID, Fields
from bot.providers.dialects import DIALECTS
from bot.settings import Settings
from bot.wiring.accounts import accounts_so_far, secrets_of
from bot.wiring.providers import providers_of

# What the names of video models contain; gateways list all models that they have.
FAMILIES = (
    r"video|sora|veo|wan|kling|hailuo|h3|seedance|ltx|hunyuan|cosmos|mochi|runway|gen-?[34]|omni|grok-imagine|ray|pika"
)
LOOKS_LIKE_VIDEO = re.compile(rf"(?<![a-z])({FAMILIES})(?![a-z])|video|[ti]2v", re.IGNORECASE)
NOT_FOR_IDS = re.compile(r"[^a-z0-9.]+")
HEAD = """\
# Models that the catalogue does not have, as the video services listed them on {today}. Fill in seconds, sizes and
# prices, remove the rows you do not want, and name this file in MODELS_FILE.
"""
EXAMPLES = {  # of what a row needs, with its meaning
    "seconds": "seconds = [5]           # lengths it makes; the first is the default",
    "sizes": 'sizes = ["1280x720"]    # sizes it makes; the first is the default',
    "picture": "picture = true          # whether it can start from a picture",
}
EXAMPLE_SIZES = ("1280x720",)
BARE = re.compile(r"[A-Za-z0-9_-]+")


Suggest = Callable[[Sequence[str]], Awaitable[Mapping[str, Fields]]]


@value_object
class Discovery:
    """What the command line asks for."""

    provider: str | None = None
    write: Path | None = None
    models: Sequence[str] = ()  # only these, by the service's names; at fal the endpoints of one model
    everything: bool = False
    force: bool = False


@value_object
class Served:
    """What one service said, or why it did not answer."""

    provider: str
    host: str
    names: Sequence[str]
    silence: str = ""
    fields: Mapping[str, Fields] = field(default_factory=dict)  # what it says about some of them, by their names


async def discover(settings: Settings, wanted: Discovery) -> int:
    """Ask, and print or write the rows; 1 if no service named any. Raises CannotStart."""
    set_up_logs(settings.log_level, secrets_of(settings))
    cards = [card for card, _ in every_card(settings)]
    suggesters = _suggesters(settings)
    if wanted.models and wanted.provider not in suggesters:
        return _put(await described(settings, wanted, {card.id for card in cards}), wanted)
    providers = providers_of(settings)
    try:
        chosen = _chosen(providers.values(), wanted.provider)
        said = [await _said(each, suggesters.get(each.name), wanted.models) for each in chosen]
    finally:
        for provider in providers.values():
            await provider.close()
    for each in said:
        if each.silence:
            sys.stderr.write(f"{on_one_line(each.silence)}\n")
    if not any(each.names for each in said):
        return 1
    return _put(rows([each for each in said if each.names], cards, everything=wanted.everything), wanted)


def _put(text: str, wanted: Discovery) -> int:
    if wanted.write is None:
        sys.stdout.write(text)
    else:
        save(wanted.write, text, force=wanted.force)
    return 0


async def described(settings: Settings, wanted: Discovery, taken: Collection[str]) -> str:
    """One model's row, as its service describes it. Raises CannotStart."""
    accounts = {account.name: account for account in accounts_so_far(settings)}
    able = [name for name, account in accounts.items() if DIALECTS[account.dialect].names_models]
    if wanted.provider not in able:
        named = (
            f"--provider {one_of(able)}" if able else "a service that describes its models, such as fal or Replicate"
        )
        raise CannotStart(f"A model is described by its own service only. Use {named}.")
    account = accounts[wanted.provider]
    describer = DIALECTS[account.dialect].describer()
    if describer is None:
        raise CannotStart(f"{account.name} does not describe its models.")
    today = SystemClock().now().date()
    try:
        return await describer(account, wanted.models, proposed_id(_model_of(wanted.models[0]), taken), today)
    except ProviderError as trouble:
        raise CannotStart(trouble.sentence) from None


def _model_of(endpoint: str) -> str:
    """Its owner and name without the rest: many models have an endpoint called `text-to-video`."""
    return "/".join(endpoint.split("/")[:2])


def rows(said: Sequence[Served], cards: Sequence[ModelCard], *, everything: bool) -> str:
    """TOML to fill in. Models of the catalogue, and those that were left out, are listed in comments."""
    today = SystemClock().now().date()
    taken = {card.id for card in cards}
    parts = [HEAD.format(today=today)]
    for each in said:
        parts += _of_service(
            each, [card for card in cards if each.provider in card.account_names], taken, everything=everything
        )
    return "\n".join(parts)


def _of_service(said: Served, cards: Sequence[ModelCard], taken: set[str], *, everything: bool) -> list[str]:
    ours = {card.remote: card.id for card in cards}
    known = [name for name in said.names if name in ours]
    new = [name for name in said.names if name not in ours]
    shown = sorted((name for name in new if name in said.fields or looks_like_video(name)), key=str.lower)
    rest = sorted((name for name in new if name not in shown), key=str.lower)
    parts = [f"# {said.provider}: {said.host}\n"]
    if known:
        listed = "".join(f"#   {name} is [models.{toml_key(ours[name])}]\n" for name in known)
        parts.append(f"# In the catalogue already:\n{listed}")
    for name in [*shown, *(rest if everything else [])]:
        model = proposed_id(name, taken)
        taken.add(model)
        parts.append(_row(model, name, said))
    if rest and not everything:
        parts.append(f"# {len(rest)} more do not look like video models by their names; --all shows them.\n")
    if not new:
        parts.append("# There is nothing new.\n")
    return parts


def looks_like_video(name: str) -> bool:
    return LOOKS_LIKE_VIDEO.search(name) is not None


def proposed_id(name: str, taken: Collection[str]) -> str:
    """The last part of a name if it is free, otherwise the whole name, otherwise with a number."""
    short, whole = (_plain(part)[: LONGEST_ID - 4] for part in (name.rpartition("/")[2], name))
    numbered = (f"{whole}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (short, whole, *numbered) if each not in taken)


def _plain(text: str) -> str:
    return NOT_FOR_IDS.sub("-", text.lower()).strip("-.") or "model"


def _row(model: str, remote: str, said: Served) -> str:
    label = " ".join(word[:1].upper() + word[1:] for word in model.split("-"))
    fields = said.fields.get(remote, {})
    return f"""[models.{toml_key(model)}]
label = {toml_text(label)}
provider = {toml_text(said.provider)}
remote = {toml_text(remote)}
hosts = [{toml_text(said.host)}]
{"".join(_lines(fields))}
# Without a price it cannot be ordered: dollars per second of video, for each size.
[models.{toml_key(model)}.price]
{"".join(_open_prices(fields))}"""


def _lines(fields: Fields) -> Iterator[str]:
    """Known values as in the catalogue, and missing ones as comments to fill in."""
    unknown = EXAMPLES.keys() - fields.keys()
    for name in dict.fromkeys([*EXAMPLES, *fields]):
        if name not in unknown:
            yield f"{name} = {_value(fields[name])}\n"
        else:
            yield f"# {EXAMPLES[name]}\n"


def _open_prices(fields: Fields) -> Iterator[str]:
    for size in fields.get("sizes", EXAMPLE_SIZES):
        yield f'# {toml_text(str(size))} = "?"\n'


def _value(value: object) -> str:
    match value:
        case bool() | int():
            return json.dumps(value)
        case tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return toml_text(str(value))


def toml_key(model: str) -> str:
    return model if BARE.fullmatch(model) else toml_text(model)


def toml_text(text: str) -> str:
    """A TOML basic string; JSON strings have the same syntax. Invisible characters are escaped."""
    return "".join(map(_shown, json.dumps(text, ensure_ascii=False)))


def _shown(char: str) -> str:
    """A lone surrogate can't be escaped in TOML: it stays, and the file that contains it is refused."""
    return char if is_one_line(char) or category(char) == "Cs" else f"\\U{ord(char):08X}"


def _chosen(providers: Iterable[Provider], name: str | None) -> list[Provider]:
    chosen = [provider for provider in providers if name in {None, provider.name}]
    if not chosen:
        on = one_of(provider.name for provider in providers)
        raise CannotStart(f"{name} is not a video service set up here. Set up: {on}.")
    return chosen


def _suggesters(settings: Settings) -> Mapping[str, Suggest]:
    """By account name. Raises CannotStart."""
    found = [(account, DIALECTS[account.dialect].suggester()) for account in accounts_so_far(settings)]
    return {account.name: partial(suggest, account) for account, suggest in found if suggest is not None}


async def _said(provider: Provider, suggest: Suggest | None, models: Sequence[str]) -> Served:
    """What a service says about these models, or about all that it has. Raises CannotStart."""
    names: Sequence[str] | None = []
    fields: Mapping[str, Fields] = {}
    silence = f"{provider.host} doesn't say which models it serves."
    try:
        if suggest is None:
            names = await provider.served()
        else:
            fields = await suggest(models)
            names = list(fields)
            silence = f"{provider.host} names no model that can be ordered by words alone."
    except ProviderError as trouble:
        silence = trouble.sentence
    return Served(
        provider=provider.name,
        host=provider.host,
        names=sorted(set(names or [])),
        silence="" if names else silence,
        fields=fields,
    )


def save(path: Path, text: str, *, force: bool) -> None:
    """Write all or nothing: a full disk keeps the old file. Raises CannotStart if there is a file, unless `force`."""
    try:
        if path.exists() and not force:
            raise CannotStart(f"{path} is there already; --force overwrites it.")
        _write_whole(leading_somewhere(path).resolve(), text.encode())
    except UnicodeEncodeError:
        raise CannotStart("The name of the workflow, or one in it, is not text. Give it another one.") from None
    except ValueError as error:
        raise CannotStart(f"{error}.") from None
    except OSError as error:
        raise CannotStart(f"{path} cannot be written: {error.strerror}.") from None
    sys.stderr.write(f"Written to {path}. Fill it in, then set MODELS_FILE={path}.\n")


def _write_whole(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a pipe, or a terminal
        path.write_bytes(data)
        return
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
