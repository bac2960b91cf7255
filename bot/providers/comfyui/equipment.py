"""What a workflow needs and a server lacks: nodes that are not installed, and missing model files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bot.domain.messages import Foreign, Message, msg
from bot.domain.models.workflow import Graph, Lack, NodeInput, Workflow, WorkflowRole
from bot.providers.comfyui.errors import unanswered
from bot.providers.comfyui.graphs import FILE_ROLES
from bot.providers.comfyui.server import Server
from bot.providers.common.endpoint import Endpoint


async def lacking(server: Server, endpoint: Endpoint, workflow: Workflow, loras: Sequence[str] = ()) -> Sequence[Lack]:
    """Each once, however many nodes need it. `loras`: files to choose from. Raises Unavailable or AccountTrouble."""
    graph, found = workflow.graph, dict[Message, Lack]()
    chosen = dict.fromkeys(workflow.roles.get(WorkflowRole.LORA, ()) if loras else (), loras)
    sent_along = {place for role in FILE_ROLES for place in workflow.roles.get(role, ())}
    for kind in sorted({str(node["class_type"]) for node in graph.values()}):
        response = await server.ask("GET", f"/object_info/{quote(kind, safe='')}")
        if not response.is_ok or not isinstance(response.body, dict):
            raise unanswered(response, endpoint)
        about = response.body.get(kind)
        nodes = {node_id: node for node_id, node in graph.items() if node["class_type"] == kind}
        if not isinstance(about, dict):
            words = msg("{service} has no node {node}.", service=endpoint.label, node=Foreign(kind))
            found.setdefault(words, Lack(words=words, node=next(iter(nodes))))
            continue
        for place, value in _absent(nodes, about, sent_along, chosen):
            words = msg(
                "{service} doesn't have {file} for {input} of {node}.",
                service=endpoint.label,
                file=Foreign(value),
                input=Foreign(place.name),
                node=Foreign(kind),
            )
            found.setdefault(words, Lack(words=words, node=place.node, name=place.name))
    return list(found.values())


def _absent(
    nodes: Graph,
    about: Mapping[str, Any],
    sent_along: Collection[NodeInput],
    chosen: Mapping[NodeInput, Sequence[str]],
) -> Iterator[tuple[NodeInput, str]]:
    """Inputs whose value is not among those the server accepts; for some inputs it is one of those in `chosen`."""
    for node_id, node in nodes.items():
        for name, value in node["inputs"].items():
            place = NodeInput(node_id, name)
            words = None if place in sent_along else _choices(about, name)
            if words is not None:
                values = chosen.get(place, [value])
                yield from ((place, each) for each in values if isinstance(each, str) and each not in words)


def _choices(about: Mapping[str, Any], name: str) -> Sequence[object] | None:
    """Older nodes have a list in place of a type, newer ones a type with options."""
    inputs = about.get("input")
    parts = [inputs.get(part) for part in ("required", "optional")] if isinstance(inputs, dict) else []
    for part in parts:
        match part.get(name) if isinstance(part, dict) else None:
            case [[*words], *_]:
                return words
            case ["COMBO", {"options": [*words], **more}, *_] if "remote" not in more:
                return words
            case ["COMFY_DYNAMICCOMBO_V3", {"options": [*options]}, *_]:
                return [option.get("key") for option in options if isinstance(option, dict)]
            case _:
                continue
    return None
