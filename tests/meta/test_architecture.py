"""The architecture: one direction of imports, small modules, no exceptions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from storage.db.schema import REVISIONS

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted(path for top in ("bot", "cogs", "storage") for path in (ROOT / top).rglob("*.py"))
LONGEST_MODULE = 300  # lines
LONGEST_TESTS = 500
LONGEST_FUNCTION = 40
MOST_MODULES = 14  # in one folder
SANDBOX = ROOT / "bot" / "sandbox"  # it simulates services with vocabularies of their own


def test_imports_run_one_way() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(script), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_packages_roots_import_nothing() -> None:
    """`storage` imports `bot.domain`, and `bot.wiring` imports `storage`: empty roots prevent a cycle."""
    for root in ("bot", "cogs", "storage"):
        tree = ast.parse((ROOT / root / "__init__.py").read_text())
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)], root


def test_modules_are_small_and_open() -> None:
    assert [fault for path in OURS for fault in faults_of(path)] == []


def test_files_of_tests_are_small() -> None:
    tests = (ROOT / "tests").rglob("*.py")
    assert [str(path.relative_to(ROOT)) for path in tests if len(path.read_text().splitlines()) > LONGEST_TESTS] == []


def test_no_two_files_of_tests_share_a_name() -> None:
    """The test folders are not packages, so pytest confuses two modules of the same name."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, number in names.items() if number > 1] == []


def test_a_folder_is_seen_at_a_glance() -> None:
    modules = Counter(path.parent for path in OURS if path.name != "__init__.py")
    assert [str(folder.relative_to(ROOT)) for folder, number in modules.items() if number > MOST_MODULES] == []


def test_values_have_no_state_of_their_own() -> None:
    """What changes, or remembers, is `wired`: two of them are never the same."""
    classes = [(path, node) for path in OURS for node in ast.walk(_tree(path)) if isinstance(node, ast.ClassDef)]
    values = [(path, node) for path, node in classes if any(map(_makes_values, node.decorator_list))]
    assert len(values) > 300, "they are found"
    assert [
        f"{path.relative_to(ROOT)}: {node.name}.{ast.unparse(field.target)}"
        for path, node in values
        for field in node.body
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.target).startswith("_")
    ] == []


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _makes_values(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).partition("(")[0] == "value_object"


def test_each_migration_follows_the_one_before() -> None:
    files = [path.read_text() for path in (ROOT / "storage" / "migrations" / "versions").rglob("*.py")]
    steps = [(name, before) for text in files for before, name in [_assigned(text, "down_revision", "revision")]]
    assert sorted(steps) == list(zip(REVISIONS, [None, *REVISIONS[:-1]], strict=True))


def _assigned(text: str, *names: str) -> list[object]:
    found = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in names
    }
    return [found[name] for name in names]


def test_no_two_public_classes_share_a_name() -> None:
    names = Counter(name for path in OURS if not path.is_relative_to(SANDBOX) for name in public_classes(path))
    assert [name for name, number in names.items() if number > 1] == []


def public_classes(path: Path) -> list[str]:
    return re.findall(r"^class ([^\W_]\w*)", path.read_text(), re.MULTILINE)


def faults_of(path: Path) -> Iterator[str]:
    text, name = path.read_text(), path.relative_to(ROOT)
    tree = ast.parse(text)
    if len(text.splitlines()) > LONGEST_MODULE:
        yield f"{name} has {len(text.splitlines())} lines"
    for word in ("TYPE_CHECKING", "type: ignore"):
        if word in text:
            yield f"{name} says {word}"
    if not ast.get_docstring(tree):
        yield f"{name} does not say in one line what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name}: {node.name} has {length} lines"
