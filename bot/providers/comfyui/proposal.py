"""Which inputs of a workflow an order would fill, as far as its nodes show: for a person to review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.data_classes import value_object
from bot.domain.models.abilities import AllowedLora
from bot.domain.models.workflow import (
    DEFAULT_RATE,
    BadWorkflow,
    FrameRule,
    Graph,
    NodeInput,
    WorkflowRole,
    links_of,
)

SAVERS = ("SaveVideo", "VHS_VideoCombine", "SaveWEBM")  # nodes that make a video, the likeliest first
SEEDS = ("seed", "noise_seed")
LENGTHS = ("length", "frames_number", "num_frames", "video_frames")
RATES = ("fps", "frame_rate")
LOADERS = {
    "LoadImage": (WorkflowRole.IMAGE, "image"),
    "LoadVideo": (WorkflowRole.VIDEO, "file"),
    "VHS_LoadVideo": (WorkflowRole.VIDEO, "video"),
    "LoadAudio": (WorkflowRole.AUDIO, "audio"),
}
LORA_LOADERS = {"LoraLoaderModelOnly": ("strength_model",), "LoraLoader": ("strength_model", "strength_clip")}
FOR_SPEED = re.compile(r"light|lcm|turbo|hyper|distil|causvid|accvid|\d.?steps?", re.IGNORECASE)  # file names
STEPS_OF_EIGHT = "LTX"  # in the node names of models that make 8n+1 frames
LARGEST_NUMBER = 2**64  # seeds are less
NO_SAVER = "saves no video: it needs a node such as SaveVideo"


@value_object
class Proposal:
    """`width`, `height` and `length` are the workflow's current values; None if no input was found for them."""

    roles: Mapping[WorkflowRole, tuple[NodeInput, ...]]
    frames: FrameRule
    width: int | None
    height: int | None
    length: int | None
    lora: AllowedLora | None = None  # the one that the workflow uses now

    @property
    def seconds(self) -> int:
        return max(1, round(((self.length or 0) - 1) / self.frames.rate)) if self.length else 5


def proposed(graph: Graph) -> Proposal:
    """Raises BadWorkflow for a workflow without a video."""
    saver = next((each for kind in SAVERS for each, node in graph.items() if node["class_type"] == kind), None)
    if saver is None or "filename_prefix" not in graph[saver]["inputs"]:
        raise BadWorkflow(NO_SAVER)
    nodes = {node_id: graph[node_id] for node_id in _leading_to(graph, saver)}
    roles = {WorkflowRole.PREFIX: (NodeInput(saver, "filename_prefix"),), **_loaded(nodes)}
    for role, places in (
        (WorkflowRole.PROMPT, _words(graph, nodes, "positive", "conditioning")),
        (WorkflowRole.NEGATIVE, _words(graph, nodes, "negative")),
        (WorkflowRole.SEED, _seeds(nodes)),
        (WorkflowRole.WIDTH, _sized(nodes, "width")),
        (WorkflowRole.HEIGHT, _sized(nodes, "height")),
        (WorkflowRole.LENGTH, _numbers(nodes, LENGTHS)),
        (WorkflowRole.FPS, _numbers(nodes, RATES)),
    ):
        roles |= {role: tuple(places)} if places else {}
    roles |= _loras(nodes)
    return Proposal(
        roles=roles,
        frames=_frames(graph, nodes, roles),
        width=_value(graph, roles, WorkflowRole.WIDTH),
        height=_value(graph, roles, WorkflowRole.HEIGHT),
        length=_value(graph, roles, WorkflowRole.LENGTH),
        lora=_lora(graph, roles),
    )


def _leading_to(graph: Graph, node_id: str) -> Sequence[str]:
    seen, left = dict[str, None](), [node_id]
    while left:
        each = left.pop()
        if each in graph and each not in seen:
            seen[each] = None
            left += [source for _, source in links_of(graph[each])]
    return list(seen)


