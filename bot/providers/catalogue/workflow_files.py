"""The workflow file that a card names, with the roles that the card gives its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.domain.models.workflow import BadWorkflow, FrameRule, Graph, Workflow, graph_of, workflow_of
from bot.domain.texts.files import NotTextError, decoded

FIELDS = frozenset({"workflow", "roles", "frames"})  # of a card, which make its workflow together


def read_graph(path: Path) -> Graph:
    """Raises BadWorkflow, its words beginning with the file."""
    try:
        return graph_of(json.loads(decoded(path.read_bytes())))
    except BadWorkflow as problem:
        raise BadWorkflow(f"{path} {problem}") from None
    except (OSError, NotTextError) as error:
        raise BadWorkflow(f"{path} cannot be read: {error}") from None
    except (ValueError, RecursionError):
        raise BadWorkflow(f"{path} is not proper JSON") from None


def workflow_in(fields: Mapping[str, Any]) -> Workflow | None:
    """What the fields of a card make together; None where it names no file. Raises BadWorkflow."""
    if "workflow" not in fields:
        return None
    graph = read_graph(Path(fields["workflow"]))
    return workflow_of(graph, fields.get("roles", {}), fields.get("frames", FrameRule()))
