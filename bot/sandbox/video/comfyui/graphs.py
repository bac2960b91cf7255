"""Parses and checks a graph as strictly as ComfyUI, with its error texts, and finds out what film it orders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.data_classes import value_object
from bot.sandbox.video.comfyui.nodes import NODES, Kind
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered

Graph = Mapping[str, Mapping[str, Any]]
Fault = Mapping[str, Any]

LARGEST = 16384  # pixels
PLAIN: Mapping[str, tuple[type, ...]] = {
    "INT": (int,),
    "FLOAT": (int, float),
    "STRING": (str,),
    "BOOLEAN": (bool,),
    "FILE": (str,),
}


class Invalid(Refusal):
    """A graph that is rejected."""

    def __init__(self, error: Fault, node_errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(400, str(error["message"]))
        self.body = {"error": error, "node_errors": node_errors or {}}

    def answer(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


def fault(kind: str, message: str, details: str = "") -> Fault:
    return {"type": kind, "message": message, "details": details, "extra_info": {}}


@value_object
class Checked:
    """`outputs` are the nodes that will be run, `errors` those of the nodes that will not."""

    graph: Graph
    outputs: Sequence[str]
    errors: Mapping[str, Any]

    @property
    def saver(self) -> str | None:
        return next((each for each in self.outputs if self.graph[each]["class_type"] == "SaveVideo"), None)


def checked(graph: object, uploads: Collection[str]) -> Checked:
    """Raises Invalid if nothing in it could be run."""
    if not isinstance(graph, dict) or not graph:
        raise Invalid(fault("no_prompt", "No prompt provided"))
    for node_id, node in graph.items():
        kind = node.get("class_type") if isinstance(node, dict) else None
        if kind not in NODES or not isinstance(node.get("inputs"), dict):
            message = f"Cannot execute because node {kind} does not exist."
            raise Invalid(fault("missing_node_type", message, f"Node ID '#{node_id}'"))
    outputs = [node_id for node_id, node in graph.items() if NODES[node["class_type"]].is_output]
    if not outputs:
        raise Invalid(fault("prompt_no_outputs", "Prompt has no outputs"))
    errors, good = dict[str, Any](), []
    for output in outputs:
        found = {node_id: list(_faults(graph, node_id, uploads)) for node_id in _leading_to(graph, output)}
        faulty = {node_id: faults for node_id, faults in found.items() if faults}
        for node_id, faults in faulty.items():
            errors[node_id] = {
                "errors": faults,
                "dependent_outputs": [output],
                "class_type": graph[node_id]["class_type"],
            }
        good += [] if faulty else [output]
    if not good:
        raise Invalid(fault("prompt_outputs_failed_validation", "Prompt outputs failed validation"), errors)
    return Checked(graph=graph, outputs=good, errors=errors)


def _leading_to(graph: Graph, output: str) -> Sequence[str]:
    seen, left = dict[str, None](), [output]
    while left:
        node_id = left.pop()
        if node_id in graph and node_id not in seen:
            seen[node_id] = None
            left += [value[0] for value in graph[node_id]["inputs"].values() if _is_link(value)]
    return list(seen)


def _is_link(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _faults(graph: Graph, node_id: str, uploads: Collection[str]) -> Iterator[Fault]:
    node = graph[node_id]
    known = NODES[node["class_type"]]
    for name, kind in {**known.required, **known.optional}.items():
        if name not in node["inputs"]:
            if name in known.required:
                yield fault("required_input_missing", "Required input is missing", name)
            continue
        value = node["inputs"][name]
        yield from _link_faults(graph, name, value, kind) if _is_link(value) else _faults_of(name, value, kind, uploads)


def _link_faults(graph: Graph, name: str, link: Sequence[Any], kind: Kind) -> Iterator[Fault]:
    source, number = link
    given = NODES[graph[source]["class_type"]].gives if source in graph else ()
    if not isinstance(number, int) or number >= len(given) or given[number] != kind:
        received = given[number] if isinstance(number, int) and number < len(given) else "nothing"
        details = f"{name}, received_type({received}) mismatch input_type({kind})"
        yield fault("return_type_mismatch", "Return type mismatch between linked nodes", details)


def _faults_of(name: str, value: object, kind: Kind, uploads: Collection[str]) -> Iterator[Fault]:
    if isinstance(kind, tuple):
        if value not in kind:
            yield fault("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {list(kind)}")
    elif kind not in PLAIN or not isinstance(value, PLAIN[kind]):
        yield fault("invalid_input_type", f"Failed to convert an input value to a {kind} value", name)
    elif kind == "FILE" and value not in uploads:
        yield fault("custom_validation_failed", "Custom validation failed for node", f"{name} - Invalid file: {value}")
    elif name in {"width", "height"} and isinstance(value, int) and not 16 <= value <= LARGEST:
        yield fault("value_smaller_than_min", f"Value {value} smaller than min of 16", name)


def ordered(graph: Graph, saver: str, uploads: Mapping[str, bytes]) -> Ordered:
    """The video that the nodes leading to a saved video describe. Raises Invalid for a graph without one."""
    nodes = [graph[node_id] for node_id in _leading_to(graph, saver)]
    inputs = [node["inputs"] for node in nodes]
    sized = next((each for each in inputs if {"width", "height", "length"} <= each.keys()), None)
    rate = next((each["fps"] for each in inputs if "fps" in each), None)
    if sized is None or not isinstance(rate, int | float) or rate <= 0:
        raise Invalid(fault("prompt_no_outputs", "The simulated server sees no film in this graph"))
    files = [str(value) for node in nodes for value in node["inputs"].values() if node["class_type"].startswith("Load")]
    return Ordered(
        model=str(next((each["unet_name"] for each in inputs if "unet_name" in each), "checkpoint")),
        seconds=max(1, round((sized["length"] - 1) / rate)),
        size=(sized["width"], sized["height"]),
        lineage=(_words(graph, nodes, "positive"),),
        picture=next((uploads[name] for name in files if name in uploads), None),
        seed=next((each[name] for each in inputs for name in ("seed", "noise_seed") if name in each), None),
        without=_words(graph, nodes, "negative"),
    )


def _words(graph: Graph, nodes: Sequence[Mapping[str, Any]], side: str) -> str:
    """The text connected to `positive` or `negative`; a guider without the two has only one."""
    for name in (side, *(["conditioning"] if side == "positive" else [])):
        for node in nodes:
            link = node["inputs"].get(name)
            while _is_link(link):
                inputs = graph[link[0]]["inputs"]
                if "text" in inputs:
                    return str(inputs["text"])
                link = inputs.get(side, inputs.get("conditioning"))
    return ""