def _words(graph: Graph, nodes: Graph, *sides: str) -> list[NodeInput]:
    """The text at the end of the links with this name, followed through the nodes in between."""
    for side in sides:
        for node in nodes.values():
            source = dict(links_of(node)).get(side)
            for _ in graph:  # no link passes through more nodes than there are
                if source is None or source not in graph:
                    break
                if isinstance(graph[source]["inputs"].get("text"), str):
                    return [NodeInput(source, "text")]
                onward = dict(links_of(graph[source]))
                source = onward.get(side, onward.get("conditioning"))
    return []


def _seeds(nodes: Graph) -> list[NodeInput]:
    """Without the seed of a second pass, which adds no noise."""
    making = {node_id: node for node_id, node in nodes.items() if node["inputs"].get("add_noise") != "disable"}
    return _numbers(making, SEEDS)


def _sized(nodes: Graph, name: str) -> list[NodeInput]:
    """Of nodes with a size of their own, such as the empty video that is filled."""
    both = {node_id: node for node_id, node in nodes.items() if {"width", "height"} <= node["inputs"].keys()}
    return _numbers(both, (name,))


def _numbers(nodes: Graph, names: Sequence[str]) -> list[NodeInput]:
    return [
        NodeInput(node_id, name)
        for node_id, node in sorted(nodes.items())
        for name in names
        if _is_number(node["inputs"].get(name))
    ]


def _is_number(value: object) -> bool:
    """JSON also allows NaN and integers of any length, which no node can use."""
    return isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER


def _loaded(nodes: Graph) -> dict[WorkflowRole, tuple[NodeInput, ...]]:
    found = dict[WorkflowRole, tuple[NodeInput, ...]]()
    for role, place in _files(nodes):
        again = WorkflowRole.LAST_IMAGE if role is WorkflowRole.IMAGE and role in found else role
        found.setdefault(again, (place,))
    return found


def _loras(nodes: Graph) -> dict[WorkflowRole, tuple[NodeInput, ...]]:
    """The one for a look. The others let a model use few steps; without them it makes nothing but noise."""
    looks = [
        (node_id, node)
        for node_id, node in sorted(nodes.items())
        if node["class_type"] in LORA_LOADERS and not FOR_SPEED.search(str(node["inputs"].get("lora_name", "")))
    ]
    if len(looks) != 1 or not isinstance(looks[0][1]["inputs"].get("lora_name"), str):
        return {}
    node_id, node = looks[0]
    strengths = [
        NodeInput(node_id, name) for name in LORA_LOADERS[node["class_type"]] if _is_number(node["inputs"].get(name))
    ]
    if not strengths:
        return {}
    return {WorkflowRole.LORA: (NodeInput(node_id, "lora_name"),), WorkflowRole.LORA_STRENGTH: tuple(strengths)}


def _files(nodes: Graph) -> Iterator[tuple[WorkflowRole, NodeInput]]:
    for node_id, node in sorted(nodes.items()):
        role, name = LOADERS.get(node["class_type"], (None, ""))
        if role is not None and name in node["inputs"]:
            yield role, NodeInput(node_id, name)


def _frames(graph: Graph, nodes: Graph, roles: Mapping[WorkflowRole, tuple[NodeInput, ...]]) -> FrameRule:
    is_of_eight = any(STEPS_OF_EIGHT in str(node["class_type"]) for node in nodes.values())
    return FrameRule(step=8 if is_of_eight else 4, rate=max(1, _value(graph, roles, WorkflowRole.FPS) or DEFAULT_RATE))


def _lora(graph: Graph, roles: Mapping[WorkflowRole, tuple[NodeInput, ...]]) -> AllowedLora | None:
    """With its current strength; orders may choose any strength between 0 and that."""
    if WorkflowRole.LORA not in roles:
        return None
    inputs = graph[roles[WorkflowRole.LORA][0].node]["inputs"]
    strength = float(inputs[roles[WorkflowRole.LORA_STRENGTH][0].name])
    return AllowedLora(
        file=str(inputs["lora_name"]), strength=strength, least=min(0.0, strength), most=max(0.0, strength)
    )


def _value(graph: Graph, roles: Mapping[WorkflowRole, tuple[NodeInput, ...]], role: WorkflowRole) -> int | None:
    places = roles.get(role)
    if not places:
        return None
    return round(float(graph[places[0].node]["inputs"][places[0].name]))
