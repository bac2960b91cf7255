"""CI workflows have few permissions, and run the same scripts that people run by hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_names_the_major_version_of_each_action(workflow: Path) -> None:
    text = workflow.read_text()
    assert "\npermissions:\n  contents: read\n\n" in text
    actions = re.findall(r"uses: (.+)", text)
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w/-]+@v\d+", action)] == []


def test_only_the_image_is_written_and_only_to_the_registry() -> None:
    writes = [(path.stem, each) for path in WORKFLOWS for each in re.findall(r"(\w+): write", path.read_text())]
    assert writes == [("image", "packages")]


def test_scripts_that_workflows_run_exist() -> None:
    run = {script for path in WORKFLOWS for script in re.findall(r"(\.ci/\w+)$", path.read_text(), re.MULTILINE)}
    assert run == {".ci/run", ".ci/wheel"}
    assert [script for script in run if not (ROOT / script).stat().st_mode & 0o111] == []


def test_the_tests_are_run_with_every_python_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [each.removeprefix("Programming Language :: Python :: ") for each in project["classifiers"]]
    matrix = re.search(r"python: (\[.+\])", (ROOT / ".github" / "workflows" / "ci.yml").read_text())
    assert matrix
    assert project["requires-python"] == f">={named[0]}"  # Debian's version, which .ci/run uses
    assert re.findall(r"[\d.]+", matrix[1]) == named[1:]
