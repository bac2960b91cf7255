"""The workflow file that a card names, with the roles that the card assigns to its inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.domain.models.workflow import BadWorkflow, FrameRule, Graph, Workflow, graph_of, workflow_of
from bot.domain.texts.files import NotTextError, decoded

FIELDS = frozenset({"workflow", "roles", "frames"})  # of a card, which together define its workflow


def read_graph(path: Path) -> Graph:
    """Raises BadWorkflow with a message that begins with the file."""
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
    except (ValueError, RecursionError):  # a number with too many digits, or endlessly nested lists
        raise BadWorkflow(f"{path} is not proper JSON") from None


def line_in(path: Path, node: str, name: str | None = None) -> int | None:
    """The line of a node, or of one of its inputs; None if it is written in an unusual way."""
    try:
        content = decoded(path.read_bytes())
    except (OSError, NotTextError):
        return None
    found = re.search(rf"{re.escape(json.dumps(node))}\s*:\s*\{{", content)
    if found is not None and name is not None:
        found = re.compile(rf"{re.escape(json.dumps(name))}\s*:").search(content, found.end())
    return None if found is None else content.count("\n", 0, found.start()) + 1


def workflow_in(fields: Mapping[str, Any]) -> Workflow | None:
    """The workflow that a card's fields define; None if it names no file. Raises BadWorkflow."""
    if "workflow" not in fields:
        return None
    graph = read_graph(Path(fields["workflow"]))
    return workflow_of(graph, fields.get("roles", {}), fields.get("frames", FrameRule()))
