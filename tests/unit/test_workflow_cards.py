"""Workflows in the catalogue: what a card may say about one, and the errors if it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import BadRequest, CannotStart
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import FrameRule, NodeInput, WorkflowRole
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of, load_catalogue

GRAPH = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["38", 0]}, "_meta": {"title": "Positive"}},
    "3": {"class_type": "KSampler", "inputs": {"seed": 0, "positive": ["6", 0]}},
    "58": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "a", "video": ["3", 0]}},
}
ROLES = {"prompt": "Positive.text", "seed": "3.seed", "prefix": "58.filename_prefix"}


def a_catalogue(folder: Path, content: object, roles: Mapping[str, object] = ROLES, more: str = "") -> Path:
    """A catalogue file with one card, whose workflow has this content."""
    (folder / "film.json").write_text(content if isinstance(content, str) else json.dumps(content))
    lines = [
        "[models.film]",
        'label = "Film"',
        'provider = "comfyui"',
        'remote = "film"',
        "seconds = [5]",
        'sizes = ["640x480"]',
        'workflow = "film.json"',
        more,
        "[models.film.roles]",
        *(f"{name} = {json.dumps(place)}" for name, place in roles.items()),
        "",
    ]
    path = folder / "models.toml"
    path.write_text("\n".join(lines))
    return path


def the_card(path: Path) -> ModelCard:
    return load_catalogue(path, {"comfyui": "gpu.lan"}, date(2026, 11, 28)).cards["film"]


def test_a_card_has_the_graph_of_the_file_beside_it(tmp_path: Path) -> None:
    workflow = the_card(a_catalogue(tmp_path, GRAPH)).workflow
    assert workflow is not None
    assert workflow.graph == GRAPH
    assert workflow.roles[WorkflowRole.PROMPT] == (NodeInput("6", "text"),)
    assert workflow.output == "58"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"nodes": [], "links": []}, r"format of ComfyUI's editor.*Export \(API\)"),
        ([], "no workflow in ComfyUI's API format"),
        ({"6": {"class_type": "X"}}, "node '6' is none"),
        ("{", "is not proper JSON"),
        ({**GRAPH, "9": {"class_type": "KlingApiNode", "inputs": {}}}, r"spends Comfy credits \(KlingApiNode\)"),
    ],
)
def test_a_file_that_cannot_be_ordered_is_refused_at_the_start(tmp_path: Path, content: object, problem: str) -> None:
    with pytest.raises(CannotStart, match=problem):
        the_card(a_catalogue(tmp_path, content))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = a_catalogue(tmp_path, GRAPH)
    (tmp_path / "film.json").unlink()
    with pytest.raises(CannotStart, match=r"models.toml, line 7: \[models.film\] workflow .*film.json cannot be read"):
        the_card(path)


@pytest.mark.parametrize(
    ("roles", "problem"),
    [
        ({"prompt": "7.text"}, "there is no node '7'"),
        ({"prompt": "6.words"}, r"node '6' \(CLIPTextEncode\) has no input 'words'"),
        ({"prompt": "text"}, "is no input; write"),
        ({"prompts": "6.text"}, "'prompts' is no role"),
        ({"prompt": 6}, "has to be an input such as"),
    ],
)
def test_a_role_that_leads_nowhere_is_refused_at_the_start(
    tmp_path: Path, roles: Mapping[str, object], problem: str
) -> None:
    with pytest.raises(CannotStart, match=problem):
        the_card(a_catalogue(tmp_path, GRAPH, {**ROLES, **roles}))


@pytest.mark.parametrize("role", ["prompt", "seed", "prefix"])
def test_what_every_order_needs_has_a_role(tmp_path: Path, role: str) -> None:
    roles = {name: place for name, place in ROLES.items() if name != role}
    with pytest.raises(CannotStart, match=f"gives no input the role '{role}'"):
        the_card(a_catalogue(tmp_path, GRAPH, roles))


def test_a_role_that_leads_nowhere_is_named_with_its_own_line(tmp_path: Path) -> None:
    path = a_catalogue(tmp_path, GRAPH, {**ROLES, "seed": "99.seed"})
    line = 1 + path.read_text().splitlines().index('seed = "99.seed"')
    with pytest.raises(
        CannotStart, match=rf"models.toml, line {line}: \[models.film\] roles seed: there is no node '99'"
    ):
        the_card(path)


def test_titles_and_inputs_may_have_dots(tmp_path: Path) -> None:
    graph = {**GRAPH, "7": {"class_type": "Resize", "inputs": {"to.width": 9}, "_meta": {"title": "Size v1.0"}}}
    workflow = the_card(
        a_catalogue(tmp_path, graph, {**ROLES, "width": "7.to.width", "height": "Size v1.0.to.width"})
    ).workflow
    assert workflow is not None
    assert workflow.roles[WorkflowRole.WIDTH] == workflow.roles[WorkflowRole.HEIGHT] == (NodeInput("7", "to.width"),)


def test_two_nodes_of_one_title_are_no_place(tmp_path: Path) -> None:
    graph: dict[str, Any] = {**GRAPH, "7": {**GRAPH["6"]}}
    with pytest.raises(CannotStart, match="2 nodes are called 'Positive'"):
        the_card(a_catalogue(tmp_path, graph))


@pytest.mark.parametrize("frames", ["{ step = 0, rate = 24 }", "{ step = 4 }", "4"])
def test_frames_that_are_no_rule_are_refused(tmp_path: Path, frames: str) -> None:
    with pytest.raises(CannotStart, match="has to say step and rate"):
        the_card(a_catalogue(tmp_path, GRAPH, more=f"frames = {frames}"))


@pytest.mark.parametrize(
    ("rule", "seconds", "frames"),
    [
        (FrameRule(step=4, rate=24), 5, 121),
        (FrameRule(step=4, rate=16), 5, 81),
        (FrameRule(step=8, rate=24), 5, 121),
        (FrameRule(step=8, rate=25), 5, 129),
        (FrameRule(step=50, rate=16), 1, 51),
    ],
)
def test_frames_are_a_multiple_and_one(rule: FrameRule, seconds: int, frames: int) -> None:
    assert rule.count(seconds) == frames


def test_every_shipped_model_at_comfyui_has_a_workflow() -> None:
    file = CatalogueFile.read(SHIPPED)
    cards = [card_of(model, fields, file) for model, fields in file.models().items()]
    at_comfyui = [card for card in cards if card.provider == "comfyui"]
    assert len(at_comfyui) == 5
    for card in at_comfyui:
        assert card.workflow is not None
        assert card.takes_picture == card.workflow.has(WorkflowRole.IMAGE)
        assert {WorkflowRole.WIDTH, WorkflowRole.HEIGHT, WorkflowRole.LENGTH, WorkflowRole.FPS} <= set(
            card.workflow.roles
        )


def test_a_model_that_starts_from_an_image_always_says_so_before_anything_is_sent() -> None:
    file = CatalogueFile.read(SHIPPED)
    card = card_of("wan-2.2-14b-image", file.models()["wan-2.2-14b-image"], file)
    card.check_start(from_picture=True)
    with pytest.raises(BadRequest, match=r"Wan 2\.2 14B from an image always starts from an image"):
        card.check_start(from_picture=False)
