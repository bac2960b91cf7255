"""`models import-workflow`: the proposal for a file, and the error for one that can't be ordered."""

from __future__ import annotations

import copy
import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.workflows.card import missing, row
from bot.doctor.workflows.command import NOT_ASKED, WorkflowImport, import_workflow
from bot.domain.errors import CannotStart
from bot.domain.models.workflow import BadWorkflow, FrameRule, NodeInput, WorkflowRole
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.comfyui.proposal import proposed
from bot.sandbox.video.comfyui.service import ComfyUIHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.settings import Settings, read_settings
from tests.contract.video_services import serving

FILE = CatalogueFile.read(SHIPPED)
MODELS = [model for model, fields in FILE.models().items() if "workflow" in fields]
KLING = {"class_type": "KlingApiNode", "inputs": {}}
WAN = json.loads((SHIPPED.parent / "workflows" / "wan-2.2-5b.json").read_text())


def line_of(file: Path, words: str) -> str:
    """The first line with these words, found independently."""
    number = next(number for number, line in enumerate(file.read_text().splitlines(), start=1) if words in line)
    return f"line {number}"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)
    return read_settings(with_discord=False)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_proposed_for_a_shipped_workflow_is_what_its_card_says(model: str) -> None:
    workflow = card_of(model, FILE.models()[model], FILE).workflow
    assert workflow is not None
    found = proposed(workflow.graph)
    assert found.roles == workflow.roles
    assert found.frames == workflow.frames


@pytest.mark.parametrize("model", MODELS)
def test_the_row_is_read_by_the_catalogue(model: str, tmp_path: Path) -> None:
    workflow = card_of(model, FILE.models()[model], FILE).workflow
    assert workflow is not None
    (tmp_path / "film.json").write_text(json.dumps(workflow.graph))
    path = tmp_path / "models.toml"
    path.write_text(row("my-film", "comfyui", "film.json", proposed(workflow.graph)))
    file = CatalogueFile.read(path)
    card = card_of("my-film", file.models()["my-film"], file)
    assert card.workflow == workflow
    assert card.takes_picture == workflow.has(WorkflowRole.IMAGE)


def test_a_second_image_is_the_last_one() -> None:
    graph = copy.deepcopy(WAN)
    graph["61"] = {"class_type": "LoadImage", "inputs": {"image": "b.png"}}
    graph["55"]["inputs"]["end_image"] = ["61", 0]
    roles = proposed(graph).roles
    assert roles[WorkflowRole.IMAGE] == (NodeInput("56", "image"),)
    assert roles[WorkflowRole.LAST_IMAGE] == (NodeInput("61", "image"),)


def test_what_leads_to_no_video_is_passed_over() -> None:
    graph = WAN | {"90": {"class_type": "KSampler", "inputs": {"seed": 5}}}
    assert proposed(graph).roles[WorkflowRole.SEED] == (NodeInput("3", "seed"),)


def test_links_in_circles_end() -> None:
    graph = copy.deepcopy(WAN)
    for node_id, other in (("6", "7"), ("7", "6")):
        graph[node_id] = {"class_type": "Zeroed", "inputs": {"positive": [other, 0], "negative": [other, 0]}}
    assert WorkflowRole.PROMPT not in proposed(graph).roles
    assert "'prompt'" in missing(proposed(graph))[0]


@pytest.mark.parametrize("odd", [10**400, math.nan, math.inf, None, "wide"])
def test_what_is_no_number_of_a_node_is_not_proposed(odd: object) -> None:
    graph = copy.deepcopy(WAN)
    for node in graph.values():
        node["inputs"] = {name: odd if isinstance(was, int | float) else was for name, was in node["inputs"].items()}
    found = proposed(graph)
    assert (found.width, found.height, found.seconds, WorkflowRole.SEED in found.roles) == (None, None, 5, False)


def test_a_workflow_that_saves_no_video_is_refused() -> None:
    with pytest.raises(BadWorkflow, match="saves no video"):
        proposed({node_id: node for node_id, node in WAN.items() if node_id != "58"})


def test_what_is_not_found_has_usual_values() -> None:
    graph: dict[str, Any] = {"1": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "a"}}}
    found = proposed(graph)
    assert (found.width, found.height, found.seconds, found.frames) == (None, None, 5, FrameRule())
    read = tomllib.loads(row("film", "comfyui", "film.json", found))["models"]["film"]
    assert read["sizes"] == ["1280x720"]
    assert read["roles"] == {"prefix": "1.filename_prefix"}


