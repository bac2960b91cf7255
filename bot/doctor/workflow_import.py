"""`python -m bot models import-workflow`: a card for a workflow of ComfyUI, with the roles of its inputs proposed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.doctor.discovery import proposed_id, save, toml_key, toml_text
from bot.doctor.models import every_card
from bot.domain.errors import CannotStart, ProviderError
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import NEEDED, BadWorkflow, Graph, Workflow, WorkflowRole, workflow_of
from bot.domain.ports.provider import Provider
from bot.domain.video import RemixMethod, Size
from bot.logs import set_up_logs
from bot.providers.catalogue.workflow_files import read_graph
from bot.providers.comfyui.proposal import Proposal, proposed
from bot.settings import Settings
from bot.wiring.accounts import accounts_so_far
from bot.wiring.providers import providers_of

DIALECT = "comfyui"
USUAL = Size(1280, 720)
WANTED = (WorkflowRole.WIDTH, WorkflowRole.HEIGHT, WorkflowRole.LENGTH, WorkflowRole.FPS)
NOT_ASKED = "No ComfyUI is set up (COMFYUI_API_KEY, COMFYUI_BASE_URL), so none was asked what it lacks for this."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowImport:
    """What the command line asks for."""

    file: Path
    provider: str | None = None
    write: Path | None = None
    force: bool = False


async def import_workflow(settings: Settings, wanted: WorkflowImport) -> int:
    """Print or write the card; 1 when it cannot be ordered as it is. Raises CannotStart."""
    try:
        graph = read_graph(wanted.file)
        proposal = _proposed(graph, wanted.file)
    except BadWorkflow as problem:
        raise CannotStart(f"{problem}.") from None
    account = _account(settings, wanted.provider)
    problems = missing(proposal)
    lacking = [] if problems else await _lacking(settings, account, graph, proposal)
    for each in [*problems, *lacking]:
        sys.stderr.write(f"{each}\n")
    taken = {card.id for card, _ in every_card(settings)}
    text = row(proposed_id(wanted.file.stem, taken), account or DIALECT, _place(wanted), proposal)
    if wanted.write is None:
        sys.stdout.write(text)
    else:
        save(wanted.write, text, force=wanted.force)
    return 1 if problems or (lacking and lacking != [NOT_ASKED]) else 0


def _place(wanted: WorkflowImport) -> str:
    """Of the workflow, as the card names it: from the file that it is written to."""
    file = wanted.file.resolve()
    return str(file) if wanted.write is None else os.path.relpath(file, wanted.write.resolve().parent)


def _proposed(graph: Graph, file: Path) -> Proposal:
    try:
        return proposed(graph)
    except BadWorkflow as problem:
        raise BadWorkflow(f"{file} {problem}") from None


def missing(proposal: Proposal) -> list[str]:
    """Roles for which no input was found, in a sentence each; without those of NEEDED nothing can be ordered."""
    return [
        f'No input was found for {role.value!r}. Add it under roles, as "node.input".'
        for role in NEEDED
        if role not in proposal.roles
    ]


def _account(settings: Settings, name: str | None) -> str | None:
    """The account to ask. Raises CannotStart for one that is none."""
    names = [account.name for account in accounts_so_far(settings) if account.dialect == DIALECT]
    if name is not None and name not in names:
        raise CannotStart(f"{name} is no ComfyUI that is set up here.")
    return name or next(iter(names), None)


async def _lacking(settings: Settings, account: str | None, graph: Graph, proposal: Proposal) -> list[str]:
    if account is None:
        return [NOT_ASKED]
    places = {role: tuple(f"{each.node}.{each.name}" for each in inputs) for role, inputs in proposal.roles.items()}
    try:
        workflow = workflow_of(graph, places, proposal.frames)
    except BadWorkflow as problem:
        raise CannotStart(f"The workflow {problem}.") from None
    set_up_logs(settings.log_level, ())
    providers: Mapping[str, Provider] = providers_of(settings)
    try:
        return [str(words) for words in await providers[account].lacks(_a_card(account, workflow))]
    except ProviderError as trouble:
        return [trouble.sentence]
    finally:
        for provider in providers.values():
            await provider.close()


def _a_card(account: str, workflow: Workflow) -> ModelCard:
    return ModelCard(
        id="imported",
        label="imported",
        provider=account,
        remote="",
        seconds=(1,),
        sizes=(USUAL,),
        per_second={},
        workflow=workflow,
    )


def row(model: str, account: str, place: str, proposal: Proposal) -> str:
    """TOML to read over."""
    size = Size(proposal.width or USUAL.width, proposal.height or USUAL.height)
    starts = WorkflowRole.IMAGE in proposal.roles
    ways = [RemixMethod.SOURCE] if WorkflowRole.VIDEO in proposal.roles else []
    ways += [RemixMethod.FRAME, RemixMethod.LAST_FRAME] if starts else []
    options = ["seed", *(["negative-prompt"] if WorkflowRole.NEGATIVE in proposal.roles else [])]
    options += ["end"] if WorkflowRole.LAST_IMAGE in proposal.roles else []
    lines = [
        f"[models.{toml_key(model)}]",
        f"label = {toml_text(model)}",
        f"provider = {toml_text(account)}",
        f"remote = {toml_text(model)}",
        f"workflow = {toml_text(place)}",
        f"seconds = [{proposal.seconds}]       # lengths it makes; the first is the default",
        f'sizes = ["{size}"]    # sizes it makes; the first is the default',
        f"picture = {str(starts).lower()}",
        f"remix = [{', '.join(toml_text(way.value) for way in [*ways, RemixMethod.REPROMPT])}]",
        f"options = [{', '.join(map(toml_text, options))}]",
        f"frames = {{ step = {proposal.frames.step}, rate = {proposal.frames.rate} }}",
        "",
        f"[models.{toml_key(model)}.roles]   # read over: an order fills these inputs",
        *(_role(role, proposal) for role in WorkflowRole if role in proposal.roles),
        *(f'# {role.value} = "?"' for role in (*NEEDED, *WANTED) if role not in proposal.roles),
        "",
        f"[models.{toml_key(model)}.price]   # dollars per second of video; a machine of your own may ask for nothing",
        f'"{size}" = "0.00"',
        "",
    ]
    return "\n".join(lines)


def _role(role: WorkflowRole, proposal: Proposal) -> str:
    places = [toml_text(f"{each.node}.{each.name}") for each in proposal.roles[role]]
    return f"{role.value} = {places[0] if len(places) == 1 else '[' + ', '.join(places) + ']'}"
