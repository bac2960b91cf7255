"""The card proposed for a workflow, as TOML to review."""

from __future__ import annotations

from pathlib import PurePath

from bot.doctor.discovery import toml_key, toml_text
from bot.domain.models.abilities import LONGEST_LORA
from bot.domain.models.workflow import NEEDED, WorkflowRole
from bot.domain.video import RemixMethod, Size
from bot.providers.comfyui.proposal import Proposal

USUAL = Size(1280, 720)
WANTED = (WorkflowRole.WIDTH, WorkflowRole.HEIGHT, WorkflowRole.LENGTH, WorkflowRole.FPS)


def missing(proposal: Proposal) -> list[str]:
    """Roles for which no input was found, a sentence each; nothing can be ordered without those of NEEDED."""
    return [
        f'no input was found for {role.value!r}. Add it under roles, as "node.input".'
        for role in NEEDED
        if role not in proposal.roles
    ]


def row(model: str, account: str, place: str, proposal: Proposal) -> str:
    """TOML to review."""
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
        *_loras(model, proposal),
        f"[models.{toml_key(model)}.price]   # dollars per second of video; a machine of your own may ask for nothing",
        f'"{size}" = "0.00"',
        "",
    ]
    return "\n".join(lines)


def _loras(model: str, proposal: Proposal) -> list[str]:
    """What members may choose, by the names that they see."""
    lora = proposal.lora
    if lora is None:
        return []
    name = PurePath(lora.file.replace("\\", "/")).stem[:LONGEST_LORA].replace(":", " ").strip() or "LoRA"
    bounds = f"strength = {lora.strength:g}, least = {lora.least:g}, most = {lora.most:g}"
    return [
        f"[models.{toml_key(model)}.loras]   # by the names that members choose from; without a choice there is none",
        f"{toml_text(name)} = {{ file = {toml_text(lora.file)}, {bounds} }}",
        "",
    ]


def _role(role: WorkflowRole, proposal: Proposal) -> str:
    places = [toml_text(f"{each.node}.{each.name}") for each in proposal.roles[role]]
    return f"{role.value} = {places[0] if len(places) == 1 else '[' + ', '.join(places) + ']'}"
