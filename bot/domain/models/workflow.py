"""What a model runs if its service takes a whole node graph (ComfyUI), and which of its inputs an order fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any

from bot.data_classes import value_object
from bot.domain.messages import Message

Graph = Mapping[str, Mapping[str, Any]]  # nodes by their id, as the server takes them: the "API format"

DEFAULT_RATE = 24  # frames a second, where a card does not say


class WorkflowRole(StrEnum):
    """Which part of an order goes into a node's input. The names are those of the catalogue."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    SEED = "seed"
    WIDTH = "width"
    HEIGHT = "height"
    LENGTH = "length"  # in frames
    FPS = "fps"
    IMAGE = "image"
    LAST_IMAGE = "last_image"
    VIDEO = "video"
    AUDIO = "audio"
    LORA = "lora"  # the name of its file
    LORA_STRENGTH = "lora_strength"
    PREFIX = "prefix"  # of the name of the file that is made


@value_object(kw_only=False)
class NodeInput:
    """An input of a node, which is identified by its id."""

    node: str
    name: str


@value_object
class FrameRule:
    """How many frames a model makes: a multiple of `step`, plus one."""

    step: int = 4
    rate: int = DEFAULT_RATE  # frames a second

    def count(self, seconds: int) -> int:
        """At least one step plus the first frame."""
        return max(1, round(seconds * self.rate / self.step)) * self.step + 1


@value_object
class Workflow:
    """A checked graph: each input of `roles` exists, and its prefix belongs to a node that saves a video."""

    graph: Graph
    roles: Mapping[WorkflowRole, tuple[NodeInput, ...]]
    frames: FrameRule = field(default_factory=FrameRule)

    @property
    def output(self) -> str:
        """The id of the node that saves the video."""
        return self.roles[WorkflowRole.PREFIX][0].node

    def has(self, role: WorkflowRole) -> bool:
        return role in self.roles


@value_object
class Lack:
    """Something that a workflow needs and a host does not have: for a node, or for one of its inputs."""

    words: Message
    node: str
    name: str | None = None


class BadWorkflow(ValueError):
    """What is wrong with a workflow, as the end of a sentence. `role`: the error is in what the card says about it."""

    def __init__(self, problem: str, role: WorkflowRole | None = None) -> None:
        super().__init__(problem)
        self.role = role


NEEDED = (WorkflowRole.PROMPT, WorkflowRole.SEED, WorkflowRole.PREFIX)
EDITORS_FORMAT = (
    "is a workflow in the format of ComfyUI's editor. Open it there and choose Workflow → Export (API), "
    "then name that file"
)
NO_GRAPH = "is no workflow in ComfyUI's API format: an object of nodes, each with class_type and inputs"


def graph_of(content: object) -> Graph:
    """The graph in the JSON of a file. Raises BadWorkflow."""
    if not isinstance(content, dict) or not content:
        raise BadWorkflow(NO_GRAPH)
    if "nodes" in content and "links" in content:
        raise BadWorkflow(EDITORS_FORMAT)
    for node_id, node in content.items():
        match node:
            case {"class_type": str(), "inputs": dict()}:
                continue
            case _:
                raise BadWorkflow(f"{NO_GRAPH}; node {node_id!r} is none")
    return content


def workflow_of(graph: Graph, roles: Mapping[WorkflowRole, tuple[str, ...]], frames: FrameRule) -> Workflow:
    """With each place, written as "node.input", resolved. Raises BadWorkflow."""
    found = {role: tuple(place_of(graph, role, text) for text in texts) for role, texts in roles.items()}
    for role in NEEDED:
        if role not in found:
            raise BadWorkflow(f"gives no input the role {role.value!r}; needed are {', '.join(NEEDED)}", role)
    if paid := sorted(node["class_type"] for node in graph.values() if is_paid(node)):
        raise BadWorkflow(f"has a node that spends Comfy credits ({paid[0]}), which Kinora can't count")
    return Workflow(graph=graph, roles=found, frames=frames)


def place_of(graph: Graph, role: WorkflowRole, text: str) -> NodeInput:
    """An input by "node.input", where the node is given by its id or title. Raises BadWorkflow."""
    named, name = _in_two(graph, text)
    if not named or not name:
        raise BadWorkflow(f'{role.value}: {text!r} is no input; write "6.text" or "Positive prompt.text"', role)
    ids = _called(graph, named)
    if len(ids) != 1:
        problem = f"{len(ids)} nodes are called" if ids else "there is no node"
        raise BadWorkflow(f"{role.value}: {problem} {named!r} in the workflow", role)
    if name not in graph[ids[0]]["inputs"]:
        kind = graph[ids[0]]["class_type"]
        raise BadWorkflow(f"{role.value}: node {named!r} ({kind}) has no input {name!r}", role)
    return NodeInput(ids[0], name)


def _in_two(graph: Graph, text: str) -> tuple[str, str]:
    """The node and its input. Both may contain dots: a title, and the inputs of newer nodes, such as `format.codec`."""
    parts = text.split(".")
    ways = [(".".join(parts[:number]), ".".join(parts[number:])) for number in range(len(parts) - 1, 0, -1)]
    return next((way for way in ways if _called(graph, way[0])), ways[0] if ways else ("", ""))


def _called(graph: Graph, named: str) -> Sequence[str]:
    return [named] if named in graph else [node_id for node_id, node in graph.items() if title_of(node) == named]


def title_of(node: Mapping[str, Any]) -> str | None:
    match node.get("_meta"):
        case {"title": str(title)}:
            return title
        case _:
            return None


def is_paid(node: Mapping[str, Any]) -> bool:
    """Whether it is a partner's node, which passes the order on to a paid service."""
    return str(node["class_type"]).endswith("ApiNode")


def links_of(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its inputs that come from other nodes, each with the id of that node."""
    for name, value in node["inputs"].items():
        is_link = isinstance(value, list) and list(map(type, value)) == [str, int]
        if is_link:
            yield name, value[0]
