"""The order as a graph: a model's workflow, with the inputs filled in to which its card assigns a role."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Foreign, Message, Model, msg
from bot.domain.models.abilities import Ability
from bot.domain.models.workflow import Workflow, WorkflowRole, links_of
from bot.domain.ports.provider import Order
from bot.domain.video import BY_ID, STILLS, RemixMethod
from bot.providers.comfyui.names import prefix_of, stem_of
from bot.providers.common.adapter import check_options

MOST_SEEDS = 2**53  # the largest that JSON carries exactly
FILE_ROLES = (WorkflowRole.IMAGE, WorkflowRole.LAST_IMAGE, WorkflowRole.VIDEO, WorkflowRole.AUDIO)
NEEDS = {RemixMethod.SOURCE: WorkflowRole.VIDEO} | dict.fromkeys(STILLS, WorkflowRole.IMAGE)


@value_object
class InputFile:
    """A file that is sent to the server before the order."""

    role: WorkflowRole
    name: str
    content: bytes | Path

    @property
    def kind(self) -> str:
        """Its media type."""
        return "video/mp4" if self.role is WorkflowRole.VIDEO else "image/png"


def can(workflow: Workflow, method: RemixMethod) -> bool:
    """Whether a graph has an input for what this remix method sends along."""
    return method not in BY_ID and (method not in NEEDS or workflow.has(NEEDS[method]))


def checked_workflow(order: Order, service: Message) -> Workflow:
    """The workflow. Raises Unsupported for a remix method, and Refused for anything else, that it has no input for."""
    workflow, model = order.card.workflow, Model(order.card.label)
    if workflow is None:
        raise Refused(msg("{model} names no workflow, so {service} can't make it.", model=model, service=service))
    if order.method is not None and not can(workflow, order.method):
        raise Unsupported(msg("{service} can't remix this way.", service=service))
    check_options(order, frozenset(_options(workflow)), service)
    if (lora := order.options.lora) is not None and lora.name not in order.card.abilities.loras:
        raise Refused(msg("{model} has no LoRA {name} any more.", model=model, name=Foreign(lora.name)))
    if order.picture is not None and not workflow.has(WorkflowRole.IMAGE):
        raise Refused(msg("The workflow of {model} has no input for an image.", model=model))
    if order.method in NEEDS and order.picture is None and order.source_file is None:
        raise Unsupported(msg("The original video's frame is missing."))
    return workflow


def _options(workflow: Workflow) -> Iterator[str]:
    yield Ability.SEED
    if workflow.has(WorkflowRole.NEGATIVE):
        yield Ability.NEGATIVE_PROMPT
    if workflow.has(WorkflowRole.LAST_IMAGE):
        yield Ability.END
    if workflow.has(WorkflowRole.LORA):
        yield Ability.LORA


def input_files(order: Order, prompt_id: str) -> Iterator[InputFile]:
    stem = stem_of(prompt_id)
    if order.picture is not None:
        yield InputFile(role=WorkflowRole.IMAGE, name=f"{stem}-first.png", content=order.picture)
    if order.options.end is not None:
        yield InputFile(role=WorkflowRole.LAST_IMAGE, name=f"{stem}-last.png", content=order.options.end)
    if order.source_file is not None:
        yield InputFile(role=WorkflowRole.VIDEO, name=f"{stem}-source.mp4", content=order.source_file)


def filled(
    workflow: Workflow, order: Order, prompt_id: str, files: Mapping[WorkflowRole, str]
) -> dict[str, dict[str, Any]]:
    """The graph to send. `files` are the server's names for the files that were sent.

    The seed differs each time unless one was asked for: the server does not repeat an identical run.
    """
    graph: dict[str, dict[str, Any]] = copy.deepcopy({node: dict(each) for node, each in workflow.graph.items()})
    for role, value in (_values(workflow, order, prompt_id) | dict(files)).items():
        for place in workflow.roles.get(role, ()):
            inputs = graph[place.node]["inputs"]
            inputs[place.name] = float(value) if isinstance(inputs[place.name], float) else value
    for role in FILE_ROLES:
        if role not in files:
            _leave_out(graph, {place.node for place in workflow.roles.get(role, ())})
    return graph


def _values(workflow: Workflow, order: Order, prompt_id: str) -> dict[WorkflowRole, Any]:
    options, size = order.options, order.size
    seed = secrets.randbelow(MOST_SEEDS) if options.seed is None else options.seed
    negative = {WorkflowRole.NEGATIVE: options.negative_prompt} if options.negative_prompt else {}
    return (
        negative
        | _lora(order)
        | {
            WorkflowRole.PROMPT: order.prompt,
            WorkflowRole.SEED: seed,
            WorkflowRole.WIDTH: size.width,
            WorkflowRole.HEIGHT: size.height,
            WorkflowRole.LENGTH: workflow.frames.count(order.seconds),
            WorkflowRole.FPS: workflow.frames.rate,
            WorkflowRole.PREFIX: prefix_of(prompt_id),
        }
    )


def _lora(order: Order) -> dict[WorkflowRole, Any]:
    """The chosen LoRA. If none was chosen, the node that would load one is set to strength 0."""
    known, chosen = order.card.abilities.loras, order.options.lora
    if not known:
        return {}
    if chosen is None:
        return {WorkflowRole.LORA: next(iter(known.values())).file, WorkflowRole.LORA_STRENGTH: 0.0}
    allowed = known[chosen.name]
    strength = allowed.strength if chosen.strength is None else chosen.strength
    return {WorkflowRole.LORA: allowed.file, WorkflowRole.LORA_STRENGTH: strength}


def _leave_out(graph: dict[str, dict[str, Any]], absent: set[str]) -> None:
    """Remove nodes that would load a file that was not sent, and every link to them."""
    for node_id in absent:
        graph.pop(node_id, None)
    for node in graph.values():
        for name in [name for name, source in links_of(node) if source in absent]:
            del node["inputs"][name]
