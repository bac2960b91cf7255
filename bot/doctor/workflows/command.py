"""`python -m bot models import-workflow`: a card for a workflow of ComfyUI, with roles proposed for its inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.data_classes import value_object
from bot.doctor.discovery import proposed_id, save
from bot.doctor.models import every_card
from bot.doctor.workflows.card import USUAL, missing, row
from bot.domain.errors import CannotStart, ProviderError
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import BadWorkflow, Graph, Lack, Workflow, workflow_of
from bot.domain.ports.provider import Provider
from bot.domain.texts.files import on_one_line
from bot.logs.lines import set_up_logs
from bot.providers.catalogue.workflow_files import line_in, read_graph
from bot.providers.comfyui.proposal import Proposal, proposed
from bot.settings import Settings
from bot.wiring.accounts import accounts_so_far, secrets_of
from bot.wiring.providers import providers_of

DIALECT = "comfyui"
NOT_ASKED = "No ComfyUI is set up (COMFYUI_API_KEY, COMFYUI_BASE_URL), so none was asked what it lacks for this."


@value_object
class WorkflowImport:
    """What the command line asks for."""

    file: Path
    provider: str | None = None
    write: Path | None = None
    force: bool = False


async def import_workflow(settings: Settings, wanted: WorkflowImport) -> int:
    """Print or write the card; 1 if it cannot be ordered as it is. Raises CannotStart."""
    try:
        graph = read_graph(wanted.file)
        proposal = _proposed(graph, wanted.file)
        problems = [f"{wanted.file}: {each}" for each in missing(proposal)]
        workflow = None if problems else _workflow(graph, wanted.file, proposal)
    except BadWorkflow as problem:
        raise CannotStart(f"{problem}.") from None
    account = _account(settings, wanted.provider)
    lacking = [] if workflow is None else await _lacking(settings, account, workflow, wanted.file)
    for each in [*problems, *lacking]:
        sys.stderr.write(f"{on_one_line(each)}\n")
    taken = {card.id for card, _ in every_card(settings)}
    text = row(proposed_id(wanted.file.stem, taken), account or DIALECT, _place(wanted), proposal)
    if wanted.write is None:
        sys.stdout.write(text)
    else:
        save(wanted.write, text, force=wanted.force)
    return 1 if problems or (lacking and lacking != [NOT_ASKED]) else 0


def _place(wanted: WorkflowImport) -> str:
    """The workflow's path for the card: relative to the file that the card is written to."""
    file = wanted.file.resolve()
    return str(file) if wanted.write is None else os.path.relpath(file, wanted.write.resolve().parent)


def _proposed(graph: Graph, file: Path) -> Proposal:
    try:
        return proposed(graph)
    except BadWorkflow as problem:
        raise BadWorkflow(f"{file} {problem}") from None


def _account(settings: Settings, name: str | None) -> str | None:
    """The account to ask. Raises CannotStart if the name is not a ComfyUI account."""
    names = [account.name for account in accounts_so_far(settings) if account.dialect == DIALECT]
    if name is not None and name not in names:
        raise CannotStart(f"{name} is no ComfyUI that is set up here.")
    return name or next(iter(names), None)


def _workflow(graph: Graph, file: Path, proposal: Proposal) -> Workflow:
    places = {role: tuple(f"{each.node}.{each.name}" for each in inputs) for role, inputs in proposal.roles.items()}
    try:
        return workflow_of(graph, places, proposal.frames)
    except BadWorkflow as problem:
        raise BadWorkflow(f"{file} {problem}") from None


async def _lacking(settings: Settings, account: str | None, workflow: Workflow, file: Path) -> list[str]:
    if account is None:
        return [NOT_ASKED]
    set_up_logs(settings.log_level, secrets_of(settings))
    providers: Mapping[str, Provider] = providers_of(settings)
    try:
        return [_placed(lack, file) for lack in await providers[account].lacks(_a_card(account, workflow))]
    except ProviderError as trouble:
        return [trouble.sentence]
    finally:
        for provider in providers.values():
            await provider.close()


def _placed(lack: Lack, file: Path) -> str:
    line = line_in(file, lack.node, lack.name)
    where = lack.node if lack.name is None else f"{lack.node}.{lack.name}"
    return f"{file}{f', line {line}' if line else ''}, {where}: {lack.words}"


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
