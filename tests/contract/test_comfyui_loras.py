"""LoRAs of a workflow: chosen by name, checked against the card and the server, and omitted if none is chosen."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.workflows.card import row
from bot.domain.errors import BadRequest, CannotStart, Refused
from bot.domain.messages import msg
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Graph, WorkflowRole
from bot.domain.video import Lora, VideoOptions
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.comfyui.graphs import checked_workflow, filled
from bot.providers.comfyui.proposal import proposed
from bot.sandbox.video.comfyui.graphs import checked
from tests.contract.comfyui_services import SMALL, Service, a_comfyui, an_order

WAN = json.loads((SHIPPED.parent / "workflows" / "wan-2.2-5b.json").read_text())
NODE = {"model": ["37", 0], "lora_name": "film-grain.safetensors", "strength_model": 0.8}
LORAS = """[models.film.loras]
"Film grain" = { file = "film-grain.safetensors", strength = 0.8, least = 0.2, most = 1.2 }
"Pixel art" = { file = "pixel-art.safetensors" }
"""


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_comfyui() as service:
        yield service


def a_graph(lora: str = "film-grain.safetensors") -> dict[str, Any]:
    """Wan with one between the model and the sampler."""
    graph: dict[str, Any] = copy.deepcopy(WAN)
    graph["70"] = {"class_type": "LoraLoaderModelOnly", "inputs": {**NODE, "lora_name": lora}}
    graph["48"]["inputs"]["model"] = ["70", 0]
    return graph


def written(folder: Path, graph: Graph, loras: str) -> str:
    """The proposed row, with other LoRAs."""
    (folder / "film.json").write_text(json.dumps(graph))
    text = row("film", "comfyui", "film.json", proposed(graph))
    begins, ends = text.index("[models.film.loras]"), text.index("[models.film.price]")
    return f"{text[:begins]}{loras}\n{text[ends:]}"


def a_card(folder: Path, loras: str = LORAS, graph: Graph | None = None) -> ModelCard:
    path = folder / "models.toml"
    path.write_text(written(folder, graph or a_graph(), loras))
    file = CatalogueFile.read(path)
    return card_of("film", file.models()["film"], file)


def graph_sent(card: ModelCard, lora: Lora | None) -> dict[str, Any]:
    order = replace(an_order(options=VideoOptions(lora=lora)), card=card)
    graph = filled(checked_workflow(order, msg("ComfyUI")), order, "p", {})
    assert checked(graph, ()).errors == {}
    inputs: dict[str, Any] = graph["70"]["inputs"]
    return inputs


# What is sent


@pytest.mark.parametrize(
    ("lora", "file", "strength"),
    [
        (Lora(name="Film grain"), "film-grain.safetensors", 0.8),
        (Lora(name="Film grain", strength=0.3), "film-grain.safetensors", 0.3),
        (Lora(name="Pixel art"), "pixel-art.safetensors", 1.0),
        (None, "film-grain.safetensors", 0.0),
    ],
)
def test_the_node_gets_what_was_chosen_and_adds_nothing_where_nothing_was(
    tmp_path: Path, lora: Lora | None, file: str, strength: float
) -> None:
    inputs = graph_sent(a_card(tmp_path), lora)
    assert (inputs["lora_name"], inputs["strength_model"]) == (file, strength)


async def test_an_order_with_a_lora_is_made(service: Service, tmp_path: Path) -> None:
    order = replace(an_order(options=VideoOptions(lora=Lora(name="Pixel art"))), card=a_card(tmp_path), size=SMALL)
    await service.provider.submit(order)
    assert len(service.host.created) == 1


async def test_one_that_has_left_the_card_since_is_refused_by_name_and_costs_nothing(
    service: Service, tmp_path: Path
) -> None:
    order = replace(an_order(options=VideoOptions(lora=Lora(name="Noir"))), card=a_card(tmp_path))
    with pytest.raises(Refused, match="film has no LoRA Noir any more"):
        await service.provider.submit(order)
    assert service.host.created == ()


async def test_a_workflow_without_a_role_for_one_refuses_it(service: Service) -> None:
    with pytest.raises(Refused, match="doesn't take `lora`"):
        await service.provider.submit(an_order(options=VideoOptions(lora=Lora(name="Noir"))))


async def test_each_listed_file_that_the_server_lacks_is_named(service: Service, tmp_path: Path) -> None:
    card = a_card(tmp_path, LORAS + '"Noir" = { file = "noir.safetensors" }\n')
    (lack,) = await service.provider.lacks(card)
    assert str(lack.words) == "ComfyUI doesn't have noir.safetensors for lora_name of LoraLoaderModelOnly."


# What a card says


@pytest.mark.parametrize(
    ("lora", "problem"),
    [
        (Lora(name="Noir"), r"film has no LoRA Noir\. It has Film grain or Pixel art\. You weren't charged\."),
        (Lora(name="Film grain", strength=1.5), r"Film grain takes a strength from 0\.2 to 1\.2\."),
        (Lora(name="Pixel art", strength=0.5), r"Pixel art takes a strength from 1 to 1\."),
    ],
)
def test_what_the_card_does_not_list_is_refused_by_name(tmp_path: Path, lora: Lora, problem: str) -> None:
    card = a_card(tmp_path)
    with pytest.raises(BadRequest, match=problem):
        card.check_options(VideoOptions(lora=lora), starts_from_picture=False)
    assert card.abilities.of(VideoOptions(lora=lora)).lora is None


def test_what_it_lists_is_taken(tmp_path: Path) -> None:
    card = a_card(tmp_path)
    options: VideoOptions[Any] = VideoOptions(lora=Lora(name="Film grain", strength=0.2))
    card.check_options(options, starts_from_picture=False)
    assert card.abilities.of(options) == options


@pytest.mark.parametrize(
    ("loras", "problem"),
    [
        ("[models.film.loras]\n", "1 to 24 names"),
        ('[models.film.loras]\n"a:b" = { file = "x" }\n', "no colon"),
        ('[models.film.loras]\n"a" = { name = "x" }\n', "a: needs file"),
        ('[models.film.loras]\n"a" = { file = "x", strength = "much" }\n', "a: a strength is a number"),
        ('[models.film.loras]\n"a" = { file = "x", strength = 2.0, most = 1.0 }\n', "between least and most"),
    ],
)
def test_a_mistake_in_the_list_is_one_sentence(tmp_path: Path, loras: str, problem: str) -> None:
    with pytest.raises(CannotStart, match=rf"models\.toml, line \d+: \[models\.film\] loras .*{problem}"):
        a_card(tmp_path, loras)


def test_a_list_without_roles_for_it_is_refused_at_the_start(tmp_path: Path) -> None:
    text = written(tmp_path, a_graph(), LORAS)
    path = tmp_path / "models.toml"
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("lora")))
    file = CatalogueFile.read(path)
    with pytest.raises(CannotStart, match="loras needs a workflow with the roles lora and lora_strength"):
        card_of("film", file.models()["film"], file)


# What is proposed for a workflow


def test_the_lora_of_a_workflow_is_proposed_with_its_strength() -> None:
    text = row("film", "comfyui", "film.json", proposed(a_graph()))
    said = tomllib.loads(text)["models"]["film"]
    assert said["roles"]["lora"] == "70.lora_name"
    assert said["roles"]["lora_strength"] == "70.strength_model"
    assert said["loras"] == {
        "film-grain": {"file": "film-grain.safetensors", "strength": 0.8, "least": 0.0, "most": 0.8}
    }


def test_one_that_makes_a_model_quick_is_left_as_it_is() -> None:
    found = proposed(a_graph("wan2.2_lightx2v_4steps.safetensors"))
    assert WorkflowRole.LORA not in found.roles
    assert "loras" not in row("film", "comfyui", "film.json", found)