async def test_the_editors_format_is_refused_with_how_to_export(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "film.json"
    file.write_text(json.dumps({"nodes": [], "links": [], "version": 0.4}))
    with pytest.raises(CannotStart, match=r"film.json is a workflow in the format of ComfyUI's editor.*Export \(API\)"):
        await import_workflow(settings, WorkflowImport(file=file))


async def test_without_a_server_it_says_that_none_was_asked(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, card = tmp_path / "film.json", tmp_path / "cards" / "models.toml"
    file.write_text(json.dumps(WAN))
    card.parent.mkdir()
    assert await import_workflow(settings, WorkflowImport(file=file, write=card)) == 0
    assert NOT_ASKED in capsys.readouterr().err
    assert tomllib.loads(card.read_text())["models"]["film"]["workflow"] == "../film.json"


async def test_a_server_is_asked_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "film.json"
    graph = copy.deepcopy(WAN)
    graph["37"]["inputs"]["unet_name"] = "another.safetensors"
    graph["90"] = {"class_type": "RIFE VFI", "inputs": {}}
    file.write_text(json.dumps(graph, indent=1))
    async with serving({"/comfyui": ComfyUIHost().application()}) as url:
        monkeypatch.setenv("COMFYUI_API_KEY", SANDBOX_KEY)
        monkeypatch.setenv("COMFYUI_BASE_URL", f"{url}/comfyui")
        assert await import_workflow(read_settings(with_discord=False), WorkflowImport(file=file)) == 1
    said = capsys.readouterr()
    node, field = line_of(file, '"90"'), line_of(file, '"unet_name"')
    assert set(said.err.splitlines()) == {
        f"{file}, {node}, 90: ComfyUI has no node RIFE VFI.",
        f"{file}, {field}, 37.unet_name: ComfyUI doesn't have another.safetensors for unet_name of UNETLoader.",
    }
    assert 'prompt = "6.text"' in said.out


async def test_what_a_workflow_calls_its_nodes_moves_no_cursor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "film.json"
    file.write_text(json.dumps(WAN | {"90": {"class_type": "RIFE\x1b[1A\x1b[2K\x9b2J\u202e VFI", "inputs": {}}}))
    async with serving({"/comfyui": ComfyUIHost().application()}) as url:
        monkeypatch.setenv("COMFYUI_API_KEY", SANDBOX_KEY)
        monkeypatch.setenv("COMFYUI_BASE_URL", f"{url}/comfyui")
        assert await import_workflow(read_settings(with_discord=False), WorkflowImport(file=file)) == 1
    said = capsys.readouterr().err
    assert said.rstrip("\n").isprintable()
    assert said.endswith("90: ComfyUI has no node RIFE\\x1b[1A\\x1b[2K\\x9b2J\\u202e VFI.\n")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"6": {"class_type": "X",\n"inputs": }}', r"film.json, line 2, is not proper JSON: Expecting value"),
        (b"\xff\xd8\xff\xe0 a picture", "film.json, line 1, is not proper JSON"),
        (json.dumps({"6": {"class_type": "X"}}).encode(), "film.json is no workflow in ComfyUI's API format.*node '6'"),
        (json.dumps({"1": {"class_type": "PreviewImage", "inputs": {}}}).encode(), "film.json saves no video"),
        (json.dumps(WAN | {"9": KLING}).encode(), r"film.json has a node that spends Comfy credits \(KlingApiNode\)"),
    ],
)
async def test_a_file_that_cannot_be_ordered_is_one_sentence(
    settings: Settings, tmp_path: Path, content: bytes, problem: str
) -> None:
    file = tmp_path / "film.json"
    file.write_bytes(content)
    with pytest.raises(CannotStart, match=problem):
        await import_workflow(settings, WorkflowImport(file=file))


async def test_a_file_that_is_not_there_is_said_in_words(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"film.json cannot be read: No such file or directory\.$"):
        await import_workflow(settings, WorkflowImport(file=tmp_path / "film.json"))


async def test_an_input_that_is_not_found_is_named_with_the_file(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "film.json"
    file.write_text(json.dumps({"1": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "a"}}}))
    assert await import_workflow(settings, WorkflowImport(file=file)) == 1
    assert f"{file}: no input was found for 'prompt'. Add it under roles" in capsys.readouterr().err


async def test_an_account_that_is_no_comfyui_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "film.json"
    file.write_text(json.dumps(WAN))
    with pytest.raises(CannotStart, match="gpu9 is no ComfyUI that is set up here"):
        await import_workflow(settings, WorkflowImport(file=file, provider="gpu9"))
