"""The workflow file that a card names, with the roles that the card gives its inputs."""

from __future__ import annotations

import json
import re
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
    except OSError as error:
        raise BadWorkflow(f"{path} cannot be read: {error.strerror}") from None
    except NotTextError as error:
        raise BadWorkflow(f"{path} cannot be read: {error}") from None
    except json.JSONDecodeError as error:
        raise BadWorkflow(f"{path}, line {error.lineno}, is not proper JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number with too many digits, or lists in lists without end
        raise BadWorkflow(f"{path} is not proper JSON") from None


def line_in(path: Path, node: str, name: str | None = None) -> int | None:
    """Where the file has a node, or an input of it; None when it is written in an unusual way."""
    try:
        content = decoded(path.read_bytes())
    except (OSError, NotTextError):
        return None
    found = re.search(rf"{re.escape(json.dumps(node))}\s*:\s*\{{", content)
    if found is not None and name is not None:
        found = re.compile(rf"{re.escape(json.dumps(name))}\s*:").search(content, found.end())
    return None if found is None else content.count("\n", 0, found.start()) + 1


def workflow_in(fields: Mapping[str, Any]) -> Workflow | None:
    """What the fields of a card make together; None where it names no file. Raises BadWorkflow."""
    if "workflow" not in fields:
        return None
    graph = read_graph(Path(fields["workflow"]))
    return workflow_of(graph, fields.get("roles", {}), fields.get("frames", FrameRule()))
